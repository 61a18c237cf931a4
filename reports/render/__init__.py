"""The reports as tables, CSV and JSON."""
