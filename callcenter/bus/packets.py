"""MQTT packets as bytes, for what is sent so often that the library's own way costs too much. Pure.

Measured with uvloop and mosquitto, processor time for each publication of 160 bytes: one a turn of the loop 30 µs this
way, 70 µs with paho's `publish`, 95 µs with aiomqtt's; twenty a turn 4 µs this way, 43 µs with paho's.
"""

from callcenter.bus.wire import Parcel

_PUBLISH, _RETAIN = 0x30, 0x01
_EXPIRY, _RESPONSE_TOPIC, _CORRELATION = b"\x02", b"\x08", b"\x09"


def publication(parcel: Parcel) -> bytes:
    """A PUBLISH packet of quality of service 0 (MQTT 5, 3.3): head, length, topic, properties, payload."""
    properties = _properties(parcel) if parcel.has_properties else b""
    body = b"%b%b%b%b" % (_counted(parcel.topic.encode()), length(len(properties)), properties, parcel.payload)
    return b"%c%b%b" % (_PUBLISH | parcel.retain * _RETAIN, length(len(body)), body)


def _properties(parcel: Parcel) -> bytes:
    """3.3.2.3: when it expires, where its answer goes, and what it answers."""
    packed = b""
    if parcel.expires_seconds is not None:
        packed += _EXPIRY + parcel.expires_seconds.to_bytes(4, "big")
    if parcel.reply_to is not None:
        packed += _RESPONSE_TOPIC + _counted(parcel.reply_to.encode())
    if parcel.correlation is not None:
        packed += _CORRELATION + _counted(parcel.correlation)
    return packed


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def length(number: int) -> bytes:
    """MQTT's variable byte integer (1.5.5): seven bits a byte, the lowest first, with a bit that says more follow."""
    more, low = divmod(number, 128)
    return bytes((low | 128,)) + length(more) if more else bytes((low,))
