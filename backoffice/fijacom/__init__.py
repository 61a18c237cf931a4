"""Fijacom 4G: a service in, its pocket's balance out."""
