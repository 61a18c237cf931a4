"""Rendering: a report's content as typed data in (`document`); the terminal's text, CSV, XLSX or PDF out.

A report builds a `ReportDocument`; `files.write_file` writes it to a file by the suffix of its name, `terminal.printed`
makes it ready for a console. The same document becomes the same bytes: no writer looks at a clock.
"""
