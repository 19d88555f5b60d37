"""ffmpeg publishes through WHIP, in either DTLS role."""

import asyncio
import datetime as dt
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aioice.ice
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.signaling.sfu.clients import until
from tests.web.whip.clients import playing
from tests.web.whip.studio import STUDENT, Studio


@pytest.fixture(autouse=True)
def _loopback_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets aioice gather 127.0.0.1, which it leaves out otherwise."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate on P-256 and its key, as files: the one that ffmpeg makes is on a curve that OpenSSL refuses."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "encoder")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = builder.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    clear = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files = folder / "cert.pem", folder / "key.pem"
    for path, octets in zip(files, (made.public_bytes(pem), clear), strict=True):
        path.write_bytes(octets)
    return str(files[0]), str(files[1])


@asynccontextmanager
async def ffmpeg(studio: Studio, folder: Path, role: str) -> AsyncIterator[None]:
    """Let ffmpeg publish with a device's token."""
    url = str(studio.api.client.make_url(f"/whip/{studio.lesson}"))
    program = [sys.executable, "-m", "tests.web.whip.ffmpeg", url, await studio.device("ffmpeg"), *certificate(folder)]
    process = await asyncio.create_subprocess_exec(*program, role, stderr=asyncio.subprocess.PIPE)
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        _, said = await process.communicate()
        print(said.decode())


@pytest.mark.parametrize("role", ["passive", "active"])
async def test_ffmpeg_publishes_and_a_player_sees_and_hears_it(studio: Studio, tmp_path: Path, role: str) -> None:
    player = await playing(studio, STUDENT)
    async with ffmpeg(studio, tmp_path, role):
        await until(lambda: min(player.client.decoded("video"), player.client.decoded("audio")) > 20)
        assert ("ffmpeg", "room") in studio.there()
    await player.client.close()
