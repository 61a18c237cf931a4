"""Invented customers for demonstrations and tests: a seed in, the same customers out, always."""
