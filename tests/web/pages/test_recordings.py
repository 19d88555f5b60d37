"""The page of a lesson's recordings, and the switch of an institution."""

from pathlib import Path

import pytest

from signaling.sfu.recording import Manifest, Publisher, manifest
from signaling.sfu.recording.picture import Picture
from signaling.sfu.recording.reel import Reel
from tests.signaling.sfu.recording.media import TONE
from tests.support import SATURDAY
from tests.web.pages.campus import JOSEF, SOPHIE, Campus, Visitor
from vclass.recordings import KEEPER, Keeper, store

RECORDING = "rec1"


@pytest.fixture
def keeper(campus: Campus, tmp_path: Path) -> Keeper:
    keeper: Keeper = campus.server.app[KEEPER]
    keeper.folder = tmp_path / "recordings"
    return keeper


async def recorded(campus: Campus, keeper: Keeper, path: str) -> str:
    """The path of the recordings of a lesson, of which one is closed."""
    lesson = await campus.lesson(path)
    await campus.database.write(store.insert, RECORDING, lesson.id, SATURDAY, SATURDAY + 86_400)
    home = keeper.home(RECORDING)
    home.mkdir(parents=True)
    reel = Reel(home, 1000 * SATURDAY)
    for number in range(100):
        reel.add("audio", "opus", 1000 * SATURDAY + 20 * number, Picture(TONE, key=True))
    reel.finish()
    publisher = Publisher("seat", "Anna Leitner", "1", files=(reel.entry(complete=True),))
    whole = Manifest(RECORDING, "room", 1000 * SATURDAY, 1000 * SATURDAY + 2000, (publisher,))
    manifest.write(home / f"x{manifest.PART}", whole)
    keeper.over_now[RECORDING] = ""
    await keeper.settle()
    return f"{path}/recordings"


async def test_the_lessons_people_find_the_files_of_those_who_agreed(
    campus: Campus, keeper: Keeper, anna: Visitor
) -> None:
    path = await campus.booked(anna)
    assert "Nothing was recorded" in (await anna.get(f"{path}/recordings")).text
    shown = await anna.get(await recorded(campus, keeper, path))
    assert f'href="{path}/recordings"' in (await anna.get(path)).html
    assert "Anna Leitner" in shown.text
    assert f"/api/v1/recordings/{RECORDING}/files/" in shown.html


async def test_a_film_of_everybody_is_asked_for_with_one_press(campus: Campus, keeper: Keeper, anna: Visitor) -> None:
    path = await recorded(campus, keeper, await campus.booked(anna))
    await anna.get(path)
    shown = await anna.send(f"{path}/{RECORDING}/join")
    assert "The film is being made" in shown.text
    assert "<progress" in shown.html


async def test_deleting_takes_it_away_for_good(campus: Campus, keeper: Keeper, anna: Visitor) -> None:
    path = await recorded(campus, keeper, await campus.booked(anna))
    await anna.get(path)
    shown = await anna.send(f"{path}/{RECORDING}/delete")
    assert "Deleted. Nobody can see it any more." in shown.text
    assert "Nothing was recorded" in shown.text


async def test_what_is_still_recorded_is_neither_deleted_nor_joined(
    campus: Campus, keeper: Keeper, anna: Visitor
) -> None:
    path = f"{await campus.booked(anna)}/recordings"
    lesson = await campus.lesson(path.removesuffix("/recordings"))
    await campus.database.write(store.insert, RECORDING, lesson.id, campus.clock(), campus.clock() + 86_400)
    await anna.get(path)
    for what in ("join", "delete"):
        assert "still being recorded" in (await anna.send(f"{path}/{RECORDING}/{what}")).text
    assert await campus.database.read(store.by_public_id, RECORDING) is not None
    assert not keeper.home(RECORDING).exists()


async def test_others_see_nothing_of_it(campus: Campus, keeper: Keeper, anna: Visitor) -> None:
    path = await recorded(campus, keeper, await campus.booked(anna))
    sophie = await campus.person(SOPHIE)
    assert (await sophie.get(path)).status == 404
    assert (await (await campus.visitor()).get(path)).status in {303, 401}


async def test_an_administrator_allows_and_forbids_recordings_of_the_own_house(campus: Campus) -> None:
    josef = await campus.person(JOSEF)
    assert "Allow recordings" in (await josef.get("/rooms/manage/closed")).text
    assert "Forbid recordings" in (await josef.send("/rooms/manage/recordings", {"allowed": "1"})).text
    assert "Allow recordings" in (await josef.send("/rooms/manage/recordings", {"allowed": ""})).text


async def test_who_does_not_decide_on_recordings_finds_no_switch(anna: Visitor) -> None:
    await anna.get("/")
    assert (await anna.post("/rooms/manage/recordings", {"allowed": "1"})).status == 403
