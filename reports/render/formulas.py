"""Texts that a spreadsheet would calculate instead of show. Pure.

Names and notes come from callers and other systems: one that begins with `=` could fetch an address, or start a
program, on the machine of whoever opens the file.
"""

_BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a text begins like a formula, after whatever blanks."""
    return text.lstrip().startswith(_BEGINNINGS)


def marked(text: str) -> str:
    """The text, with an apostrophe before it where it looks like a formula."""
    return f"'{text}" if looks_like_formula(text) else text
