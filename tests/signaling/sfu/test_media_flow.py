"""Real peers exchange real media through the SFU, on both engines."""

from tests.signaling.sfu.clients import Lesson, until


async def test_two_peers_see_and_hear_each_other(lesson: Lesson) -> None:
    ann = await lesson.client("ann").publish().slots(1).join()
    bob = await lesson.client("bob").publish().slots(1).join()
    for each in (ann, bob):
        await until(lambda each=each: each.decoded("video") > 5 and each.decoded("audio") > 5)
