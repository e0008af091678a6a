"""Requests made from the OpenAPI document, to the real server before the real sandbox CRM.

None ends in a 5xx, and every answer is what the document promises.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from connectors.server.openapi import document
from tests.serving import INSIGHTLY, running_crm, running_server

SCHEMA = schemathesis.openapi.from_dict(document())
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A CRM and a server of their own: made-up requests leave made-up contacts and settings."""
    with (
        running_crm(tmp_path_factory.mktemp("crm")) as crm,
        running_server(tmp_path_factory.mktemp("server"), routes=crm.routes) as process,
    ):
        yield process


@pytest.fixture
def token(server):
    """Of a user who is connected now: one of the operations disconnects."""
    with server.client(INSIGHTLY) as http:
        return http.headers["Authorization"]


@SCHEMA.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_what_the_document_promises_holds(case, server, token):
    case.call_and_validate(
        base_url=server.url, headers={"Authorization": token}, checks=CHECKS, timeout=20
    )
