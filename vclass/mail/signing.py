"""DKIM signatures (RFC 6376): relaxed, so that they outlive what relays do to spaces.

A signature has no time in it: the same mail sent again has the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from config import ConfigurationError
from config.settings import Mail as MailSettings

__all__ = ["Signer", "signer"]

LEAST_BITS: Final = 1024
LINE: Final = 72
SIGNED: Final = (
    b"from",
    b"from",  # once more than there is: nobody can add another
    b"to",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)")
SPACES: Final = re.compile(rb"[ \t]+")
FOLDING: Final = re.compile(rb"\r\n(?=[ \t])")
REMEDY: Final = "It is an RSA key of 2048 bits in PEM; see docs/mail.md."


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs mails of one domain.

    Args:
        key: The private key.
        domain: ``d=``, that of the sender or one above it.
        selector: ``s=``, under which the public key stands in the DNS.
    """

    key: RSAPrivateKey
    domain: str
    selector: str

    def __call__(self, content: bytes) -> bytes:
        """The mail with its signature on top."""
        head, _, body = content.partition(b"\r\n\r\n")
        fields = _fields(head)
        names = [name for name in SIGNED if name in fields]
        unsigned = self._header(names, _digest(relaxed_body(body)))
        text = b"".join(_relaxed(name, fields.get(name, [])) for name in names)
        text += _relaxed(b"dkim-signature", [unsigned]).removesuffix(b"\r\n")
        signature = base64.b64encode(self.key.sign(text, PKCS1v15(), hashes.SHA256()))
        return b"DKIM-Signature:" + unsigned + _folded(signature) + b"\r\n" + content

    @property
    def record(self) -> tuple[str, str]:
        """Name and text of the TXT record by which others check the signatures."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = self.key.public_key().public_bytes(serialization.Encoding.DER, form)
        return f"{self.selector}._domainkey.{self.domain}", f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def _header(self, names: Iterable[bytes], body_digest: bytes) -> bytes:
        lines = (
            b" v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s;" % self.domain.encode(),
            b" s=%s; h=%s;" % (self.selector.encode(), b":\r\n ".join(names)),
            b" bh=%s;" % body_digest,
            b" b=",
        )
        return b"\r\n".join(lines)


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 section 3.4.4."""
    lines = SPACES.sub(b" ", body).replace(b" \r\n", b"\r\n").rstrip(b" ")
    while lines.endswith(b"\r\n"):
        lines = lines.removesuffix(b"\r\n")
    return lines + b"\r\n" if lines else b""


def signer(settings: MailSettings, sender_domain: str) -> Signer | None:
    """The signer that the settings describe; None where they name no key.

    Raises:
        ConfigurationError: The key can't be read, or what goes with it is missing or doesn't fit.
    """
    if not settings.dkim_key_file:
        return None
    domain = (settings.dkim_domain or sender_domain).lower()
    if not settings.dkim_selector:
        raise ConfigurationError("[mail] dkim_selector is empty. Name the selector under which the DNS has the key.")
    if sender_domain != domain and not sender_domain.endswith(f".{domain}"):
        raise ConfigurationError(
            f"[mail] dkim_domain {domain} is not the sender's, {sender_domain}: no receiver would count the signature. "
            "Leave it empty, or name a domain above."
        )
    return Signer(_key(Path(settings.dkim_key_file)), domain, settings.dkim_selector)


def _key(path: Path) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"[mail] dkim_key_file {path} can't be used: {error}. {REMEDY}") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_BITS:
        return key
    raise ConfigurationError(f"[mail] dkim_key_file {path} holds a key that DKIM doesn't know. {REMEDY}")


def _fields(head: bytes) -> dict[bytes, list[bytes]]:
    """The values of each header field as they stand, by name in lower case."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in FIELD.findall(head):
        found.setdefault(name.lower(), []).append(value)
    return found


def _relaxed(name: bytes, values: list[bytes]) -> bytes:
    """RFC 6376 section 3.4.2; a field that is named more often than it is there counts as nothing."""
    if not values:
        return b""
    value = values.pop()
    return name + b":" + SPACES.sub(b" ", FOLDING.sub(b"", value)).strip() + b"\r\n"


def _digest(body: bytes) -> bytes:
    return base64.b64encode(hashlib.sha256(body).digest())


def _folded(signature: bytes) -> bytes:
    return b"\r\n ".join(signature[at : at + LINE] for at in range(0, len(signature), LINE))
