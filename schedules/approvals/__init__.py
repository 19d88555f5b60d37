"""Approvals of lessons' bookings: the road of an answer, the queue as it is shown, and their API."""

from schedules.approvals.road import Approvals
from schedules.approvals.store import Heading
from schedules.approvals.views import Around, around, queue_page
from schedules.approvals.web import APPROVALS, routes

__all__ = ["APPROVALS", "Approvals", "Around", "Heading", "around", "queue_page", "routes"]
