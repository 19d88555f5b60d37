"""Signatures that an independent verifier, dkimpy, accepts at the far end, and what breaks them."""

import base64
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from config import ConfigurationError, Settings
from config.settings import Mail
from tests.mail.test_postman import PEOPLE, letters
from tests.mail_server import MailServer
from tests.office import DOMAIN, Office
from tests.schedules.ical.examples import lines
from vclass import doctor
from vclass.mail import Postman, Signer, signer, transport
from vclass.mail.signing import relaxed_body

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PLAIN = b"From: a@vclass.example\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nText  with\tspaces \r\n\r\n\r\n"


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def is_valid(content: bytes, by: Signer) -> bool:
    """What dkimpy says, with our record as the only one in the DNS."""
    name, text = by.record

    def dns(asked: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001  dkimpy's
        return text.encode() if asked == f"{name}.".encode() else None

    return bool(dkim.verify(content, dnsfunc=dns))


@pytest.fixture
def by() -> Signer:
    return Signer(KEY, DOMAIN, "lessons2026")


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


async def test_r9_signatures_of_real_mails_outlive_their_way_and_all_senders_are_aligned(
    office: Office, post: MailServer, by: Signer
) -> None:
    lesson = await office.book()
    composers = {"lesson-mail": letters(office).lesson_mail}
    postman = Postman(office.database, office.clock, transport(post.url), composers, sign=by)
    assert await postman.deliver_due() == PEOPLE
    for each in post.delivered:
        assert is_valid(each.raw, by)
        assert f"d={DOMAIN};" in each.message["DKIM-Signature"]
        assert each.message["From"].addresses[0].domain == each.sender.rpartition("@")[2] == DOMAIN
        (organizer,) = lines(each.calendar, "ORGANIZER")
        assert organizer.endswith(f"mailto:b-{lesson.address_token}@{DOMAIN}")
        assert each.recipients[0] not in organizer


def test_the_same_mail_signed_again_is_the_same(by: Signer) -> None:
    assert by(PLAIN) == by(PLAIN)
    assert is_valid(by(PLAIN), by)


@pytest.mark.parametrize(
    "change", [(b"Text", b"Test"), (b"hello", b"hallo"), (b"From:", b"From: x@evil.example\r\nFrom:")]
)
def test_a_changed_mail_is_no_longer_valid(by: Signer, change: tuple[bytes, bytes]) -> None:
    signature, _, rest = by(PLAIN).partition(b"From: a@")
    assert not is_valid(signature + (b"From: a@" + rest).replace(*change), by)


def test_spaces_and_folds_on_the_way_do_no_harm(by: Signer) -> None:
    on_the_way = by(PLAIN).replace(b"Subject: hello", b"Subject:\r\n  hello ").replace(b"Text  with", b"Text with")
    assert is_valid(on_the_way + b"\r\n", by)


@pytest.mark.parametrize("body", [b"", b"\r\n", b" \r\n", b"a", b"a\r\n", b"a  b \r\n\r\n \r\n", b" a\t\tb"])
def test_bodies_are_relaxed_as_dkimpy_relaxes_them(body: bytes) -> None:
    assert relaxed_body(body) == dkim.canonicalization.Relaxed.canonicalize_body(body)


def test_the_record_holds_the_public_key(by: Signer) -> None:
    name, text = by.record
    assert name == f"lessons2026._domainkey.{DOMAIN}"
    assert text.startswith("v=DKIM1; k=rsa; p=")
    assert base64.b64decode(text.partition("p=")[2])


def settings(path: Path, selector: str = "s", domain: str = "") -> Mail:
    return Mail(dkim_key_file=str(path), dkim_selector=selector, dkim_domain=domain)


def test_the_settings_name_the_key(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(pem(KEY))
    made = signer(settings(path), "mail.vclass.example")
    above = signer(settings(path, domain="vclass.example"), "mail.vclass.example")
    assert made is not None
    assert above is not None
    assert (made.domain, above.domain) == ("mail.vclass.example", "vclass.example")
    assert signer(Mail(), "vclass.example") is None


@pytest.mark.parametrize(
    ("content", "others", "says"),
    [
        (b"nothing", {}, "can't be used"),
        (pem(ec.generate_private_key(ec.SECP256R1())), {}, "DKIM doesn't know"),
        (pem(KEY), {"selector": ""}, "dkim_selector is empty"),
        (pem(KEY), {"domain": "other.example"}, "is not the sender's"),
        (pem(KEY), {"domain": "class.example"}, "is not the sender's"),
    ],
)
def test_what_cannot_sign_is_told_at_the_start(
    tmp_path: Path, content: bytes, others: dict[str, str], says: str
) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=says):
        signer(settings(path, **others), "vclass.example")


def test_a_missing_key_file_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.pem can't be used"):
        signer(settings(tmp_path / "missing.pem"), "vclass.example")


def test_the_doctor_shows_the_record_or_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(pem(KEY))
    good = doctor._signature(Settings(mail=settings(path, domain="localhost")))
    bad = doctor._signature(Settings(mail=settings(path, selector="")))
    assert (good.ok, "s._domainkey.localhost TXT" in good.fact) == (True, True)
    assert (bad.ok, "dkim_selector is empty" in bad.remedy) == (False, True)
    assert doctor._signature(Settings()).ok
