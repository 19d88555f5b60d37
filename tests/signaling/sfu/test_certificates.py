"""The certificate that connections show: one for all, and another one after a while."""

import datetime as dt
from dataclasses import replace

from signaling.media import Answer
from signaling.sfu import SfuSettings
from signaling.sfu.dtls import MARGIN, Certificates
from tests.benchmarks.load import Endpoint, line_of
from tests.signaling.sfu.clients import Lesson, until
from tests.signaling.sfu.offers import SMALL
from tests.signaling.sfu.test_negotiation import FRAME, ask, joining

NOW = dt.datetime.now(dt.UTC)
AT_ONCE = 1e-9


def test_a_certificate_serves_its_time_and_then_another_does() -> None:
    certificates = Certificates(dt.timedelta(hours=1))
    first = certificates.current(NOW)
    assert certificates.current(NOW + dt.timedelta(minutes=59)) is first
    assert certificates.current(NOW + dt.timedelta(hours=1)) is not first


def test_none_is_shown_that_is_about_to_run_out() -> None:
    certificates = Certificates(dt.timedelta(days=1000))
    first = certificates.current(NOW)
    assert certificates.current(first.expires - MARGIN) is not first


async def test_new_peers_see_the_new_certificate_and_old_sessions_go_on(settings: SfuSettings) -> None:
    lesson = Lesson(replace(settings, certificate_hours=AT_ONCE))
    await lesson.sfu.open()
    sender = await Endpoint("sendonly").join(joining(lesson.sfu, "ann"))
    viewer = await Endpoint("recvonly").join(joining(lesson.sfu, "bob"))
    assert sender._fingerprint != viewer._fingerprint
    restarted = await ask(lesson.sfu, "ann", sender.offer().replace("a=ice-ufrag:", "a=ice-ufrag:again"))
    assert isinstance(restarted, Answer)
    assert line_of(restarted.sdp, "fingerprint:sha-256") == sender._fingerprint
    await until(lambda: lesson.slots("bob") == {"0": "ann"})
    sender.send_frame(FRAME, 0)
    await until(lambda: viewer.received == 1)
    for endpoint in (sender, viewer):
        await endpoint.close()
    await lesson.close()


async def test_within_its_time_everybody_sees_the_same(lesson: Lesson) -> None:
    answers = [await ask(lesson.sfu, name, SMALL) for name in ("ann", "bob")]
    assert len({line_of(each.sdp, "fingerprint:sha-256") for each in answers if isinstance(each, Answer)}) == 1
