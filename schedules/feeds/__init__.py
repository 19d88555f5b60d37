"""Feeds: calendars to subscribe to under a link, and free and busy times."""

from schedules.feeds.model import Detail, Kind, TooManyFeedsError
from schedules.feeds.service import Listed, Wish, create, forget_person, listed, revoke
from schedules.feeds.sources import Site, find
from schedules.feeds.web import FeedView, feed_view, links, routes, site

__all__ = [
    "Detail",
    "FeedView",
    "Kind",
    "Listed",
    "Site",
    "TooManyFeedsError",
    "Wish",
    "create",
    "feed_view",
    "find",
    "forget_person",
    "links",
    "listed",
    "revoke",
    "routes",
    "site",
]
