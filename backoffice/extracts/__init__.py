"""Lists that people export from other systems: an upload in, typed rows and row errors in Spanish out.

Begin in `extract.py`. What a list must have is data (`kinds.py`); `prepaid_report.py` and `payments.py` are two.
How a file becomes rows of cells: `files/`; how a cell becomes a value: `cells/`. Nothing is stored here.
"""
