"""A file of any form in, sheets of cells out; begin in `tables.py`. A process of its own reads workbooks (ADR 24)."""
