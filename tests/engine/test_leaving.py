"""docs/leaving.md, run as it stands: the tool goes, and sign-in stays on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from sandbox.session import ROOT
from tests.conftest import Stack


def test_the_tool_goes_and_trusted_access_stays_on(main_stack: Callable[..., Stack]) -> None:
    stack = main_stack()
    stack.config(**{"aws-identity-center__delegatedAdministratorAccountId": "333344445555"})
    stack.up()
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/leaving.md").read_text(), re.DOTALL)
    for line in block.strip().splitlines():
        program, *arguments = shlex.split(line)
        assert program == "pulumi"
        stack.pulumi(*arguments)
    assert stack.state() == []
    called = [call["operation"] for call in stack.session.aws.calls]
    assert "DisableAWSServiceAccess" not in called
    trusted = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    assert "sso.amazonaws.com" in [row["ServicePrincipal"] for row in trusted["EnabledServicePrincipals"]]
