"""A failed update leaves a resource with `delete: true` in the state, and the next update deletes it in AWS.

The engine tells a program nothing of it, so no component and no rule of the pack can stop it. The gate sees the step.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from pulumi_aws_identity_center.gate.judge import Judgement, judge_plan
from pulumi_aws_identity_center.gate.readers import read

SSO = "sso.amazonaws.com"
ACCESS = """
import pulumi_aws as aws
aws.organizations.AwsServiceAccess("access", service_principal="{}.amazonaws.com")
"""
PROGRAMS = {
    "the same program": ACCESS.format("ram"),
    "the service as before": ACCESS.format("sso"),
    "TrustedAccess": "from pulumi_aws_identity_center import TrustedAccess\nTrustedAccess('sso')\n",
    "OrganizationSso": "from pulumi_aws_identity_center import OrganizationSso\nOrganizationSso('sso')\n",
    "guard_stack()": "from pulumi_aws_identity_center import guard_stack\nguard_stack()\n" + ACCESS.format("ram"),
}


def _trusted(stack) -> set[str]:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return {row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]}


def _judged(stack) -> Judgement:
    """What the gate makes of a preview: a digest has the step with this option only, event lines have it always."""
    preview = stack.pulumi("preview", "--json", "--show-replacement-steps").out
    return judge_plan(read(io.StringIO(preview)))


@pytest.fixture
def wedged(new_stack: Callable) -> Callable:
    """A stack whose update replaced Identity Center's access by another service's, and then couldn't delete it."""

    def make():
        faults = ["organizations:DisableAWSServiceAccess:AccessDeniedException:1"]
        stack = new_stack(ACCESS.format("sso"), deployed=True, faults=faults)
        stack.write(ACCESS.format("ram"))
        assert "AccessDeniedException" in stack.up("--skip-preview", check=False).text
        pending = [row["inputs"]["servicePrincipal"] for row in stack.state() if row.get("delete")]
        assert pending == [SSO]
        assert SSO in _trusted(stack)
        return stack

    return make


def test_the_gate_sees_the_pending_delete_whatever_the_program(wedged: Callable) -> None:
    stack = wedged()
    verdicts = {}
    for name, program in PROGRAMS.items():
        stack.write(program)
        judgement = _judged(stack)
        verdicts[name] = (judgement.verdict, SSO in str(judgement.findings))
    assert verdicts == dict.fromkeys(PROGRAMS, ("unsafe", True))


def test_no_component_and_no_rule_sees_it(wedged: Callable, policies: str) -> None:
    """Why docs/ways-to-lose-trusted-access.md names the gate alone."""
    stack = wedged()
    stack.write(PROGRAMS["guard_stack()"] + PROGRAMS["TrustedAccess"])
    stack.up("--policy-pack", policies)
    assert SSO not in _trusted(stack)


def test_taking_the_row_out_of_the_state_keeps_it_on(wedged: Callable) -> None:
    """As docs/components.md says."""
    stack = wedged()
    exported = json.loads(stack.pulumi("stack", "export").out)
    resources = exported["deployment"]["resources"]
    exported["deployment"]["resources"] = [row for row in resources if not row.get("delete")]
    (stack.folder / "state.json").write_text(json.dumps(exported))
    stack.pulumi("stack", "import", "--file", "state.json")
    stack.write(PROGRAMS["TrustedAccess"])
    assert SSO not in str(_judged(stack).findings)
    stack.up()
    assert SSO in _trusted(stack)
