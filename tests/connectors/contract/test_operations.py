from __future__ import annotations

import pytest

from connectors.contract.model import Wire
from connectors.contract.operations import OPERATIONS


def test_names_are_productions_and_methods_are_unique():
    assert len({operation.method for operation in OPERATIONS.values()}) == len(OPERATIONS)
    for name, operation in OPERATIONS.items():
        assert operation.name == name
        assert operation.method.isidentifier()
        assert operation.method == operation.method.lower()


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_the_input_is_a_wire_shape_or_nothing(operation):
    assert operation.input is None or issubclass(operation.input, Wire)


def test_only_these_operations_change_the_crm():
    """A bench never repeats them by itself."""
    assert {name for name, operation in OPERATIONS.items() if operation.writes} == {
        "createContact",
        "createCallLog",
        "updateCallLog",
        "upsertCallDisposition",
        "unAuthorize",
    }
