"""One view of everybody who was recorded: a grid of pictures and all sound mixed, made after the lesson.

Run as `python -m vclass.recordings.joined FOLDER`; it says on stdout how far it is, in percent, and has the lowest
priority and one thread. It opens media and no database.
"""

import fractions
import math
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.video.frame import VideoFrame

from signaling.sfu.recording import File, Publisher, manifest
from vclass.recordings.joining import NAME

FPS: Final = 10
WIDTH, HEIGHT = 960, 540
RATE: Final = 48_000
STEP_MS: Final = 1000 // FPS
PRIORITY: Final = 15
DARK, GRAY = 24, 128
MILLISECOND: Final = fractions.Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Tile:
    """A place in the grid; all numbers are even, so that colours have whole places, too."""

    x: int
    y: int
    width: int
    height: int


def grid(count: int) -> list[Tile]:
    """As many places as people, in rows of nearly the same number of columns."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    width, height = WIDTH // columns // 2 * 2, HEIGHT // rows // 2 * 2
    return [Tile(place % columns * width, place // columns * height, width, height) for place in range(count)]


class Canvas:
    """A picture that is put together row by row."""

    def __init__(self) -> None:
        self._sizes = ((WIDTH, HEIGHT), (WIDTH // 2, HEIGHT // 2), (WIDTH // 2, HEIGHT // 2))
        self._planes = [
            bytearray((DARK if place == 0 else GRAY,)) * (w * h) for place, (w, h) in enumerate(self._sizes)
        ]

    def clear(self, tile: Tile) -> None:
        for place, plane in enumerate(self._planes):
            part = 1 if place == 0 else 2
            row = bytes((DARK if part == 1 else GRAY,)) * (tile.width // part)
            self._rows(plane, place, tile, [row] * (tile.height // part))

    def put(self, tile: Tile, frame: VideoFrame) -> None:
        """Fits a picture into a tile, with its own proportions."""
        scale = min(tile.width / frame.width, tile.height / frame.height)
        width, height = (max(2, int(side * scale) // 2 * 2) for side in (frame.width, frame.height))
        small = frame.reformat(width=width, height=height, format="yuv420p")
        self.clear(tile)
        x, y = tile.x + (tile.width - width) // 4 * 2, tile.y + (tile.height - height) // 4 * 2
        for place, source in enumerate(small.planes):
            part, size = (1 if place == 0 else 2), source.line_size
            octets = bytes(source)
            rows = [octets[row * size : row * size + width // part] for row in range(height // part)]
            self._rows(self._planes[place], place, Tile(x, y, width, height), rows)

    def _rows(self, plane: bytearray, place: int, tile: Tile, rows: Sequence[bytes]) -> None:
        part, line = (1 if place == 0 else 2), self._sizes[place][0]
        start = tile.y // part * line + tile.x // part
        for number, row in enumerate(rows):
            at = start + number * line
            plane[at : at + len(row)] = row

    def frame(self, number: int) -> VideoFrame:
        made = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, ours, (width, height) in zip(made.planes, self._planes, self._sizes, strict=True):
            size = plane.line_size
            padding = bytes(size - width)
            rows = (bytes(ours[row * width : (row + 1) * width]) + padding for row in range(height))
            plane.update(b"".join(rows).ljust(plane.buffer_size, b"\0"))
        made.pts, made.time_base = number, fractions.Fraction(1, FPS)
        return made


class Screen:
    """One publisher's pictures as time goes by; dark while there is none to show."""

    def __init__(self, folder: Path, publisher: Publisher, begins: int) -> None:
        self._publisher, self._begins = publisher, begins
        self._frames = (frame for file in publisher.files for frame in _pictures(folder, file))
        self._next: tuple[int, VideoFrame] | None = next(self._frames, None)

    def at(self, now: int) -> VideoFrame | None:
        """The newest picture by a time that was not shown before."""
        found = None
        while self._next is not None and self._next[0] <= now:
            found = self._next[1]
            self._next = next(self._frames, None)
        return found

    def shown(self, now: int) -> bool:
        """Whether the camera was on and recorded."""
        away = not any(span.starts <= now <= (span.ends or now) for span in self._publisher.spans)
        muted = any(mute.kind == "video" and mute.starts <= now <= (mute.ends or now) for mute in self._publisher.mutes)
        return not away and not muted


def _pictures(folder: Path, file: File) -> Iterator[tuple[int, VideoFrame]]:
    if not any(track.kind == "video" for track in file.tracks):
        return
    with av.open(str(folder / file.name)) as container:
        for stream in container.streams.video:
            stream.codec_context.thread_count = 1
        for frame in container.decode(container.streams.video[0]):
            if frame.time is not None:
                yield file.starts + round(1000 * frame.time), frame


class Mixer:
    """All sound of all files, each from its own beginning on."""

    def __init__(self, folder: Path, files: Sequence[File], begins: int) -> None:
        self._sources = [_sounds(folder, file) for file in files]
        self._done = [False] * len(files)
        delays = [file.starts - begins + _first_sound(folder, file) for file in files]
        self._at = [float(delay) for delay in delays]
        self._graph = Graph()
        mix = self._graph.add("amix", f"inputs={len(files)}:normalize=0:duration=longest")
        self._inputs = [self._input(delay) for delay in delays]
        for place, (_, delayed) in enumerate(self._inputs):
            delayed.link_to(mix, 0, place)
        form = self._graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=stereo")
        self._sink = self._graph.add("abuffersink")
        mix.link_to(form)
        form.link_to(self._sink)
        self._graph.configure()

    def _input(self, delay: int) -> tuple[av.filter.context.FilterContext, av.filter.context.FilterContext]:
        source = self._graph.add_abuffer(
            sample_rate=RATE, format="s16", layout="stereo", time_base=fractions.Fraction(1, RATE)
        )
        later = self._graph.add("adelay", f"delays={delay}:all=1")
        source.link_to(later)
        return source, later

    def until(self, now: float) -> Iterator[AudioFrame]:
        """What is mixed up to a time, in milliseconds since the beginning."""
        for place, source in enumerate(self._sources):
            while not self._done[place] and self._at[place] <= now:
                self._feed(place, next(source, None))
        yield from self._pull()

    def _feed(self, place: int, frame: AudioFrame | None) -> None:
        self._inputs[place][0].push(frame)
        if frame is None:
            self._done[place] = True
        else:
            self._at[place] += 1000 * frame.samples / RATE

    def _pull(self) -> Iterator[AudioFrame]:
        while True:
            try:
                frame = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, AudioFrame)
            yield frame


def _first_sound(folder: Path, file: File) -> int:
    """When the sound of a file begins, in milliseconds since the file does."""
    with av.open(str(folder / file.name)) as container:
        stream = container.streams.audio[0]
        return round(1000 * (stream.start_time or 0) * float(stream.time_base or 0))


def _sounds(folder: Path, file: File) -> Iterator[AudioFrame]:
    count = 0
    with av.open(str(folder / file.name)) as container:
        resampler = av.AudioResampler("s16", "stereo", RATE)
        for decoded in container.decode(container.streams.audio[0]):
            for frame in resampler.resample(decoded):
                frame.pts, frame.time_base = count, fractions.Fraction(1, RATE)
                count += frame.samples
                yield frame


def join(folder: Path) -> Iterator[int]:
    """Makes the view; gives how far it is, in percent."""
    whole = manifest.read(folder / manifest.NAME)
    people = [each for each in whole.publishers if each.files]
    files = [file for each in people for file in each.files]
    if not files:
        raise SystemExit("nobody was recorded")
    begins = min(file.starts for file in files)
    lasts = max(file.starts + file.milliseconds for file in files) - begins
    draft = folder / f"{NAME}.draft"
    with av.open(str(draft), "w", format="webm") as written:
        yield from _write(written, _Cast(folder, people, files, begins), lasts)
    draft.replace(folder / NAME)


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who is to be seen and heard."""

    folder: Path
    people: Sequence[Publisher]
    files: Sequence[File]
    begins: int


def _write(written: av.container.OutputContainer, cast: _Cast, lasts: int) -> Iterator[int]:
    picture = written.add_stream("libvpx", rate=FPS)
    picture.width, picture.height, picture.pix_fmt, picture.bit_rate = WIDTH, HEIGHT, "yuv420p", 900_000
    picture.codec_context.thread_count = 1
    picture.codec_context.options = {"deadline": "realtime", "cpu-used": "8"}
    heard = [file for file in cast.files if any(track.kind == "audio" for track in file.tracks)]
    sound = written.add_stream("libopus", rate=RATE) if heard else None
    mixer = Mixer(cast.folder, heard, cast.begins) if heard else None
    screens = [Screen(cast.folder, each, cast.begins) for each in cast.people]
    canvas, tiles, percent = Canvas(), grid(len(screens)), -1
    for number in range(lasts // STEP_MS + 1):
        _paint(canvas, tiles, screens, cast.begins + number * STEP_MS)
        written.mux(picture.encode(canvas.frame(number)))
        if mixer is not None and sound is not None:
            for frame in mixer.until((number + 1) * STEP_MS):
                written.mux(sound.encode(frame))
        if (now := min(99, 100 * number * STEP_MS // max(1, lasts))) != percent:
            percent = now
            yield percent
    written.mux(picture.encode(None))
    if mixer is not None and sound is not None:
        for frame in mixer.until(float("inf")):
            written.mux(sound.encode(frame))
        written.mux(sound.encode(None))
    yield 100


def _paint(canvas: Canvas, tiles: Sequence[Tile], screens: Sequence[Screen], now: int) -> None:
    for tile, screen in zip(tiles, screens, strict=True):
        frame = screen.at(now)
        if not screen.shown(now):
            canvas.clear(tile)
        elif frame is not None:
            canvas.put(tile, frame)


def main() -> None:
    os.nice(PRIORITY)
    for percent in join(Path(sys.argv[1])):
        print(percent, flush=True)  # noqa: T201 - the server reads it


if __name__ == "__main__":
    main()
