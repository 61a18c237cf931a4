"""The course of every self-service: identify the caller, look something up, say it, offer what comes next.

A service answers with a `ServiceAnswer`; everything around it is here. The back office has two seconds:
after that, or when it fails, the caller hears so and goes to a person, and the ledger has the reason.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from backoffice.systems import SystemUnavailable
from callcenter.calls import SelfServiceResult
from ivr.agi.session import AgiCall
from ivr.prompts.rendering import SpeechUnavailable
from ivr.prompts.speech import Sounds, prompt

log = logging.getLogger(__name__)

RESULT, GOAL = "TRONCAL_RESULT", "TRONCAL_GOAL"
PATIENCE_SECONDS = 2.0
# No silence is waited for after the answer: the choices follow.
_NO_PAUSE_SECONDS = 0.3
_CHOICE_SECONDS = 6.0
_CHOICES_AT_MOST = 4
# Results that count only once the caller has heard them. What was done, refused or not available is so in any case.
_TO_BE_HEARD = frozenset({SelfServiceResult.TOLD, SelfServiceResult.NOTHING})
T = TypeVar("T")


class NextStep(StrEnum):
    """What the dialplan does with the caller afterwards."""

    PERSON = "person"
    MENU = "menu"
    END = "end"


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What a caller hears; `more` is what they can do without.

    `to_person`: and then a person takes the call, because the rules say so.
    """

    goal: SelfServiceResult
    sounds: Sounds
    more: Sounds = ()
    to_person: bool = False


Answering = Callable[[AgiCall], Awaitable[ServiceAnswer]]


def named(*prompts: str) -> Sounds:
    """Prompts of our own as sounds."""
    return tuple(prompt(name) for name in prompts)


def the_rest(found: Sequence[object], said: Sequence[object]) -> Sounds:
    """The hint that there is more than was said."""
    return named("servicio-los-demas") if len(found) > len(said) else ()


async def within_patience(asked: Awaitable[T]) -> T:
    """The back office's answer, all of it. Raises SystemUnavailable, also when it takes too long.

    What takes too long is cancelled, and its end not waited for.
    """
    question = asyncio.ensure_future(asked)
    try:
        answered, _ = await asyncio.wait([question], timeout=PATIENCE_SECONDS)
    finally:
        if not question.done():
            question.cancel()
            question.add_done_callback(_forget)
    if not answered:
        raise SystemUnavailable("the back office")
    return question.result()


def _forget(question: "asyncio.Future[T]") -> None:
    """Whatever became of a question that nobody waits for any more."""
    if not question.cancelled() and question.exception() is not None:
        log.warning("the back office failed after the caller had gone on: %s", question.exception())


async def serve(call: AgiCall, service: str, answering: Answering) -> None:
    """One self-service from beginning to end; leaves in TRONCAL_RESULT where the caller goes next."""
    try:
        answer = await answering(call)
    except (SystemUnavailable, SpeechUnavailable) as problem:
        log.warning("%s of call %s is not available: %s", service, call.variables.uniqueid, problem)
        answer = ServiceAnswer(SelfServiceResult.UNAVAILABLE, named("servicio-no-disponible"), to_person=True)
    if answer.goal not in _TO_BE_HEARD:
        await _ended(call, service, answer.goal)
    key = await call.ask(answer.sounds, most=1, seconds=_NO_PAUSE_SECONDS)
    if answer.goal in _TO_BE_HEARD:
        await _ended(call, service, answer.goal)
    next_step = NextStep.PERSON if answer.to_person else await _chosen(call, answer, key)
    await call.set(RESULT, next_step)


async def _ended(call: AgiCall, service: str, goal: SelfServiceResult) -> None:
    """The row of the ledger, and for the dialplan that it is written: without it the caller left before."""
    await call.ledger("INFO", "IVRGOAL", service, goal)
    await call.set(GOAL, goal)


async def _chosen(call: AgiCall, answer: ServiceAnswer, key: str) -> NextStep:
    """0 a person, * the menu, 1 or # once more, as in the menus. Silence ends the call: the caller has what they want.
    After wrong keys a person takes it."""
    more = answer.more
    for _ in range(_CHOICES_AT_MOST):
        if not key:
            key = await call.ask((*more, *named("servicio-opciones")), most=1, seconds=_CHOICE_SECONDS)
        match key:
            case "0":
                return NextStep.PERSON
            case "*":
                return NextStep.MENU
            case "":
                return NextStep.END
            case "1" | "#":
                key, more = await call.ask(answer.sounds, most=1, seconds=_NO_PAUSE_SECONDS), answer.more
            case _:
                key, more = "", ()
    return NextStep.PERSON
