"""What a connector did, held against the contract and the manifest.

Everything here is a function of the evidence: no network, no clock, and no data makes it raise.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.checks import console, contacts, history, messages, traffic, wire
from app.checks.finding import Finding, Rule, Severity
from app.evidence import Evidence
from connectors.contract.manifest import Manifest

__all__ = ["Finding", "Rule", "Severity", "check"]

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def check(
    evidence: Evidence, manifest: Manifest, *, earlier: Sequence[Evidence] = ()
) -> tuple[Finding, ...]:
    """Return all that is wrong with one run, errors first.

    Args:
        evidence: the run.
        manifest: the connector's manifest.
        earlier: runs before it, in any order; those of other accounts are passed over.
    """
    if evidence.finished.cache_layer == "local":
        return ()  # The extension's own match is no word of the connector's.
    findings = [
        *contacts.check_shape(evidence),
        *contacts.check_ids(evidence),
        *contacts.check_names_and_types(evidence, manifest),
        *contacts.check_created_dates(evidence),
        *contacts.check_additional_info(evidence, manifest, earlier),
        *contacts.check_create_entry(evidence),
        *messages.check_message(evidence),
        *messages.check_claim(evidence),
        *traffic.check_failures(evidence),
        *wire.check_values(evidence),
        *traffic.check_sequence(evidence),
        *traffic.check_budget(evidence, manifest),
        *traffic.check_slow(evidence),
        *history.check_id_types(evidence, earlier),
        *history.check_created_is_found(evidence, earlier),
        *history.check_created_id_is_new(evidence, earlier),
        *console.check_console(evidence),
        *console.check_reported(evidence),
    ]
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
