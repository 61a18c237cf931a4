"""Passwords: argon2id, checked in threads, never kept or logged in clear."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128

# OWASP's least for argon2id: a shift logs in within a minute beside running calls, and those must not wait for it.
_TIMES, _MEMORY_KIB, _LANES = 2, 19 * 1024, 1
_AT_ONCE = 2


class AccountError(ValueError):
    """The account cannot be made or changed; the Spanish text says why."""


class Passwords:
    """Makes and checks hashes in threads, a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(_TIMES, _MEMORY_KIB, _LANES)
        self._nobodys = self._hasher.hash("nobody has this password")
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash to keep. Raises AccountError for a password that is too short or too long."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise AccountError(f"La contraseña debe tener de {SHORTEST_PASSWORD} a {LONGEST_PASSWORD} caracteres.")
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. Without a kept hash the same work is done, for nothing."""
        async with self._turns:
            right = await asyncio.to_thread(self._verify, kept or self._nobodys, password)
        return right and kept is not None

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError) as error:
            raise AccountError("La contraseña guardada de este usuario no se puede leer.") from error
