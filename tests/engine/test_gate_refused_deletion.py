"""What the gate says of an update that drops a protected resource, from the engine's own preview."""

from __future__ import annotations

import io
from collections.abc import Callable

from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read

from tests.conftest import Stack

PROGRAM = """
from pulumi_aws_identity_center import TrustedAccess
TrustedAccess("sso")
"""
FORMS: tuple[dict[str, str], ...] = ({}, {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"})


def test_an_update_without_trusted_access_names_what_to_put_back(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(PROGRAM, deployed=True)
    stack.write("import pulumi")
    for form in FORMS:
        preview = stack.pulumi("preview", "--json", check=False, env=form)
        verdict, (finding,) = judge(read(io.StringIO(preview.out)))
        assert verdict == "unsafe"
        assert "the program no longer declares sso" in finding.detail
        assert finding.remedy.startswith("Put sso back into the program.")
        assert "destroy" not in finding.detail + finding.remedy
