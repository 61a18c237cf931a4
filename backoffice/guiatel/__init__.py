"""Guiatel, the telephone directory: names in, numbers out, reserved ones never."""
