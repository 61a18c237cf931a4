"""Figures as they are printed, for people and for programs. Pure."""

import json
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from troncal.bench.figures import Figure, Met, shown

WIDTH = 80
_VALUE, _MET = 16, 7
_INDENT = " " * (_VALUE + _MET + 4)


def line_of(figure: Figure) -> str:
    """One figure in no more than 80 columns: its value, whether its target is met, what it is. The rest is indented."""
    begin = f"{shown(figure.value, figure.unit):>{_VALUE}}  {figure.met.value:<{_MET}}  "
    text = wrap("; ".join(_parts(figure)), WIDTH, initial_indent=begin, subsequent_indent=_INDENT)
    return "\n".join(text)


def _parts(figure: Figure) -> Iterable[str]:
    yield figure.what
    if figure.target is not None:
        of_what = "ratio " if figure.bounds_ratio else ""
        yield f"target: {of_what}{figure.target}"
    if figure.beside is not None:
        ratio = f"{figure.ratio:.2f} of " if figure.ratio is not None else "beside "
        yield f"{ratio}{figure.beside.name}, {shown(figure.beside.value, figure.unit)}"


def json_of(figures: Mapping[str, Iterable[Figure]]) -> str:
    """The figures of each group as one list, with the keys of `_entry`."""
    entries = [_entry(group, figure) for group, found in figures.items() for figure in found]
    return json.dumps(entries, ensure_ascii=False, indent=1)


def _entry(group: str, figure: Figure) -> dict[str, Any]:
    """`target` and `beside` are null where there is none; so is `met` without a target."""
    target, beside = figure.target, figure.beside
    return {
        "group": group,
        "name": figure.what,
        "value": figure.value,
        "unit": figure.unit,
        "target": target and {"bound": target.bound, "at_least": target.at_least, "of_ratio": figure.bounds_ratio},
        "met": None if figure.met is Met.NO_TARGET else figure.met is Met.YES,
        "beside": beside and {"name": beside.name, "value": beside.value, "ratio": figure.ratio},
    }
