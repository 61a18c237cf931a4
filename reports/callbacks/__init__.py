"""Callbacks (`devoluciones`): days in; how many were asked for, returned and given up, and how soon, by queue out."""
