"""Where an installation carries its media: in the web process, or in workers."""

from config import settings
from signaling.media import Media, Sink
from signaling.sfu import Sfu, SfuSettings
from signaling.workers.processes import Means, local_means
from signaling.workers.remote import RemoteMeans
from signaling.workers.supervisor import Supervisor


def media_plane(section: settings.Media, sink: Sink) -> Media:
    """The SFU itself, or a supervisor of the workers that the section `[media]` wants here and on other machines."""
    sfu = SfuSettings.of(section)
    remote = [RemoteMeans(place, section.worker_secret) for place in section.remote_workers]
    means: list[Means] = [*local_means(sfu, section.workers), *remote]
    return Supervisor(means, sink) if means else Sfu(sfu, sink)
