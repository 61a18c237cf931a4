"""The directory by keys: the caller spells a surname on the telephone's letters (GC-PRC-OPE-ASE-02, D).

A number in reserve is never given out; who asks for one hears the same as for a name that is not there (D 3-4).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from backoffice.guiatel.contract import Guiatel, Listing, are_keys
from callcenter.calls import SelfServiceResult
from ivr.agi.session import AgiCall
from ivr.prompts.speech import telephone
from ivr.selfservice.dialogue import ServiceAnswer, named, within_patience

LISTINGS_AT_MOST, ROUNDS = 3, 4
_KEYS_AT_ONCE, _KEY_SECONDS = 20, 4.0
Speak = Callable[[str], Awaitable[str]]


class Search(Enum):
    """What a search comes to."""

    NO_KEYS = auto()
    NONE = auto()
    FOUND = auto()
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """Where a search stands; `listings` only when it is `FOUND`."""

    search: Search
    listings: tuple[Listing, ...] = ()


def judged(keys: str, listings: tuple[Listing, ...]) -> Found:
    """What is to be done with the answer of the directory, asked for one listing more than are said. Pure."""
    if not are_keys(keys):
        return Found(Search.NO_KEYS)
    if not listings:
        return Found(Search.NONE)
    return Found(Search.TOO_MANY) if len(listings) > LISTINGS_AT_MOST else Found(Search.FOUND, listings)


async def directory(call: AgiCall, guiatel: Guiatel, speak: Speak) -> ServiceAnswer:
    """Ask for letters until few enough are left. Raises SystemUnavailable, SpeechUnavailable."""
    keys, said = "", named("directorio-inicio")
    for _ in range(ROUNDS):
        pressed = await call.ask(said, most=_KEYS_AT_ONCE, seconds=_KEY_SECONDS)
        if pressed == "0":
            return ServiceAnswer(SelfServiceResult.PERSON, named("menu-a-persona"), to_person=True)
        keys += pressed
        found = await look_up(keys, guiatel)
        match found.search:
            case Search.FOUND:
                return ServiceAnswer(
                    SelfServiceResult.TOLD, await within_patience(_spoken_listings(found.listings, speak))
                )
            case Search.NONE:
                return ServiceAnswer(SelfServiceResult.NOTHING, named("directorio-sin-registro"))
            case Search.TOO_MANY:
                said = named("directorio-demasiados")
            case Search.NO_KEYS:
                keys, said = "", named("directorio-teclas", "directorio-inicio")
    return ServiceAnswer(SelfServiceResult.PERSON, named("menu-a-persona"), to_person=True)


async def look_up(keys: str, guiatel: Guiatel) -> Found:
    """One question to the directory. Raises SystemUnavailable."""
    listings = await within_patience(guiatel.by_keys(keys, LISTINGS_AT_MOST + 1)) if are_keys(keys) else ()
    return judged(keys, listings)


async def _spoken_listings(listings: tuple[Listing, ...], speak: Speak) -> tuple[str, ...]:
    sounds: list[str] = []
    for listing in listings:
        sounds += [await speak(listing.name), *named("directorio-numero"), *telephone(listing.number)]
    return tuple(sounds)
