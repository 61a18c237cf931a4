"""How the letters of a text file are written: found out from its bytes."""

import codecs

from backoffice.extracts.files.uploads import Upload

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 1024 * 1024
# Of the bytes of a text in UTF-16 of a language like ours nearly every second one is zero.
_ZEROS_OF_UTF16 = 0.7
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1a")
_MOST_CONTROLS = 0.01


def encoding_of(upload: Upload, beginning: bytes) -> str | None:
    """The name of the encoding as Python has it; None for what is no text. The whole file is looked at."""
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return encoding
    wide = _utf16(beginning)
    if wide is not None:
        return wide
    if sum(byte in _CONTROLS for byte in beginning) > len(beginning) * _MOST_CONTROLS:
        return None
    if beginning.startswith((b"%PDF", b"{\\rtf")):
        return None
    return "utf-8" if _is_utf8(upload) else "cp1252"


def _utf16(beginning: bytes) -> str | None:
    """Little or big endian without its mark."""
    half = len(beginning) // 2
    if half < 2:
        return None
    first, second = beginning[0::2].count(0), beginning[1::2].count(0)
    if second > half * _ZEROS_OF_UTF16 and first == 0:
        return "utf-16-le"
    return "utf-16-be" if first > half * _ZEROS_OF_UTF16 and second == 0 else None


def _is_utf8(upload: Upload) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with upload.opened() as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
