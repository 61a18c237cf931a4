"""A cell in, the value of its field out, or what is wrong with it in Spanish; begin in `values.py`. Pure."""
