"""Where an installation carries its media: in the web process, or in workers."""

from collections.abc import Sequence

from signaling.media import Media, Sink
from signaling.sfu import Sfu, SfuSettings
from signaling.workers.processes import Means, local_means
from signaling.workers.remote import RemoteMeans
from signaling.workers.supervisor import Supervisor


def media_plane(settings: SfuSettings, workers: int, sink: Sink, remote: Sequence[str] = (), secret: str = "") -> Media:
    """The SFU itself, or a supervisor of so many workers here and of those at `remote` places."""
    means: list[Means] = [*local_means(settings, workers), *(RemoteMeans(place, secret) for place in remote)]
    return Supervisor(means, sink) if means else Sfu(settings, sink)
