"""Runs written on the spot, for the rules to look at."""

from __future__ import annotations

import json

import pytest

from app.checks import check
from app.evidence import Evidence
from app.journal import ConsolePrinted, RunFinished, RunStarted
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo
from connectors.contract.manifest import Manifest
from connectors.contract.model import from_wire

NUMBER = "+16505551234"
NEW = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}


class Runs:
    """Makes manifests, exchanges and evidence; what is not said is as it should be."""

    number = NUMBER
    new = NEW

    def manifest(self, **more):
        given = {"name": "small", "contactTypes": [{"value": "Contact"}, {"value": "Lead"}]}
        return from_wire(given | more, Manifest)

    def contact(self, id=7, **more):
        return {
            "id": id,
            "name": "Ada Lovelace",
            "type": "contact",
            "createdDate": "2026-08-01",
        } | more

    def exchange(
        self,
        id,
        url,
        at=0.0,
        ms=50.0,
        *,
        method="GET",
        status=200,
        answer=None,
        body=None,
        mime="application/json",
        error=None,
        **more,
    ):
        sent = None if body is None else Body(text=body, size=len(body), mime_type=mime)
        text = json.dumps([] if answer is None else answer)
        return Exchange(
            id=id,
            invocation=1,
            started_ms=1000.0 + at,
            method=method,
            url=f"https://crm.example{url}",
            status=status,
            ms=ms,
            error=error,
            body=sent,
            **{"response_body": Body(text=text, size=len(text))} | more,
        )

    def run(
        self,
        returned,
        *exchanges,
        operation="findContact",
        run_id=1,
        at=0.0,
        given=None,
        error=None,
        printed=(),
        reported=(),
        platform="small",
        connection="mine",
        ms=10.0,
        **finished,
    ):
        given = {"phoneNumber": NUMBER, "overridingFormat": ""} if given is None else given
        answer = {}
        if isinstance(returned, dict):
            listed = returned.get("matchedContactInfo", returned.get("contactInfo"))
            answer = {
                "successful": returned.get("successful"),
                "contact": listed,
                "returnMessage": returned.get("returnMessage"),
            }
        error = None if error is None else ErrorInfo(**error)
        started = RunStarted(
            run_id=run_id,
            at_ms=at,
            operation=operation,
            platform=platform,
            connection=connection,
            subject="x",
            input=given,
        )
        done = RunFinished(
            run_id=run_id,
            at_ms=at + ms,
            returned=returned,
            error=error,
            ms=ms,
            **{"answer": answer} | finished,
        )
        console = tuple(
            ConsolePrinted(run_id=run_id, at_ms=at, stream="stdout", text=text) for text in printed
        )
        return Evidence(started, done, exchanges, console, tuple(reported))

    def lookup(self, *contacts, new=True, exchanges=(), **more):
        listed = [*contacts, NEW] if new else [*contacts]
        return self.run({"successful": True, "matchedContactInfo": listed}, *exchanges, **more)

    def created(self, contact, **more):
        return self.run({"contactInfo": contact}, operation="createContact", **more)

    def rules(self, evidence, manifest=None, earlier=()):
        """The (rule, severity) of each finding."""
        findings = check(evidence, manifest or self.manifest(), earlier=earlier)
        return [(str(finding.rule), finding.severity) for finding in findings]


@pytest.fixture
def runs():
    return Runs()
