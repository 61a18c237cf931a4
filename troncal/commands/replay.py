"""`troncal replay`: recordings as JSON lines."""

import json
import sys
from pathlib import Path
from typing import Any

from ami_bridge.replay import replay_ami, replay_queue_log


def run(ami: list[Path], queue_log: list[Path]) -> None:
    """Print one object a queue entry, then one an anomaly, file by file. Raises OSError."""
    for path in ami:
        _print(replay_ami(path))
    for path in queue_log:
        _print(replay_queue_log(path))


def _print(objects: list[dict[str, Any]]) -> None:
    for each in objects:
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
