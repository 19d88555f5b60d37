"""Lessons: when they are, whom they gather, what is said of them by mail, and when their door is open."""

from schedules.answers.doctor import last_told, sent_invitations, sent_mail
from schedules.changes import note_blockings
from schedules.clashes import explained_to
from schedules.clerks import CancelClerk, ChangeClerk, CreateClerk, Done, Replayed, SplitClerk, SwapClerk
from schedules.door import Door, DoorState, door
from schedules.drafts import new_draft
from schedules.drift import Deviation, Flag, FlagReason, Shift, Week, shifts
from schedules.entrants import Entrant, Home, Sitting, entrant_by_id, entrant_by_token, told_by_token, told_to
from schedules.erasure import FORGETS, forget_person, lessons_led_by, seats_of
from schedules.houses import House, houses_of
from schedules.invitations import KIND as LESSON_MAIL
from schedules.invitations import MailFacts, Meeting, Place, calendar_object, organizer_address
from schedules.leftovers import lost_dates
from schedules.lessons import Lessons
from schedules.links import join_token, token_of
from schedules.model import Attendee, Draft, Held, Lesson, Planned, Quantity, Skipped, Timing
from schedules.notices import KIND as NOTICE
from schedules.notices import LostDate, NoticeFacts, OtherSlot
from schedules.partners import Gathering, flags_of
from schedules.places import places_at, places_of
from schedules.planning import CANCEL, CHANGE, CREATE, occurrences_of
from schedules.preview import outlook
from schedules.reasons import BUSY, ITSELF
from schedules.recurrence import Occurrence
from schedules.refusals import (
    AlreadyBegunError,
    AlreadyCancelledError,
    AlreadyInvitedError,
    ClashError,
    ClosedError,
    FoldError,
    GapError,
    InThePastError,
    NotConfirmedError,
    NothingLostError,
    OverlapError,
)
from schedules.series import shifted
from schedules.service import (
    lesson_of,
    lessons_between,
    rename,
    resend_link,
    visible_lesson,
)
from schedules.service import subject as lesson_subject
from schedules.settling import agreed, lock_lessons, lost, settled
from schedules.slots.offers import Found as SlotsFound
from schedules.slots.offers import Offer as SlotOffer
from schedules.slots.service import find_slots
from schedules.slots.views import chosen as chosen_rooms
from schedules.slots.views import exceeded as exceeded_quotas
from schedules.slots.views import holidays_met, met
from schedules.slots.views import worst as worst_comfort
from schedules.slots.wire import SlotQuestion
from schedules.splits import SPLIT
from schedules.store import attendee_by_public_id, lessons_of_bookings, paths_of_bookings
from schedules.store import public_ids as lesson_public_ids
from schedules.swaps import SWAP
from schedules.terms import ClosedDayError, TermNameTakenError
from schedules.trials import Reach, Trial, at_start, reach_of
from schedules.views import encoded
from schedules.wire import (
    AddedMeeting,
    AlternativeView,
    ClashView,
    EquipmentWish,
    Guest,
    InvitationView,
    LessonPatch,
    NewLesson,
    Repeat,
)

__all__ = [
    "BUSY",
    "CANCEL",
    "CHANGE",
    "CREATE",
    "FORGETS",
    "ITSELF",
    "LESSON_MAIL",
    "NOTICE",
    "SPLIT",
    "SWAP",
    "AddedMeeting",
    "AlreadyBegunError",
    "AlreadyCancelledError",
    "AlreadyInvitedError",
    "AlternativeView",
    "Attendee",
    "CancelClerk",
    "ChangeClerk",
    "ClashError",
    "ClashView",
    "ClosedDayError",
    "ClosedError",
    "CreateClerk",
    "Deviation",
    "Done",
    "Door",
    "DoorState",
    "Draft",
    "Entrant",
    "EquipmentWish",
    "Flag",
    "FlagReason",
    "FoldError",
    "GapError",
    "Gathering",
    "Guest",
    "Held",
    "Home",
    "House",
    "InThePastError",
    "InvitationView",
    "Lesson",
    "LessonPatch",
    "Lessons",
    "LostDate",
    "MailFacts",
    "Meeting",
    "NewLesson",
    "NotConfirmedError",
    "NothingLostError",
    "NoticeFacts",
    "Occurrence",
    "OtherSlot",
    "OverlapError",
    "Place",
    "Planned",
    "Quantity",
    "Reach",
    "Repeat",
    "Replayed",
    "Shift",
    "Sitting",
    "Skipped",
    "SlotOffer",
    "SlotQuestion",
    "SlotsFound",
    "SplitClerk",
    "SwapClerk",
    "TermNameTakenError",
    "Timing",
    "Trial",
    "Week",
    "agreed",
    "at_start",
    "attendee_by_public_id",
    "calendar_object",
    "chosen_rooms",
    "door",
    "encoded",
    "entrant_by_id",
    "entrant_by_token",
    "exceeded_quotas",
    "explained_to",
    "find_slots",
    "flags_of",
    "forget_person",
    "holidays_met",
    "houses_of",
    "join_token",
    "last_told",
    "lesson_of",
    "lesson_public_ids",
    "lesson_subject",
    "lessons_between",
    "lessons_led_by",
    "lessons_of_bookings",
    "lock_lessons",
    "lost",
    "lost_dates",
    "met",
    "new_draft",
    "note_blockings",
    "occurrences_of",
    "organizer_address",
    "outlook",
    "paths_of_bookings",
    "places_at",
    "places_of",
    "reach_of",
    "rename",
    "resend_link",
    "seats_of",
    "sent_invitations",
    "sent_mail",
    "settled",
    "shifted",
    "shifts",
    "token_of",
    "told_by_token",
    "told_to",
    "visible_lesson",
    "worst_comfort",
]
