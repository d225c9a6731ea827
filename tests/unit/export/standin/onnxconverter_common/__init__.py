"""A stand-in for onnxconverter-common: just what to_float16.py asks of it."""
