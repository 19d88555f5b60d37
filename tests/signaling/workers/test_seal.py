import pytest

from signaling.workers.seal import Seal, nonce, proof, proves
from signaling.workers.wire import FrameError

SECRET = "a secret of two machines"
NONCES = nonce() + nonce()


def pair() -> tuple[Seal, Seal]:
    return Seal(SECRET, "supervisor", NONCES), Seal(SECRET, "worker", NONCES)


def test_who_knows_the_secret_proves_it() -> None:
    assert proves(proof(SECRET, "worker", NONCES), SECRET, "worker", NONCES)


@pytest.mark.parametrize(
    ("secret", "role", "nonces"),
    [("another secret", "worker", NONCES), (SECRET, "supervisor", NONCES), (SECRET, "worker", nonce() + nonce())],
    ids=["another secret", "a proof that is sent back", "a proof of another greeting"],
)
def test_nothing_else_is_a_proof(secret: str, role: str, nonces: bytes) -> None:
    candidate = proof(secret, role, nonces)  # type: ignore[arg-type]  # parametrised text
    assert not proves(candidate, SECRET, "worker", NONCES)


def test_frames_of_both_directions_open_in_order() -> None:
    ours, theirs = pair()
    assert [theirs.open(ours.close(body)) for body in (b"one", b"two")] == [b"one", b"two"]
    assert ours.open(theirs.close(b"three")) == b"three"


def test_a_changed_repeated_left_out_or_reflected_frame_is_refused() -> None:
    for spoil in (_changed, _repeated, _left_out, _reflected, _short):
        with pytest.raises(FrameError):
            spoil(*pair())


def _changed(ours: Seal, theirs: Seal) -> None:
    theirs.open(ours.close(b"mute a").replace(b"mute a", b"mute b"))


def _repeated(ours: Seal, theirs: Seal) -> None:
    frame = ours.close(b"one")
    theirs.open(frame)
    theirs.open(frame)


def _left_out(ours: Seal, theirs: Seal) -> None:
    ours.close(b"one")
    theirs.open(ours.close(b"two"))


def _reflected(ours: Seal, _theirs: Seal) -> None:
    ours.open(ours.close(b"one"))


def _short(_ours: Seal, theirs: Seal) -> None:
    theirs.open(b"x")
