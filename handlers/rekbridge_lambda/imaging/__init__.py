"""From an uploaded file to the bytes that Rekognition takes: sniffing, formats, metadata removal, re-encoding."""
