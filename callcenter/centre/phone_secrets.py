"""The SIP passwords of the centre's phones: derived from the installation's secret, so that nobody has to keep them."""

import hashlib
import hmac

from callcenter.settings import Settings


def phone_password(settings: Settings, endpoint: str) -> str:
    """The password of an endpoint (`1001`, `1001-web`), the same at each start; each endpoint has its own."""
    key = settings.token_secret.get_secret_value().encode()
    return hmac.new(key, f"phone {endpoint}".encode(), hashlib.sha256).hexdigest()[:32]
