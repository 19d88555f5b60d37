"""Where an installation carries its media: in the web process, or in workers."""

from signaling.media import Media, Sink
from signaling.sfu import Sfu, SfuSettings
from signaling.workers.processes import local_means
from signaling.workers.supervisor import Supervisor


def media_plane(settings: SfuSettings, workers: int, sink: Sink) -> Media:
    """The SFU itself, or a supervisor of so many workers."""
    return Supervisor(local_means(settings, workers), sink) if workers else Sfu(settings, sink)
