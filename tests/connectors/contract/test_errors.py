from __future__ import annotations

import pytest

from connectors.contract import errors

CAUSES = [
    errors.InvalidInputError,
    errors.AuthenticationError,
    errors.PermissionDeniedError,
    errors.RecordNotFoundError,
    errors.RateLimitError,
    errors.CrmUnavailableError,
    errors.UnexpectedResponseError,
]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_is_a_connector_error_with_its_sentence_and_status(cause):
    error = cause("The CRM said no.", status=418)
    assert isinstance(error, errors.ConnectorError)
    assert str(error) == "The CRM said no."
    assert error.status == 418


def test_without_an_answer_there_is_no_status():
    assert errors.CrmUnavailableError("No answer.").status is None


def test_a_rate_limit_carries_the_crms_advice():
    error = errors.RateLimitError("Too many.", retry_after_s=1.5)
    assert (error.status, error.retry_after_s) == (429, 1.5)
    assert errors.RateLimitError("Too many.").retry_after_s is None
