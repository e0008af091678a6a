"""Errors that a connector raises, by cause.

ConnectorError
 +- InvalidInputError         what the user gave cannot be sent; nothing was sent
 +- AuthenticationError       401: the CRM does not accept the key or session
 +- PermissionDeniedError     403
 +- RecordNotFoundError       404
 +- RateLimitError            429
 +- CrmUnavailableError       5xx, no connection, cut connection, timeout
 +- UnexpectedResponseError   an answer that is not what the CRM's documentation promises

A message is one sentence: what happened, where, what to do.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Something failed while a connector worked for the user.

    Attributes:
        status: the CRM's HTTP status, None when there was no answer.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class InvalidInputError(ConnectorError):
    """The input cannot be used; nothing was sent to the CRM."""


class AuthenticationError(ConnectorError):
    """The CRM does not accept the key or session."""


class PermissionDeniedError(ConnectorError):
    """The CRM knows the user but refuses this."""


class RecordNotFoundError(ConnectorError):
    """The CRM has no such record or route."""


class RateLimitError(ConnectorError):
    """Too many requests. ``retry_after_s`` is the CRM's own advice in seconds, when it gave one."""

    def __init__(
        self, message: str, *, status: int = 429, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after_s = retry_after_s


class CrmUnavailableError(ConnectorError):
    """The CRM could not be reached, broke off, timed out or answered 5xx."""


class UnexpectedResponseError(ConnectorError):
    """The answer is not what the CRM's documentation promises."""
