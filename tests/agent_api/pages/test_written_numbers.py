"""The phone's window writes numbers as the pages do, though it is another language that does it."""

import json
import subprocess

from callcenter.numbers import normalise, show
from troncal.installation import page_bundles

NUMBERS = ("44250001", "25551234", "70755440", "61234567", "800131313", "102")
OTHERS = ("1001", "+5491123456789", "1234567890", "")


def test_numbers_are_written_as_the_pages_show_them() -> None:
    assert written(*NUMBERS) == [show(normalise(number)) for number in NUMBERS]


def test_what_is_no_number_of_ours_stays_as_it_is() -> None:
    assert written(*OTHERS) == list(OTHERS)


def written(*numbers: str) -> list[str]:
    module = (page_bundles.SOURCES / "modules/numbers.js").as_uri()
    script = (
        f"import('{module}').then(({{ written }}) => console.log(JSON.stringify({json.dumps(numbers)}.map(written))))"
    )
    node = page_bundles.found_node() or page_bundles.fetched_node()
    printed = subprocess.run([*node.node, "-e", script], capture_output=True, text=True, check=True).stdout
    made: list[str] = json.loads(printed)
    return made
