"""Media in processes of their own: workers that carry it, and the supervisor that keeps them."""

from signaling.workers.plane import media_plane
from signaling.workers.processes import Means, local_means
from signaling.workers.remote import Outpost, Place, RemoteMeans
from signaling.workers.supervisor import Care, Supervisor

__all__ = ["Care", "Means", "Outpost", "Place", "RemoteMeans", "Supervisor", "local_means", "media_plane"]
