"""Callers whom nobody answered: which of them are to be called back, and who no longer is. Rules, and their SQL."""
