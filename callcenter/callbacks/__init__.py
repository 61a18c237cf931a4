"""Callbacks: requests of callers in, whose turn it is out."""
