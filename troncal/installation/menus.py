"""The menus of this installation: what they may name, and those that were applied."""

from callcenter.centre.model import Centre
from callcenter.settings import Settings
from ivr.menus.check import Known
from ivr.menus.generations import Generations
from ivr.prompts import catalogue

FOLDER = "ivr"


def known(centre: Centre) -> Known:
    """What the menus may name in this centre."""
    return Known(tuple(centre.lines_by_number), catalogue.texts())


def generations(settings: Settings) -> Generations:
    """The menus that were applied here."""
    return Generations(settings.state / FOLDER)
