"""Why a list is not taken at all, in a sentence for the supervisor who uploaded it. Pure."""


class ExtractRefused(Exception):
    """Nothing of the list is taken. The message, in Spanish, says what is wrong and what to do."""
