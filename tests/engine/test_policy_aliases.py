"""A resource of another type that takes over a guarded one by an alias: what the engine does, and that the pack refuses
it for whoever does it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
BEFORE = """
import pulumi
import pulumi_aws as aws
kept = pulumi.ResourceOptions(protect=True, retain_on_delete={retain})
aws.organizations.AwsServiceAccess("login", service_principal="sso.amazonaws.com", opts=kept)
aws.organizations.DelegatedAdministrator(
    "admin", account_id="222233334444", service_principal="sso.amazonaws.com", opts=kept
)
"""
HEAD = """
import pulumi
access = "aws:organizations/awsServiceAccess:AwsServiceAccess"
admin = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
old = f"urn:pulumi:dev::test::{access}::login"
"""
# By an alias's form: whose resource it is, and which takes what over.
TAKING = {
    "component": (
        'pulumi.ComponentResource("my:own:Login", "new", None, pulumi.ResourceOptions(aliases=[old]))\n'
        'pulumi.ComponentResource("my:own:Admin", "admin", None, '
        "pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=admin)]))"
    ),
    "type": (
        'pulumi.ComponentResource("my:own:Login", "login", None, '
        "pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=access)]))"
    ),
    "custom": (
        "import pulumi_aws as aws\n"
        'aws.iam.Group("new", name="new", opts=pulumi.ResourceOptions(aliases=[old], protect=True))'
    ),
}


@pytest.fixture
def before(new_stack: Callable) -> Callable:
    """A stack with protected resources; retained on delete or not."""

    def make(retain: bool = True):
        stack = new_stack(BEFORE.format(retain=retain))
        stack.up()
        return stack

    return make


def test_taking_over_under_another_type_is_refused_whoever_does_it(before: Callable, policies: str) -> None:
    stack = before()
    for form, program in TAKING.items():
        stack.write(HEAD + program)
        result = stack.pulumi("preview", "--json", "--policy-pack", policies, check=False, env=EVENTS)
        assert result.code != 0, form
        events = [json.loads(line).get("policyEvent") for line in result.out.splitlines()]
        refused = [event for event in events if event and event["policyName"] == "guarded-resources-protected"]
        assert len(refused) == program.count("aliases="), (form, result.text[-2000:])
        for event in refused:
            assert "takes over, by an alias, the" in event["message"]
            assert event["enforcementLevel"] == "mandatory"


def test_without_the_pack_a_protected_one_is_disabled(before: Callable) -> None:
    stack = before(retain=False)
    stack.write(HEAD + TAKING["component"])
    stack.up(check=False, previewed=False)
    assert "DisableAWSServiceAccess" in stack.session.operations()
