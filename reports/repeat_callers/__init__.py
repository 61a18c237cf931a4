"""Repeat callers (`repetidas`): days in; who called the same line again, and so first-call resolution, by line out."""
