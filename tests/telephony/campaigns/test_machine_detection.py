"""Who is taken for a machine: spoken greetings over real calls, with the settings of `amd.conf`.

A handful goes the whole way of a campaign's call. All of them, with other settings to compare, take some minutes: they
are measured where TRONCAL_TEST_GREETINGS is `all` (`make greetings`).
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Mapping

import pytest

from callcenter.database.transactions import Database
from dialer.campaigns.model import DialMode
from tests.telephony.campaigns.conftest import campaign_of
from tests.telephony.campaigns.greetings import SILENT, VOICES, By, Greeting, every, music
from tests.telephony.campaigns.network import Network, Reaction, network
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(600)]

FEW = (
    SILENT,
    Greeting(By.PERSON, "¿Aló?", VOICES[0], before=1.5),
    Greeting(By.PERSON, "¿Sí, diga?", VOICES[1], noise=-34.0),
    Greeting(By.PERSON, "Aló, buenas noches, habla Juan Pérez.", VOICES[2]),
    Greeting(By.MACHINE, "En este momento no puedo atenderle. Por favor, deje su mensaje.", VOICES[2], beep=True),
    Greeting(
        By.MACHINE, "Hola, habla María Choque. Ahora no le puedo contestar. Deje su nombre y su número.", VOICES[3]
    ),
)
MUSIC = "music"
# By AMD's arguments: initial silence, greeting, silence after it, analysis, shortest word, between words, words,
# threshold, longest word. Nothing: those of `amd.conf`.
SETTINGS = {
    "amd.conf": "",
    "Asterisk's sample": "2500,1500,800,5000,100,50,2,256,5000",
    "silence is a machine, 4 words": "2500,1500,600,4000,100,50,4,256,3000",
    "silence is a person, 4 words": "9000,1500,600,4000,100,50,4,256,3000",
    "6 words": "9000,2000,600,4000,100,50,6,256,3000",
    "8 words": "9000,2500,600,5000,100,50,8,256,3000",
    "4 s, 8 words": "9000,2500,600,4000,100,50,8,256,3000",
}
_AT_ONCE = 32
Verdicts = Mapping[str, By]


async def test_persons_and_machines_are_told_by_what_they_say(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    greetings = {f"7071{index:04d}": each for index, each in enumerate(FEW)}
    sounds = {number: each.sound() for number, each in greetings.items()}
    campaign = await campaign_of(database, [*sounds, "70719999"], DialMode.AGENTLESS, detects_machines=True)
    async with network(open_centre, outside_port, dict.fromkeys([*sounds, "70719999"], Reaction.GREETS)) as outside:
        outside.greetings = {**sounds, "70719999": music()}
        query = "SELECT number, answered_by FROM outgoing_calls WHERE answered_by <> '' AND number LIKE '7071%'"
        rows = await answered(lambda: asyncio.to_thread(open_centre.rows, query), lambda found: len(found) == 7, 60)
        await asyncio.gather(*(leg.hang_up() for leg in outside.answered.values()))
        over = f"SELECT 1 FROM campaign_attempts WHERE campaign_id = {campaign.id} AND closed_us IS NOT NULL"
        await eventually(lambda: len(open_centre.rows(over)) == 7, 20, "every attempt is over")
    truth = {number: each.by.value for number, each in greetings.items()}
    assert {str(number): by for number, by in rows} == {**truth, "70719999": By.MACHINE.value}


@pytest.mark.skipif(os.environ.get("TRONCAL_TEST_GREETINGS") != "all", reason="minutes: make greetings")
@pytest.mark.parametrize("name", SETTINGS)
async def test_how_many_are_told_right(
    open_centre: RunningCentre, outside_port: int, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    greetings = {f"7072{index:04d}": each for index, each in enumerate(every())}
    sounds = {number: each.sound() for number, each in greetings.items()}
    async with network(open_centre, outside_port, dict.fromkeys(sounds, Reaction.GREETS)) as outside:
        outside.greetings = sounds
        found = await verdicts(open_centre, outside, SETTINGS[name])
    told = Counter((each.by, found[number]) for number, each in greetings.items())
    persons, machines = (told[by, By.PERSON] + told[by, By.MACHINE] for by in By)
    taken, missed = told[By.PERSON, By.MACHINE], told[By.MACHINE, By.PERSON]
    with capsys.disabled():
        print(f"\n{name}: {taken} of {persons} persons for machines, {missed} of {machines} machines for persons")
    assert name != "amd.conf" or (taken == 0 and missed * 10 <= machines)


async def verdicts(centre: RunningCentre, outside: Network, arguments: str) -> Verdicts:
    """Who is taken for whom by AMD with these arguments, of each number of the network's greetings."""
    asked = ("module load res_clioriginate.so", *trial(arguments))
    for command in asked:
        await asyncio.to_thread(centre.console, command)
    numbers = list(outside.greetings)
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        for number in some:
            call = f"channel originate PJSIP/{number}@red-publica extension {number}@amd-trial"
            await asyncio.to_thread(centre.console, call)
        await eventually(lambda: all(is_over(outside, each) for each in some), 60, "all were told")  # noqa: B023
    log = (centre.state / "asterisk/log/messages.log").read_text(errors="replace")
    told = dict(re.findall(r"amd:([0-9]+):([A-Z]+)", log))
    return {number: By.MACHINE if told[number] == "MACHINE" else By.PERSON for number in numbers}


def trial(arguments: str) -> list[str]:
    """The console's commands that make a dialplan for it; what it says goes into Asterisk's log."""
    steps = (f"AMD({arguments})", "Log(NOTICE,amd:${EXTEN}:${AMDSTATUS}:${AMDCAUSE})", "Hangup()")
    return [f"dialplan add extension _X.,{at},{step} into amd-trial replace" for at, step in enumerate(steps, 1)]


def is_over(outside: Network, number: str) -> bool:
    """Whether that telephone answered and was hung up on."""
    return number in outside.answered and outside.answered[number].ended.is_set()
