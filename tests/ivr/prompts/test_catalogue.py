"""The texts that callers hear."""

import re
from pathlib import Path

import pytest

from ivr.prompts import catalogue
from ivr.prompts.catalogue import CatalogueError


def faults_of(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"texts-{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        catalogue.texts(folder)
    return refused.value.faults


def test_the_own_texts_are_right_and_say_usted() -> None:
    texts = catalogue.texts()
    assert texts["bolivianos"] == "bolivianos"
    familiar = {"tú", "tu", "tus", "te", "ti", "contigo"}
    assert [name for name, text in texts.items() if familiar & {*re.findall(r"\w+", text.lower())}] == []


def test_the_files_of_a_folder_are_one_catalogue(tmp_path: Path) -> None:
    (tmp_path / "texts-a.yaml").write_text('hola: "Hola,\n  señora."\n', encoding="utf-8")
    (tmp_path / "texts-b.yaml").write_text("# still nothing\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text('no: "no"\n', encoding="utf-8")
    assert dict(catalogue.texts(tmp_path)) == {"hola": "Hola, señora."}


def test_a_name_in_two_files_is_reported_with_both_lines(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, a='# one\nhola: "Hola."\n', b='hola: "Buenas."\n')
    assert faults == ["texts-b.yaml, line 1: 'hola' is already in texts-a.yaml, line 2"]


def test_a_name_twice_in_a_file_is_reported_with_its_line(tmp_path: Path) -> None:
    assert faults_of(tmp_path, a='hola: "Hola."\nhola: "Buenas."\n') == ["texts-a.yaml, line 2: 'hola' stands twice"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('hola: ""', "'hola' has no text"),
        ('hola: "  "', "'hola' has no text"),
        ("hola: 5", "the text of 'hola' is not in quotes"),
        ("hola:", "the text of 'hola' is not in quotes"),
        ('Hola: "x"', "'Hola' is no name"),
        ('"../hola": "x"', "'../hola' is no name"),
        ('"a&b": "x"', "'a&b' is no name"),
        (f'{"a" * 61}: "x"', "is no name"),
        (f'hola: "{"x" * 601}"', "longer than 600 characters"),
    ],
)
def test_a_wrong_entry_is_reported_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    (fault,) = faults_of(tmp_path, a=f'bien: "Bien."\n{line}\n')
    assert fault.startswith("texts-a.yaml, line 2: ")
    assert expected in fault


@pytest.mark.parametrize("text", ["- hola\n", "hola\n", "a: [\n", "\tx: 1\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(tmp_path, a=text)
    assert fault.startswith("texts-a.yaml, line ")


def test_every_fault_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    assert len(faults_of(tmp_path, a='A: ""\n', b="c: 1\n")) == 3
