"""What opens an account: keys derived from the house's secret, tokens, dear password hashes, one-time codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from layers.errors import TooMany, Unavailable
from layers.text import N_

NONCE_BYTES = 12
STEP_SECONDS = 30
RECOVERY_CODES = 8
# Without letters and figures that are read for one another.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
HASHED_AT_ONCE = 2
PATIENCE_SECONDS = 5.0


class Keys:
    """The keys of one installation, all derived from its one secret, each for a single purpose."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 32:
            raise ValueError("the secret has at least 32 characters")
        self._secret = secret.encode()

    def mac(self, purpose: str, value: str) -> bytes:
        """Return a keyed hash: nobody without the secret can tell the value or make another."""
        return hmac.digest(self._secret, f"{purpose}\0{value}".encode(), "sha256")

    def seal(self, plain: bytes, owner: UUID) -> bytes:
        """Encrypt for one account (AES-256-GCM); sealed bytes copied to another account don't open there."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.mac("seal", "")).encrypt(nonce, plain, owner.bytes)

    def unseal(self, sealed: bytes, owner: UUID) -> bytes:
        """Return what was sealed; raises Unavailable when the secret is not the one it was sealed with."""
        try:
            return AESGCM(self.mac("seal", "")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes)
        except InvalidTag as error:
            raise Unavailable(
                N_("The secret of this installation has changed, so nobody can sign in. Bring the old one back.")
            ) from error

    def link_token(self, link: UUID) -> str:
        """Return a link's token, kept nowhere: whoever repeats the same request is given the same one."""
        return _text(self.mac("link", str(link)))

    def first_totp_secret(self, token: str) -> str:
        """Return the base32 secret that a link offers to enrol: the same each time its page is opened."""
        return base64.b32encode(self.mac("totp", token)[:20]).decode()

    def recovery_hash(self, account: UUID, code: str) -> bytes:
        return self.mac("recovery", f"{account}:{_plain(code)}")


def new_token() -> str:
    """Return 256 random bits as text for a cookie."""
    return _text(secrets.token_bytes(32))


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token; plain SHA-256, because the token itself can't be guessed."""
    return hashlib.sha256(token.encode()).digest()


def new_recovery_codes() -> list[str]:
    """Return fresh codes to be printed: 10 letters each, 49 bits."""
    return ["-".join(_letters(5) for _ in range(2)) for _ in range(RECOVERY_CODES)]


def totp_address(secret: str, email: str, issuer: str) -> str:
    """Return the otpauth:// address that goes into the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second step that the code belongs to (this one or a neighbour), or None when it is wrong."""
    totp = pyotp.TOTP(secret)
    digits = "".join(code.split())
    this = int(now.timestamp()) // STEP_SECONDS
    steps = (this, this - 1, this + 1)
    return next((step for step in steps if hmac.compare_digest(totp.at(step * STEP_SECONDS), digits)), None)


class Hasher:
    """argon2id, dear on purpose: at most a few at a time, so that sign-ins can't take the machine from the map."""

    def __init__(self, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self._places = threading.BoundedSemaphore(HASHED_AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        """Return what is checked when there is no such account, so that the answer takes as long."""
        return self._argon2.hash(new_token())

    def hash(self, password: str) -> str:
        with self._place():
            return self._argon2.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Tell whether this is the password; without a kept hash it takes as long and is false."""
        with self._place():
            nobody = self._nobody  # made for whoever comes first, known or not
            try:
                self._argon2.verify(kept or nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            raise TooMany(N_("Many people are signing in right now. Try again in a few seconds."), retry_after=5)
        try:
            yield
        finally:
            self._places.release()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _letters(count: int) -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(count))


def _plain(code: str) -> str:
    return "".join(c for c in code.casefold() if c.isalnum())
