"""Every worker of a parallel run collects the same tests: the lint over all of them, and what it takes for what."""

from pathlib import Path

import pytest

from tests import same_everywhere

TESTS = Path(same_everywhere.__file__).parent
HEAD = """
import gzip
from callcenter.clock import now_us
from tests.same_everywhere import SETS
KINDS = {1, 2}
LISTED = [*KINDS]
NAMED: frozenset[str] = kinds()
MOMENT = now_us()
def chosen() -> set[int]: ...
def listed() -> list[int]: ...
"""


def is_found(line: str) -> bool:
    return bool(same_everywhere.faults(Path("test_x.py"), f"{HEAD}@pytest.mark.{line}\ndef test(x): ...\n"))


def test_no_test_is_parametrised_by_what_differs_from_process_to_process() -> None:
    found = [
        f"{path.relative_to(TESTS.parent)}:{fault}"
        for path in TESTS.rglob("*.py")
        for fault in same_everywhere.faults(path)
    ]
    assert not found, "see tests/same_everywhere.py:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "values",
    [
        *("{Kind.A, Kind.B}", "set(Kind)", "frozenset(Kind)", "{each for each in Kind}", "list({1, 2})"),
        *("[*{1, 2}, 3]", "[each for each in {1, 2}]", "[(each, 1) for each in Kind for _ in set(Kind)]"),
        *("KINDS", "LISTED", "NAMED", "SETS", "[*SETS, 'x']", "[0] + list(KINDS)", "chosen()", "[*chosen()]"),
        *("tuple(enumerate(KINDS))", "KINDS.union([3])", "KINDS - {1}", "A.keys() & B.keys()", "zip(KINDS, 'ab')"),
    ],
)
def test_the_order_of_a_set_is_found(values: str) -> None:
    assert is_found(f"parametrize('x', {values})")
    assert is_found(f"parametrize('x', {values}, ids=str)")
    assert is_found(f"parametrize(argnames='x', argvalues={values})")


@pytest.mark.parametrize(
    "values",
    [
        *("[gzip.compress(b'a')]", "[('a', zlib.compress(b'a'))]", "[time.time()]", "[time()]", "[random.random()]"),
        *("[uuid4()]", "[uuid.uuid4()]", "[secrets.token_hex()]", "[datetime.now(UTC)]", "[date.today()]", "[MOMENT]"),
        *(
            "[now_us() - 5]",
            "[pytest.param(now_us())]",
            "[f'{os.getpid()}']",
            "[hash('a')]",
            "[each.now() for each in a]",
        ),
    ],
)
def test_a_value_that_is_another_each_time_is_found_unless_it_has_a_name(values: str) -> None:
    assert is_found(f"parametrize('x', {values})")
    assert not is_found(f"parametrize('x', {values}, ids=['moment'])")


@pytest.mark.parametrize(
    "values",
    [
        *("[1, 2]", "Kind", "list(Kind)", "sorted(KINDS)", "sorted({each.name for each in Kind})", "listed()"),
        *("[{1, 2}, {3}]", "[({1, 2}, 'a')]", "[len(KINDS)]", "[x for x in Kind if x in KINDS]", "{'a': 1, 'b': 2}"),
        *("[time(9, 30)]", "[lambda: now_us()]", "[pytest.param(now_us(), id='now')]", "[now_us]", "UNKNOWN"),
    ],
)
def test_what_is_the_same_in_each_process_is_left_alone(values: str) -> None:
    assert not is_found(f"parametrize('x', {values})")


def test_the_names_of_tests_and_the_parameters_of_fixtures_are_looked_at_too() -> None:
    assert is_found("parametrize('x', [1, 2], ids={'a', 'b'})")
    assert same_everywhere.faults(Path("conftest.py"), "@pytest.fixture(params=set(Kind))\ndef x(): ...")
    assert same_everywhere.faults(Path("conftest.py"), "@pytest.fixture\ndef x(): ...") == []


def test_a_name_in_its_own_value_is_no_endless_search() -> None:
    assert same_everywhere.faults(Path("test_x.py"), "A = [*A]\n@parametrize('x', A)\ndef test(x): ...") == []
