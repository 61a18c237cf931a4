"""The agents' phones: one SIPp answers them all, and each is registered at the exchange under its extension."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from troncal.simulator import sheets
from troncal.simulator.sipp import SimulationError, Sipp, SippCommand, SippRole, free_port
from troncal.simulator.wire import SilenceSender, is_answering

REGISTRATION_SECONDS = 3600
_GONE = f"gone-{sheets.PHONES}"


@dataclass(slots=True)
class Phones:
    """All phones of a simulation. Start them with `open`."""

    command: SippCommand
    exchange: str
    host: str
    port: int
    count: int
    folder: Path
    sipp: Sipp
    registered: bool = False

    @classmethod
    async def open(
        cls,
        command: SippCommand,
        exchange: str,
        sound: SilenceSender,
        secrets: Mapping[str, str],
        extensions: tuple[str, ...],
        folder: Path,
    ) -> "Phones":
        """Start the phones; they are not registered yet. Raises SimulationError."""
        missing = [extension for extension in extensions if extension not in secrets]
        if missing:
            raise SimulationError(f"no password is known for the phones {', '.join(missing)}")
        for expires, name in ((REGISTRATION_SECONDS, sheets.PHONES), (0, _GONE)):
            path = folder / name
            path.touch(mode=0o600)
            path.write_text(sheets.phones_sheet(secrets, extensions, expires), encoding="utf-8")
        port = free_port(sound.host)
        options = ("-inf", sheets.OFFERS, "-infindex", sheets.OFFERS, "0")
        role = SippRole("agents", sound.host, port, options, {"sound_port": str(sound.port)})
        sipp = await Sipp.start(command, exchange, role, folder)
        return cls(command, exchange, sound.host, port, len(extensions), folder, sipp)

    async def register(self) -> None:
        """Make every phone known to the exchange. Raises SimulationError."""
        if not await is_answering((self.host, self.port), self.host):
            self.sipp.complain()
            raise SimulationError("the agents' phones (SIPp) do not answer")
        self.registered = True
        await self._register(sheets.PHONES)

    async def keep_registered(self) -> None:
        """Until cancelled: register again well before the registrations expire."""
        while True:
            await asyncio.sleep(REGISTRATION_SECONDS / 2)
            await self._register(sheets.PHONES)

    async def close(self) -> None:
        """Take the registrations back and end the phones."""
        try:
            if self.registered and self.sipp.is_running:
                await self._register(_GONE)
        finally:
            await self.sipp.stop()
            for sheet in (sheets.PHONES, _GONE):
                (self.folder / sheet).unlink(missing_ok=True)

    async def _register(self, sheet: str) -> None:
        options = ("-inf", sheet, "-m", str(self.count), "-r", "20")
        keys = {"contact": f"{self.host}:{self.port}"}
        role = SippRole("register", self.host, free_port(self.host), options, keys)
        registering = await Sipp.start(self.command, self.exchange, role, self.folder)
        try:
            await registering.finish()
        finally:
            await registering.kill()
