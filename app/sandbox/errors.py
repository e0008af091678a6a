"""Errors of the sandbox: each message is one sentence that says what to do."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox cannot do what it was asked to."""


class PortTakenError(SandboxError):
    """Another program listens on the wanted port."""


class FaultRuleError(SandboxError):
    """A fault rule is not written as the grammar in ``app.sandbox.faults`` says."""
