"""Feeds: calendars to subscribe to under a link, and free and busy times."""

from schedules.feeds.model import Detail, Kind, TooManyFeedsError
from schedules.feeds.service import forget_person
from schedules.feeds.web import FeedView, links, routes

__all__ = ["Detail", "FeedView", "Kind", "TooManyFeedsError", "forget_person", "links", "routes"]
