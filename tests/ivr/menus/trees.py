"""Random menus that are valid, and the real ones."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import strategies as st

from callcenter.centre.file import load
from callcenter.settings import PROJECT
from ivr.menus import file as menu_file
from ivr.menus.check import Known
from ivr.menus.model import DEEPEST_LEVEL, MOST_OPTIONS, SERVICES, Menus

LINES = tuple(load(PROJECT / "centre.yaml").lines_by_number)
TEXT = (PROJECT / "ivr" / "menus.yaml").read_text(encoding="utf-8")


class EveryPrompt:
    """A catalogue that has a text for every name."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


KNOWN = Known(LINES, EveryPrompt())


def real() -> Menus:
    """The menus of the repository."""
    return menu_file.parse(TEXT, KNOWN)


@st.composite
def menus(draw: st.DrawFn) -> Menus:
    """Valid menus of up to three lines of the centre."""
    names = (f"m{number}" for number in count(1))
    made: list[dict[str, Any]] = []
    lines = [
        {
            "number": number,
            "welcome": f"w-{number}",
            "menu": _menu(draw, names, made, 1) if draw(st.booleans()) else None,
        }
        for number in draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=3, unique=True))
    ]
    survey = {"questions": [{"name": "q", "say": "q"}], "lines": [lines[0]["number"]]} if draw(st.booleans()) else {}
    return Menus.model_validate({"lines": lines, "menus": made, "survey": survey})


def _menu(draw: st.DrawFn, names: Iterator[str], made: list[dict[str, Any]], level: int) -> str:
    name = next(names)
    keys = draw(st.lists(st.sampled_from("123456789"), min_size=1, max_size=MOST_OPTIONS, unique=True))
    options = [
        {"key": key, "title": f"Título {key}", "say": f"o-{key}", **_way(draw, names, made, level)} for key in keys
    ]
    made.append(
        {
            "name": name,
            "say": draw(st.sampled_from([None, f"say-{name}"])),
            "timeout_seconds": draw(st.integers(1, 9)),
            "retries": draw(st.integers(0, 3)),
            "options": options,
        }
    )
    return name


def _way(draw: st.DrawFn, names: Iterator[str], made: list[dict[str, Any]], level: int) -> dict[str, Any]:
    ways = ["service", "line", "tell", "person", *(["menu"] if level < DEEPEST_LEVEL else [])]
    match draw(st.sampled_from(ways)):
        case "menu":
            return {"menu": _menu(draw, names, made, level + 1)}
        case "service":
            return {"service": draw(st.sampled_from(sorted(SERVICES)))}
        case "line":
            return {"line": draw(st.sampled_from(LINES))}
        case "tell":
            return {"tell": "t-1"}
        case _:
            return {"person": True}


def pressed() -> st.SearchStrategy[list[str]]:
    """What a caller may press, silence and results of services among it."""
    return st.lists(st.sampled_from([*"0123456789*#t", "menu", "person", "end"]), max_size=14)
