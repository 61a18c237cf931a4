"""The Bolivian identity card (cédula de identidad): number, complement, place of issue."""

import re
from dataclasses import dataclass

# Places of issue as people write them, and as the card has them.
_PLACES = {
    **{place: place for place in ("LP", "CB", "SC", "OR", "PT", "CH", "TJ", "BE", "PA")},
    **{"CBBA": "CB", "CBB": "CB", "CO": "CB", "LPZ": "LP", "SCZ": "SC", "ORU": "OR", "PO": "PT", "PTS": "PT"},
    **{"CHU": "CH", "TJA": "TJ", "BN": "BE", "BEN": "BE", "PD": "PA", "PAN": "PA"},
}
# E- marks a foreigner's card. A complement (1A, 2B ...) tells apart cards that share a number.
_WRITTEN = re.compile(r"(E-?)?([0-9]+)((?:[ -]+[0-9A-Z]+){0,2})", re.ASCII)
LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """A card as it is stored. `complement` and `issued` (CB, LP, SC ...) are empty when not known."""

    number: str
    complement: str = ""
    issued: str = ""

    def __str__(self) -> str:
        number = f"{self.number}-{self.complement}" if self.complement else self.number
        return f"{number} {self.issued}".strip()

    def agrees_with(self, asked: "IdentityCard") -> bool:
        """True when everything that is asked for is so on this card."""
        return (
            self.number == asked.number
            and asked.complement in ("", self.complement)
            and asked.issued in ("", self.issued)
        )


def read(text: str) -> IdentityCard | None:
    """The card (or the digits of a NIT) in what a person typed; None when it is neither. Never raises.

    No length is refused: old cards have few digits.
    """
    if len(text) > LONGEST_TEXT:
        return None
    written = _WRITTEN.fullmatch(text.strip().upper().replace(".", ""))
    if written is None:
        return None
    number = ("E-" if written[1] else "") + written[2]
    parts = re.split(r"[ -]+", written[3])[1:]
    places = [_PLACES[part] for part in parts if part in _PLACES]
    complements = [part for part in parts if part not in _PLACES]
    if len(places) > 1 or len(complements) > 1:
        return None
    return IdentityCard(number, *(complements or [""]), *(places or [""]))
