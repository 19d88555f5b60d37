"""Contract: the private names of aiortc and pylibsrtp that `dtls` and `srtp` stand on, and what they mean."""

import asyncio
import inspect
import subprocess
import sys

import pylibsrtp
from aiortc import RTCCertificate, RTCDtlsTransport
from aiortc.rtcdtlstransport import SRTP_PROFILES
from aiortc.rtcsctptransport import RTCSctpTransport
from OpenSSL import SSL
from pylibsrtp._binding import ffi, lib

from signaling.sfu.dtls import Certificate
from signaling.sfu.secure import Secure, SecureWish
from signaling.sfu.srtp import Cell, Keys, protect, unprotect
from tests.benchmarks.load import open_secure

DTLS_NAMES = {"_set_role", "_register_data_receiver", "_send_data", "_validate_peer_identity"}
DTLS_FIELDS = {"_rx_srtp", "_tx_srtp", "_task", "_transport", "_srtp_profiles"}


class Ice:
    role = "controlled"


async def test_the_dtls_transport_has_the_names_that_we_use() -> None:
    transport = RTCDtlsTransport(Ice(), [RTCCertificate.generateCertificate()])  # type: ignore[arg-type]  # a stand-in
    assert {name for name in DTLS_NAMES | DTLS_FIELDS if hasattr(transport, name)} == DTLS_NAMES | DTLS_FIELDS
    source = inspect.getsource(RTCDtlsTransport)
    assert "await self.transport._recv()" in source
    assert "await self.transport._send(data)" in source
    assert "certificate._create_ssl_context(" in source
    assert list(inspect.signature(RTCSctpTransport).parameters) == ["transport", "port"]


def test_connections_share_what_openssl_knows_of_the_certificate_but_resume_nothing() -> None:
    certificate = Certificate.generateCertificate()
    first, second = [certificate._create_ssl_context(SRTP_PROFILES) for _ in range(2)]
    assert first is second
    assert first.get_session_cache_mode() == SSL.SESS_CACHE_OFF
    assert certificate.fingerprint in {each.value for each in certificate.getFingerprints()}


def test_libsrtp_works_in_place_on_our_buffers() -> None:
    assert {name for name in ("srtp_protect", "srtp_unprotect") if hasattr(lib, name)}
    key, packet = bytes(range(30)), b"\x80\x60\x00\x01" + bytes(8) + b"payload"
    policies = [
        pylibsrtp.Policy(key, side) for side in (pylibsrtp.Policy.SSRC_ANY_INBOUND, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    ]
    keys = Keys(*(pylibsrtp.Session(policy) for policy in policies))
    cell = Cell()
    cell.view[: len(packet)] = packet
    cell.length[0] = len(packet)
    assert protect(keys.outbound, cell.data, cell.length) == 0
    size = cell.length[0]
    assert size > len(packet)
    assert ffi.sizeof(cell.data) > size
    assert unprotect(keys, cell, size) == len(packet)
    assert bytes(cell.view[: len(packet)]) == packet
    assert unprotect(keys, cell, 13) == 0


class Ends:
    """A server and a client end that feed each other; `closed` is set when the server hears a goodbye."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.server: Secure = open_secure(SecureWish(False, self._to_client, self.closed.set))
        self.client: Secure = open_secure(SecureWish(True, self._to_server, self.closed.clear))

    def _to_client(self, data: bytes) -> None:
        self.client.feed(data)

    def _to_server(self, data: bytes) -> None:
        self.server.feed(data)

    async def meet(self, expected_by_server: str) -> tuple[Keys | None, Keys | None]:
        async with asyncio.timeout(10):
            return await asyncio.gather(
                self.server.handshake("sha-256", expected_by_server),
                self.client.handshake("sha-256", self.server.fingerprint),
            )


async def test_two_ends_shake_hands_and_agree_on_keys() -> None:
    ends = Ends()
    server, client = await ends.meet(ends.client.fingerprint)
    assert server is not None
    assert client is not None
    report = b"\x80\xc9\x00\x01\x00\x00\x00\x01"
    assert client.unprotect_rtcp(server.protect_rtcp(report)) == report
    await ends.client.stop()
    async with asyncio.timeout(10):
        await ends.closed.wait()
    await ends.server.stop()


async def test_another_certificate_than_the_offer_named_ends_the_handshake() -> None:
    ends = Ends()
    server, _ = await ends.meet(":".join(["00"] * 32))
    assert server is None
    await ends.client.stop()
    await ends.server.stop()


WARMED = """
import asyncio, gc, sys
from signaling.sfu import Sfu, SfuSettings

async def main():
    sfu = Sfu(SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",), engine="plain"), print)
    await sfu.open()
    sfu.warm()
    sfu.warm()
    await asyncio.sleep(0)
    await sfu.close()
    print("aiortc.rtcdtlstransport" in sys.modules, gc.get_freeze_count() > len(gc.get_objects()))

asyncio.run(main())
"""


def test_importing_the_front_door_leaves_aiortc_and_the_c_parser_out() -> None:
    code = "import sys, signaling.sfu; print({'aiortc', 'av', 'pycparser'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_warming_loads_them_before_anybody_offers_and_they_are_searched_for_garbage_no_more() -> None:
    done = subprocess.run([sys.executable, "-c", WARMED], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"
