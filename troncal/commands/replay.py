"""`troncal replay`: recordings as JSON lines."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ami_bridge.feeds.recording_files import UnreadableFile
from ami_bridge.replay import replay_ami, replay_queue_log
from callcenter.operator_problem import OperatorProblem


class UnreadableRecording(OperatorProblem):
    """A recording is not there or cannot be read; the others were printed."""

    exit_code = 1


def run(ami: list[Path], queue_log: list[Path]) -> None:
    """Print one object a queue entry and one an anomaly, file by file. Raises UnreadableRecording at the end."""
    unread = []
    for replayed, path in [*((replay_ami, path) for path in ami), *((replay_queue_log, path) for path in queue_log)]:
        try:
            _print(replayed(path))
        except (OSError, UnreadableFile) as error:
            unread.append(f"cannot read {path}: {getattr(error, 'strerror', None) or error}")
    if unread:
        raise UnreadableRecording("; ".join(unread))


def _print(objects: Iterable[dict[str, Any]]) -> None:
    for each in objects:
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
