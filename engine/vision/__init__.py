"""The analysis itself, in the worker processes: pixels in, answers in Rekognition's shape out."""
