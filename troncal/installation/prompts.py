"""The prompts of this installation: their texts, their folder, and what speaks.

`python -m troncal.installation.prompts` renders them.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from callcenter.operator_problem import OperatorProblem
from ivr.prompts import catalogue
from ivr.prompts.rendering import SpeechUnavailable, Tools
from ivr.prompts.shelf import Shelf
from troncal.machines.debian import MACHINES, installed

# Not by way of the settings: a second set-up is to cost nothing.
RENDERED = MACHINES.with_name("prompts")


class NoVoice(SpeechUnavailable):
    """This machine has no espeak-ng or no sox."""


def tools() -> Tools:
    """espeak-ng and sox: those that set-up fetched, else the host's own. Raises NoVoice."""
    root = installed(MACHINES)
    if root is not None:
        return Tools(root.speech, root.command("sox"))
    espeak, sox = shutil.which("espeak-ng"), shutil.which("sox")
    if espeak is None or sox is None:
        raise NoVoice("espeak-ng and sox are not here; run `make setup`, or install both")
    return Tools([espeak], [sox])


def shelf(studio: Path | None) -> Shelf:
    """The prompts, with the studio recordings of that folder. Raises CatalogueError."""
    return Shelf(catalogue.texts(), RENDERED, tools, studio)


def speech(text: str) -> bytes:
    """A text spoken, as a telephone carries it: raw A-law, 8000 samples a second. Raises SpeechUnavailable."""
    with tempfile.TemporaryDirectory() as folder:
        sound, raw = Path(folder) / "said.wav", Path(folder) / "said.al"
        made_with = tools()
        made_with.speak(text, sound)
        subprocess.run([*made_with.sox, str(sound), "-t", "al", str(raw), "pad", "0", "1.5"], check=True)
        return raw.read_bytes()


def main() -> int:
    """Render what is not yet. Exit code 0 when done, 1 for wrong texts, 3 when it cannot be done here."""
    began = time.monotonic()
    try:
        count = shelf(None).render()
    except OperatorProblem as problem:
        print(f"set-up stopped: {problem}", file=sys.stderr)
        return problem.exit_code
    except NoVoice as error:
        # With programs of the site's own that is a choice: callers hear the studio's recordings.
        print(f"set-up: prompts without a studio recording will be silent: {error}", file=sys.stderr)
        return 0
    except (SpeechUnavailable, OSError) as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 3
    if count:
        print(f"set-up: made the sounds of {count} prompts ({time.monotonic() - began:.1f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
