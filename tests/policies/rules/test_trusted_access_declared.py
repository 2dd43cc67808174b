"""From one owner stack that declares trusted access, one thing taken away a case."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Stack
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE
from rules.trusted_access_declared import RULE

from tests.walk import walk

SSO = "sso.amazonaws.com"
OWNERS = {"ownerStacks": ["platform/prod"]}
HERE = {"project": "platform", "stack": "prod", **OWNERS}


def _access(rule, principal=SSO, name="sso"):
    return rule.declared(SERVICE_ACCESS_TYPE, name, props={"servicePrincipal": principal})


def _organization(rule, listed, name="org"):
    return rule.declared(ORGANIZATION_TYPE, name, props={"awsServiceAccessPrincipals": listed})


def test_an_owner_passes_by_resource_or_list(rule) -> None:
    assert rule.messages(RULE, _access(rule), **HERE) == []
    assert rule.messages(RULE, _organization(rule, ["guardduty.amazonaws.com", SSO]), **HERE) == []


def test_an_owner_that_declares_nothing_is_told_the_fix(rule) -> None:
    for resources in ([], [_access(rule, "guardduty.amazonaws.com")], [_organization(rule, [])]):
        (message,) = rule.messages(RULE, *resources, **HERE)
        assert message.startswith("platform/prod has no trusted access for sso.amazonaws.com. ownerStacks names it.")
        assert 'Fix: TrustedAccess("sso")' in message


@walk("owners", [["platform/*"], ["*/prod"], ["prod"], ["pr?d"], ["other/x", "platform/prod"], ["[op]latform/prod"]])
def test_owners_are_globs_of_project_and_stack(rule, owners) -> None:
    assert len(rule.messages(RULE, project="platform", stack="prod", ownerStacks=owners)) == 1


def test_an_owner_may_name_its_pulumi_organization() -> None:
    stack = Stack("platform", "prod", [], organization="acme")
    assert RULE.check_stack is not None
    for owners, count in ((["acme/platform/prod"], 1), (["acme/*/prod"], 1), (["other/platform/prod"], 0)):
        assert len(list(RULE.check_stack(stack, {"ownerStacks": owners}))) == count


def test_a_list_that_ignore_changes_leaves_alone_declares_nothing(rule) -> None:
    listed = {"awsServiceAccessPrincipals": ["sso.amazonaws.com"]}
    for ignored, count in (((), 0), (("awsServiceAccessPrincipals",), 1), (("tags",), 0)):
        organization = rule.declared(ORGANIZATION_TYPE, props=listed, ignore_changes=ignored)
        assert len(rule.messages(RULE, organization, **HERE)) == count


@walk("owners", [[], ["platform/dev"], ["Platform/prod"], ["platform"], None])
def test_a_stack_that_owns_nothing_may_declare_nothing(rule, owners) -> None:
    assert rule.messages(RULE, project="platform", stack="prod", ownerStacks=owners) == []


def test_an_unknown_service_is_told_as_unknown(rule) -> None:
    doubtful = [_access(rule, UNKNOWN), _organization(rule, UNKNOWN), _organization(rule, [UNKNOWN])]
    for resource in doubtful:
        (message,) = rule.messages(RULE, resource, **HERE)
        assert f"What {resource.name} enables isn't known" in message
        assert "no trusted access" not in message


def test_one_that_is_known_settles_it_whatever_else_is_unknown(rule) -> None:
    assert rule.messages(RULE, _access(rule, UNKNOWN, "maybe"), _access(rule), **HERE) == []


def test_two_subjects_of_which_the_second_declares_it_pass(rule) -> None:
    assert rule.messages(RULE, _access(rule, "guardduty.amazonaws.com"), _access(rule), **HERE) == []


def test_an_unnamed_stack_is_refused(rule) -> None:
    (message,) = rule.messages(RULE, _access(rule), project="", stack="", **OWNERS)
    assert "doesn't say which stack" in message
    assert rule.messages(RULE, project="", stack="") == []
