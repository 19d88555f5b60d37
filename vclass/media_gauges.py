"""What Prometheus is told of the media: of each worker where there are some, else of this process."""

from collections.abc import Iterator, Sequence
from typing import Final

from signaling import SIGNALS, Figures, Histogram, Live, Measures, WorkerState
from vclass.core.gauge import Gauge

NOW: Final = {
    "rooms": "Lessons with media.",
    "peers": "Connections of participants.",
    "live": "Connections whose media flows.",
    "tracks": "Microphones and cameras that are received.",
    "recordings": "Lessons that are recorded.",
    "recorded_peers": "Connections of participants that are recorded.",
}
REPORTED: Final = {
    "lost_up": "Percent of packets lost on the way here.",
    "lost_down": "Percent of packets lost on the way to pages.",
    "kilobits_up": "Kilobits a second sent by pages.",
    "kilobits_down": "Kilobits a second received by pages.",
    "round_trip": "Milliseconds from a page to here and back.",
    "frozen": "Percent of the time in which a picture stood still.",
    "height": "Lines of the largest picture that a page receives: the layer that it gets.",
}
SINCE_START: Final = {
    "packets_in": "Datagrams received.",
    "packets_out": "Datagrams sent.",
    "packets_dropped": "Copies that could not be sent.",
    "packets_refused": "Datagrams of strangers, or malformed.",
    "nacks_sent": "Requests for packets that were lost on the way here.",
    "nacks_received": "Packets that receivers asked for again.",
    "retransmitted": "Packets sent again.",
    "plis_sent": "Requests for a whole picture.",
    "recorder_dropped": "Packets that are missing from recordings, since the disk was too slow.",
}


def media_gauges(live: Live) -> tuple[Gauge, ...]:
    """The media plane at this moment."""
    workers = live.workers()
    figures = [(f'{{worker="{each.name}"}}', each.figures) for each in workers] or [("", live.figures())]
    counted = live.seats()
    seats = tuple((f'{{signal="{word}"}}', counted[word]) for word in SIGNALS)
    taken = Gauge("vclass_live_seats", "Seats that are taken in lessons, by how well media comes up.", seats)
    return (taken, *_reported(live.measures()), *_figures(figures), *(_workers(workers) if workers else ()))


def _reported(measures: Measures) -> Iterator[Gauge]:
    """What pages say of their connections, all together."""
    for fact, words in REPORTED.items():
        samples = tuple(_buckets(getattr(measures, fact)))
        yield Gauge(f"vclass_live_{fact}", words, samples, "histogram")


def _buckets(histogram: Histogram) -> Iterator[tuple[str, int]]:
    for bound, count in histogram.at_most():
        yield f'_bucket{{le="{bound:g}"}}', count
    yield '_bucket{le="+Inf"}', histogram.count
    yield "_sum", round(histogram.sum)
    yield "_count", histogram.count


def _figures(figures: Sequence[tuple[str, Figures]]) -> Iterator[Gauge]:
    for fact, words in NOW.items():
        yield Gauge(f"vclass_media_{fact}", words, _samples(figures, fact))
    for fact, words in SINCE_START.items():
        yield Gauge(f"vclass_media_{fact}_total", words, _samples(figures, fact), "counter")


def _samples(figures: Sequence[tuple[str, Figures]], fact: str) -> tuple[tuple[str, int], ...]:
    return tuple((label, getattr(each, fact)) for label, each in figures)


def _workers(workers: Sequence[WorkerState]) -> tuple[Gauge, ...]:
    labels = [f'{{worker="{each.name}"}}' for each in workers]
    up = tuple(zip(labels, (int(each.phase == "up") for each in workers), strict=True))
    restarts = tuple(zip(labels, (each.restarts for each in workers), strict=True))
    tasks = tuple(zip(labels, (each.tasks for each in workers), strict=True))
    return (
        Gauge("vclass_media_worker_up", "Whether the worker takes lessons.", up),
        Gauge("vclass_media_worker_restarts_total", "How often it was started again.", restarts, "counter"),
        Gauge("vclass_media_worker_tasks", "Tasks that it runs.", tasks),
    )
