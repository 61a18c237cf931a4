"""Overflows that lead back to a queue by themselves are refused; what a caller's key does is the caller's wish."""

import re
from collections.abc import Mapping
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callcenter.centre.file import CentreFileError, parse

NAMES = [str(number) for number in range(101, 109)]
FRAME = """\
centre: {name: Prueba, timezone: America/La_Paz, language: es, area_code: "4"}
service_level: [{valid_from: 2019-01-01, threshold_seconds: 20, target_percent: 80, measured_lines: []}]
hours: {siempre: [{days: [mon], from: "00:00", to: "24:00"}]}
lines: [{number: "101", name: Reclamos, queue: "101"}]
queues:
"""
Leads = Mapping[str, Mapping[str, str]]
targets = st.sampled_from(NAMES)
graphs = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries({}, optional={"on_full": targets, "on_timeout": targets}),
)


def centre_with(leads: Leads) -> str:
    """A centre file, a queue a line; the first queue is on line 6."""
    queues = [{"name": name, "title": "Cola", **leads.get(name, {})} for name in NAMES]
    return FRAME + "".join(f"  - {yaml.safe_dump(each, default_flow_style=True, width=1000)}" for each in queues)


def faults(leads: Leads) -> list[str]:
    try:
        parse(centre_with(leads))
    except CentreFileError as refused:
        return refused.faults
    return []


def has_ring(leads: Leads) -> bool:
    """By taking away, again and again, the queues that lead to none of the others that are left."""
    left = {name: set(leads.get(name, {}).values()) for name in NAMES}
    while ends := [name for name, ahead in left.items() if not ahead & set(left)]:
        for name in ends:
            del left[name]
    return bool(left)


@given(graphs)
def test_a_centre_is_refused_exactly_when_its_overflows_have_a_ring(leads: Leads) -> None:
    found = faults(leads)
    assert bool(found) == has_ring(leads)
    for fault in found:
        (shown,) = re.findall(r"in a ring: (\S+(?: -> \S+)+);", fault)
        ring = shown.split(" -> ")
        assert ring[0] == ring[-1]
        assert all(there in leads[here].values() for here, there in pairwise(ring))


@pytest.mark.parametrize(
    ("leads", "shown", "line"),
    [
        ({"101": {"on_full": "103"}, "103": {"on_full": "101"}}, "101 -> 103 -> 101", 6),
        ({"102": {"on_full": "103"}, "103": {"on_timeout": "102"}}, "102 -> 103 -> 102", 7),
        ({"104": {"on_timeout": "104"}}, "104 -> 104", 9),
        # the way in is no part of the ring
        ({"101": {"on_full": "102"}, "102": {"on_full": "103"}, "103": {"on_full": "102"}}, "102 -> 103 -> 102", 7),
    ],
)
def test_a_ring_is_shown_with_its_way_and_its_line(leads: Leads, shown: str, line: int) -> None:
    assert faults(leads) == [f"line {line}: overflows lead in a ring: {shown}; leave one of them out"]


def test_the_line_is_that_of_the_lead_where_it_stands_on_one_of_its_own() -> None:
    text = FRAME + '  - name: "101"\n    title: Reclamos\n    on_full: "101"\n'
    with pytest.raises(CentreFileError, match="line 8: overflows"):
        parse(text)


def test_a_key_may_lead_back() -> None:
    keys = {"on_full": "102"}, {"keys": [{"key": "1", "queue": "101"}]}
    assert faults({"101": keys[0], "102": keys[1]}) == []  # type: ignore[dict-item]
