"""Names that Excel takes for sheets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.sheet_names import sheet_names


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Nivel: por línea/cola [2026]", "Nivel por línea cola 2026"),
        ("", "Tabla"),
        ("'", "Tabla"),
        ("Respuestas por cola y por agente del semestre", "Respuestas por cola y por agent"),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert sheet_names([title]) == [name]


def test_case_does_not_tell_names_apart() -> None:
    assert sheet_names(["resumen", "RESUMEN"], "Resumen") == ["resumen 2", "RESUMEN 3"]


@given(st.lists(st.text(), max_size=8))
def test_names_are_allowed_and_different(titles: list[str]) -> None:
    names = sheet_names(titles, "Resumen")
    assert len({name.casefold() for name in (*names, "Resumen")}) == len(titles) + 1
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
