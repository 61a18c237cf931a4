"""MQTT packets as bytes, for what is sent so often that the library's own way costs too much. Pure.

Measured with uvloop and mosquitto, processor time for each publication of 160 bytes: one a turn of the loop 30 µs this
way, 70 µs with paho's `publish`, 95 µs with aiomqtt's; twenty a turn 4 µs this way, 43 µs with paho's.
"""

from callcenter.bus.wire import Parcel

_PUBLISH, _RETAIN = 0x30, 0x01


def publication(parcel: Parcel) -> bytes:
    """A PUBLISH packet of quality of service 0 without properties (MQTT 5, 3.3): head, length, topic, none, payload."""
    topic = parcel.topic.encode()
    body = b"%b%b\0%b" % (len(topic).to_bytes(2, "big"), topic, parcel.payload)
    return b"%c%b%b" % (_PUBLISH | parcel.retain * _RETAIN, length(len(body)), body)


def length(number: int) -> bytes:
    """MQTT's variable byte integer (1.5.5): seven bits a byte, the lowest first, with a bit that says more follow."""
    more, low = divmod(number, 128)
    return bytes((low | 128,)) + length(more) if more else bytes((low,))
