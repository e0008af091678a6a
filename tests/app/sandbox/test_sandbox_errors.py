from __future__ import annotations

import pytest

from app.sandbox.errors import FaultRuleError, PortTakenError, SandboxError


@pytest.mark.parametrize("kind", [PortTakenError, FaultRuleError])
def test_one_class_catches_every_trouble_of_the_sandbox(kind):
    with pytest.raises(SandboxError, match=r"^Choose another one\.$"):
        raise kind("Choose another one.")
