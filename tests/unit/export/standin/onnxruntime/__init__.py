"""A stand-in for ONNX Runtime: just what quantize.py asks of it."""
