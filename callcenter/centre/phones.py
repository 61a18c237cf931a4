"""The two phones that every extension may have: one in the browser, and any SIP telephone.

Each is an endpoint of its own at Asterisk: `1001-web` and `1001`. Queues know a phone by its interface, `PJSIP/1001`.
"""

_WEB = "-web"
_TECHNOLOGY = "PJSIP/"


def web_endpoint(extension: str) -> str:
    """The endpoint of the extension's phone in the browser."""
    return extension + _WEB


def endpoints_of(extension: str) -> tuple[str, str]:
    """Both endpoints of an extension, the browser's first: whoever has it open wants calls there."""
    return web_endpoint(extension), extension


def extension_of(endpoint: str) -> str:
    """The extension that an endpoint, or the interface of a phone, belongs to."""
    return endpoint.removeprefix(_TECHNOLOGY).removesuffix(_WEB)


def interface_of(endpoint: str) -> str:
    """The phone as queues and calls name it."""
    return _TECHNOLOGY + endpoint
