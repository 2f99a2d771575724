"""One file a port: AWS, Pillow, tracing. The only code that knows a library."""
