"""The API of approvals: decode, one call, encode."""

from aiohttp import web

from schedules.approvals.road import Approvals
from schedules.approvals.views import decision_view, queue_page
from schedules.approvals.wire import ApprovalQueue, DecisionView, No, Yes
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.paging import Page
from vclass.core.wire import Routes

APPROVALS = web.AppKey("approvals", Approvals)

routes = Routes("approvals")


@routes.operation(
    "GET", "/approvals", action="bookings.approve", summary="What waits for your institution's yes", problems=(403,)
)
async def list_approvals(request: web.Request, *, query: Page) -> ApprovalQueue:
    return await request.app[DATABASE].read(queue_page, request[ACTOR], request.app[CLOCK](), query.cursor)


@routes.operation(
    "POST",
    "/bookings/{booking_id}/approve",
    action="bookings.approve",
    summary="Say yes for your institution; the last one that is needed confirms the booking",
    problems=(403, 404, 409),
)
async def approve_booking(request: web.Request, *, booking_id: str, body: Yes) -> DecisionView:
    decided = await request.app[APPROVALS].approve(request[ACTOR], booking_id, body.scope)
    return await request.app[DATABASE].read(decision_view, request[ACTOR], decided)


@routes.operation(
    "POST",
    "/bookings/{booking_id}/reject",
    action="bookings.approve",
    summary="Say no for your institution; what was held is let go and all sides are told why",
    problems=(403, 404, 409),
)
async def reject_booking(request: web.Request, *, booking_id: str, body: No) -> DecisionView:
    decided = await request.app[APPROVALS].reject(request[ACTOR], booking_id, body.scope, body.reason)
    return await request.app[DATABASE].read(decision_view, request[ACTOR], decided)
