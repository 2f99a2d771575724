"""The analysis, which runs in the worker processes: image bytes in, responses in Rekognition's format out."""
