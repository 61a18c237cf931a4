"""Whether Asterisk asks, and of which call: what the dialplan signs (context `troncal-sign`) and we compare. Pure.

The secret itself is never sent. What goes with the script's name is a digest of it and of the call, the caller's
number, the script and its argument. Whoever reads that, in a list of channels or a log, has nothing for another call,
number or script; and nobody without the secret has one for a channel that Asterisk does not have.
"""

import hashlib
import hmac

from ivr.agi.wire import Variables


def proof(secret: str, variables: Variables) -> str:
    """What Asterisk sends with this head: 40 hexadecimal digits.

    Asterisk's dialplan can SHA-1 and nothing stronger, and no exclusive or for HMAC's two keys: the outer digest keeps
    anybody from adding to what was signed.
    """
    call = (variables.uniqueid, variables.callerid, variables.script, ",".join(variables.args))
    return _sha1(secret + _sha1("|".join((secret, *call))))


def proven(secret: str, variables: Variables) -> bool:
    """Whether a head was sent by our dialplan, in a time that says nothing of how wrong it is."""
    return hmac.compare_digest(proof(secret, variables).encode(), variables.proof.encode("utf-8", "replace"))


def _sha1(text: str) -> str:
    # Keyed on both sides: collisions, which SHA-1 has, are of no use to somebody without the key.
    return hashlib.sha1(text.encode("utf-8", "replace")).hexdigest()  # noqa: S324
