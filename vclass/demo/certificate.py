"""A self-signed certificate, so that a phone in the same network gets a secure page, and with it its camera."""

import datetime as dt
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509  # heavy, and only for --tls

DAYS = 90


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """Make (or find) the certificate for a host name or address; gives the files of certificate and key."""
    certificate, key = folder / f"tls-{host}.pem", folder / f"tls-{host}.key"
    if not (certificate.exists() and key.exists()):
        _make(certificate, key, host)
    return certificate, key


def _make(certificate: Path, key: Path, host: str) -> None:
    from cryptography import x509  # noqa: PLC0415  heavy, and only for --tls
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  likewise
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  likewise
    from cryptography.x509.oid import NameOID  # noqa: PLC0415  likewise

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))


def _alternative(host: str) -> "x509.GeneralName":
    from cryptography import x509  # noqa: PLC0415  heavy, and only for --tls

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
