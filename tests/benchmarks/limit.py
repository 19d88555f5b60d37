"""The bare C loop that our engines are held against: ``limit.c``, with the libsrtp of pylibsrtp's wheel.

`cost` compiles it, runs it in a process of its own (`python -m tests.benchmarks.limit FILE PORT...`) and reads all
sockets meanwhile, at the pace and with the cipher of the other runs.
"""

import asyncio
import resource
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pylibsrtp
from cffi import FFI
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp_lib

from signaling.sfu import rtp
from tests.benchmarks.load import LOCAL
from tests.benchmarks.traffic import BURST, PAYLOAD

SOURCE = Path(__file__).with_name("limit.c")
SECONDS = 4.0
DECLARATION = """
long limit_run(void *protect, void **sessions, const uint16_t *ports, int count, int descriptor,
               const uint8_t *packet, int length, int bursts, int burst, long rest_us);
"""


def available() -> bool:
    """Whether there is a C compiler."""
    return shutil.which("cc") is not None


async def cost(viewers: int, per_second: int) -> float:
    """CPU seconds of one copy."""
    receivers = [_receiver() for _ in range(viewers)]
    with tempfile.TemporaryDirectory() as folder:
        library = _compiled(Path(folder))
        ports = [str(each.getsockname()[1]) for each in receivers]
        command = (sys.executable, "-m", "tests.benchmarks.limit", str(library), str(per_second), *ports)
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        answer = asyncio.create_task(process.stdout.read())
        await asyncio.to_thread(_drain_until, receivers, answer)
        await process.wait()
    for each in receivers:
        each.close()
    return float(await answer)


def _compiled(folder: Path) -> Path:
    library = folder / "limit.so"
    subprocess.run(["cc", "-O3", "-fPIC", "-shared", SOURCE, "-o", library], check=True)
    return library


def _receiver() -> socket.socket:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind((LOCAL, 0))
    receiver.settimeout(0)
    return receiver


def _drain_until(receivers: list[socket.socket], answer: asyncio.Task[bytes]) -> None:
    poll, known = select.epoll(), {each.fileno(): each for each in receivers}
    for number in known:
        poll.register(number, select.EPOLLIN)
    while not answer.done():
        for number, _ in poll.poll(0.1):
            _drain(known[number])
    poll.close()


def _drain(receiver: socket.socket) -> None:
    try:
        while True:
            receiver.recv(2048)
    except BlockingIOError:
        return


def _session() -> pylibsrtp.Session:
    key = secrets.token_bytes(44)
    profile = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM
    return pylibsrtp.Session(pylibsrtp.Policy(key, pylibsrtp.Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))


def main(library: str, per_second: int, ports: list[int]) -> None:
    """Runs the loop and prints what a copy cost."""
    ffi = FFI()
    ffi.cdef(DECLARATION)
    limit: Any = ffi.dlopen(library)
    protect = ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", srtp_ffi.addressof(srtp_lib, "srtp_protect"))))
    sessions = [_session() for _ in ports]
    pointers = [ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", each._srtp[0]))) for each in sessions]
    packet = rtp.HEADER.pack(0x80, 96, 0, 0, 1) + PAYLOAD
    rest = BURST / per_second
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        arguments = (protect, pointers, ports, len(ports), ours.fileno(), packet, len(packet))
        limit.limit_run(*arguments, 50, BURST, 1000)
        before = _spent()
        sent = limit.limit_run(*arguments, int(SECONDS / rest), BURST, int(rest * 1e6))
        print((_spent() - before) / sent)


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(each) for each in sys.argv[3:]])
