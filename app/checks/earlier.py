"""The runs of a session that rules over several runs look at (``app.checks.history``)."""

from __future__ import annotations

from collections import deque

from app.checks.reading import LOOKUPS
from app.evidence import Evidence
from app.journal import Event, Journal, RunFinished, RunStarted

KEPT = 500
"""So many lookups and searches are kept, the latest; and as many creates."""


class EarlierRuns:
    """Follows a journal and keeps each lookup and create, without its requests.

    Args:
        journal: followed from now on; what is in it already counts too.
    """

    def __init__(self, journal: Journal) -> None:
        self._started: dict[int, RunStarted] = {}
        self._lookups: deque[Evidence] = deque(maxlen=KEPT)
        self._creates: deque[Evidence] = deque(maxlen=KEPT)
        for event in journal.events():
            self._take(event)
        journal.subscribe(self._take)

    def before(self, run: Evidence) -> tuple[Evidence, ...]:
        """Return the runs that began before `run`, of any account."""
        began = run.started.run_id
        return tuple(
            each for each in (*self._creates, *self._lookups) if each.started.run_id < began
        )

    def _take(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            if event.operation in LOOKUPS or event.operation == "createContact":
                self._started[event.run_id] = event
        elif isinstance(event, RunFinished):
            started = self._started.pop(event.run_id, None)
            if started is not None:
                kept = self._lookups if started.operation in LOOKUPS else self._creates
                kept.append(Evidence(started, event))
