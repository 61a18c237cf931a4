from pathlib import Path

import pytest

from ami_bridge.history.renaming import BadNames, agents_in, queues_in


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_names_are_two_columns(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = f"SIP/1001{delimiter} 1001\n\nJosé Muñoz{delimiter}1002\n"
    assert agents_in(written(tmp_path / "a", text.encode(encoding))) == {"SIP/1001": "1001", "José Muñoz": "1002"}


def test_queues_are_known_in_whatever_letters(tmp_path: Path) -> None:
    assert queues_in(written(tmp_path / "a", b"Ventas,102\n")) == {"ventas": "102"}


@pytest.mark.parametrize("line", ["a", "a,", ",b", "a,b,c", f"a,{'b' * 81}", "a,x\x07", "SIP/1,1002"])
def test_a_line_that_is_wrong_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadNames, match="line 2"):
        agents_in(written(tmp_path / "a", f"SIP/1,1001\n{line}\n".encode()))
