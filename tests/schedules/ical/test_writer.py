"""Content lines: folding, escaping, parameters, and texts that try to add lines."""

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.ical import writer
from schedules.ical.writer import CalendarValueError
from tests.judges import libical
from tests.judges.icaljs import IcalJs

any_text = st.text(st.characters(codec="utf-8"), max_size=120) | st.text(
    st.sampled_from('a,;:\\"^\n\r\tї😀 '), max_size=60
)


def event(*properties: str) -> bytes:
    lines = writer.component("VEVENT", [writer.prop("UID", "u"), *properties])
    return writer.render(writer.component("VCALENDAR", [writer.prop("VERSION", "2.0"), *lines]))


def test_r3_a_long_line_is_folded_at_75_octets_and_never_inside_a_character() -> None:
    written = writer.render([writer.prop("SUMMARY", writer.text("ї" * 80))])
    folded = written.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, folded)) <= 75
    assert all(part.decode() for part in folded)
    assert b"".join([folded[0], *(part[1:] for part in folded[1:])]).decode() == "SUMMARY:" + "ї" * 80


@given(any_text)
def test_r3_no_text_makes_a_line_too_long_or_adds_one(text: str) -> None:
    written = writer.render([writer.prop("SUMMARY", writer.text(text), [("CN", text)])])
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert written.replace(b"\r\n ", b"").count(b"\n") == 1


@settings(deadline=None)
@given(any_text)
def test_icalendar_reads_every_text_back(text: str) -> None:
    written = event(writer.prop("SUMMARY", writer.text(text)))
    (read,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert read.get("SUMMARY", "") == writer.clean(text)


@settings(deadline=None)
@given(any_text)
def test_r3_icaljs_reads_every_text_and_name_back(icaljs: IcalJs, text: str) -> None:
    written = event(
        writer.prop("SUMMARY", writer.text(text)), writer.prop("ORGANIZER", "mailto:o@x.example", [("CN", text)])
    )
    _, summary, organizer = icaljs.properties(written)[0]
    assert summary.values == [writer.clean(text)]
    # ical.js takes a backslash in a parameter for an escape, which RFC 6868 doesn't know.
    assert "\\" in text or (organizer.cn or "") == writer.clean(text)


@pytest.mark.parametrize("text", ["a,b;c\\d\nє😀", "ї" * 80, "x\t  y", "\\n", "\\\\,"])
def test_r3_libical_writes_the_same_text_again(text: str) -> None:
    written = writer.text(text)
    assert libical.texts(event(writer.prop("SUMMARY", written)), "SUMMARY") == [written]


def test_the_four_escapes_of_text() -> None:
    assert writer.text("a,b;c\\d\r\ne") == "a\\,b\\;c\\\\d\\ne"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_title_with_a_line_end_adds_no_property(end: str) -> None:
    written = event(writer.prop("SUMMARY", writer.text(f"x{end}ATTENDEE:mailto:evil@x.example")))
    (read,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert "ATTENDEE" not in read
    assert len(written.decode().splitlines()) == 7


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Hans", "Hans"),
        ("Hans Müller", '"Hans Müller"'),
        ('Müller, Hans; "Dr."', "\"Müller, Hans; ^'Dr.^'\""),
        ("a:b", '"a:b"'),
        ("a^b", '"a^^b"'),
        ("a\nb", '"a^nb"'),
        ("a\x00\x7fb", "ab"),
    ],
)
def test_r3_parameters_are_quoted_and_escaped_as_rfc_6868_says(name: str, written: str) -> None:
    assert writer.prop("X-A", "v", [("CN", name)]) == f"X-A;CN={written}:v"


def test_a_list_parameter_is_no_single_quoted_value() -> None:
    assert writer.prop("X-A", "v", [("FEATURE", ("AUDIO", "VIDEO"))]) == "X-A;FEATURE=AUDIO,VIDEO:v"


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\x00", "\ud800"])
def test_a_finished_value_with_control_characters_is_refused(value: str) -> None:
    with pytest.raises(CalendarValueError):
        writer.prop("X-A", value)


@pytest.mark.parametrize(
    "uri", ["", "no", "http://a b", "http://x/\n", 'http://x/"', "http://x/<y>", "http://ї.example"]
)
def test_what_is_no_uri_is_refused(uri: str) -> None:
    with pytest.raises(CalendarValueError):
        writer.uri(uri)


@pytest.mark.parametrize("name", ["", "A B", "A:B", "A\n", "Ї"])
def test_what_is_no_property_name_is_refused(name: str) -> None:
    with pytest.raises(CalendarValueError):
        writer.prop(name, "v")
