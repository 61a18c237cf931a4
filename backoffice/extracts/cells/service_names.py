"""Which service is meant where somebody wrote its name. Pure."""

from functools import lru_cache

from backoffice.extracts.cells.problems import UnreadableCell
from backoffice.extracts.cells.words import words
from backoffice.smartflex.customers import ProductKind

_INTERNET = frozenset({"internet", "adsl", "ftth", "fibra", "modem", "cablemodem", "wifi", "wimax", "banda"})
_TELEVISION = frozenset({"tv", "catv", "iptv", "television", "tvcable", "cabletv", "tvc"})
_REMEDY = "Escriba «Internet» o «TV cable»"


@lru_cache(maxsize=1024)
def read_service(text: str) -> ProductKind:
    """Internet or cable TV. Raises UnreadableCell for other names, and for those of both."""
    said = set(words(text))
    internet, television = bool(said & _INTERNET), bool(said & _TELEVISION)
    if internet and television:
        raise UnreadableCell("nombra dos servicios", "Ponga cada servicio en una fila propia: Internet, TV cable")
    if internet:
        return ProductKind.INTERNET
    if television or "cable" in said:
        return ProductKind.CABLE_TV
    raise UnreadableCell("no es un servicio conocido", _REMEDY)
