"""What the services that run say of themselves: `troncal doctor` asks the API, which hears all of them."""

from typing import Any

import httpx

from callcenter.settings import Settings
from troncal.installation.findings import Finding, Health
from troncal.installation.state_folder import Running

ANSWER_SECONDS = 10.0
_PARTS = {
    "bus": "is the broker running? see broker/mosquitto.log",
    "bridge": "see log/bridge.log",
    "records": "see log/bridge.log; what the queue log has is recorded as soon as it can be",
    "disk": "make room: no recording is begun meanwhile (TRONCAL_LEAST_FREE_BYTES)",
    "self_services": "see log/agi.log; a service that hangs is started again by `troncal up`",
    "dialer": "see log/dialer.log; a service that hangs is started again by `troncal up`",
    "reports": "see log/reports.log, and `troncal mail list`",
}


async def examine(settings: Settings, running: Running | None) -> list[Finding]:
    """A finding for each part; one alone where no API is running here or it does not answer."""
    if running is None and not settings.broker_port:
        return [Finding("services", Health.NOTE, "not looked at", "start the centre first")]
    address = running.http if running is not None else f"http://{settings.http_host}:{settings.http_port}"
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
            told = (await client.get(f"{address}/api/health")).json()
    except (httpx.HTTPError, ValueError) as error:
        if running is None:
            return [Finding("services", Health.NOTE, f"no API at {address}", "run this where `troncal api` runs")]
        found = f"the API at {address} does not answer: {error or type(error).__name__}"
        return [Finding("services", Health.FAULT, found, "see log/api.log")]
    parts = told if isinstance(told, dict) else {}
    return [_finding(name, parts.get(name), to_do) for name, to_do in _PARTS.items()]


def _finding(name: str, told: Any, to_do: str) -> Finding:
    """`told` comes from whoever listens at that address."""
    what = name.replace("_", "-")
    if not isinstance(told, dict):
        return Finding(what, Health.FAULT, "whoever answers there is no API of this program", "see TRONCAL_HTTP_PORT")
    found = str(told.get("reason") or told.get("detail"))[:300]
    return Finding(what, Health.GOOD, "works") if told.get("ok") is True else Finding(what, Health.FAULT, found, to_do)
