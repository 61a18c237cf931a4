"""Callers who asked to be called back: wishes in, whose turn it is out."""
