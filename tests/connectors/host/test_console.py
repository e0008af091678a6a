"""What is printed, as events."""

from connectors.host.console import MAX_PRINT, ConsoleWriter
from connectors.runtime import transport
from connectors.runtime.redact import REDACTED, Redactor
from connectors.runtime.transport import Invocation


def writer(stream="stdout"):
    events = []
    return ConsoleWriter(events.append, stream), events


async def test_a_line_is_sent_when_it_ends():
    out, events = writer("stderr")
    print("one", "two", end="", file=out)
    assert events == []
    print(" three", file=out)
    assert [(event.text, event.stream) for event in events] == [("one two three", "stderr")]


async def test_what_has_no_end_of_line_is_sent_by_a_flush():
    out, events = writer()
    out.write("half")
    out.flush()
    out.flush()
    assert [event.text for event in events] == ["half"]


async def test_lines_belong_to_the_operation_that_printed_them():
    out, events = writer()
    for number in (3, 4):
        transport.current.set(Invocation(id=number))
        out.write(f"of {number} ")
    for number in (3, 4):
        transport.current.set(Invocation(id=number))
        print("ends", file=out)
    assert [(e.invocation, e.text) for e in events] == [(3, "of 3 ends"), (4, "of 4 ends")]


async def test_secrets_are_not_shown():
    out, events = writer()
    transport.current.set(Invocation(id=1, redactor=Redactor(["canary-0123"])))
    print("key is", end=" ", file=out)
    print("canary-0123", file=out)
    assert [event.text for event in events] == [f"key is {REDACTED}"]


async def test_a_huge_print_is_cut_and_says_so():
    out, events = writer()
    print("a" * 1_000_000, file=out)
    (event,) = [event for event in events if event.text]
    assert len(event.text) < MAX_PRINT + 100
    assert event.text.endswith("cut here: 1,000,000 characters were printed.")


async def test_a_secret_at_the_place_of_the_cut_shows_no_half():
    out, events = writer()
    transport.current.set(Invocation(id=1, redactor=Redactor(["canary-0123456789"])))
    print("a " * (MAX_PRINT // 2 - 4) + "canary-0123456789" + "b" * 99, file=out)
    (event,) = events
    assert "canary" not in event.text


async def test_what_is_named_secret_is_not_shown_even_outside_an_operation():
    out, events = writer()
    print("token=t0ken-0123456789 for Ada, +16505551234", file=out)
    assert [event.text for event in events] == [f"token={REDACTED} for Ada, +16505551234"]
