"""A managed policy that a preview can't know is shown, unless the program makes it: then it is judged itself."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind

from tests.declared_resources import Said, declare, grants_in_management
from tests.walk import walk

TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
OWN, OTHER = "urn:pulumi:dev::p::aws:iam/policy:Policy::own", "urn:pulumi:dev::p::aws:iam/group:Group::group"
INSIDE = "urn:pulumi:dev::p::aws-identity-center:index:OperatorPermissions$aws:iam/policy:Policy::observe"
# URN, properties, and the URNs that these come from.
Row = tuple[str, dict[str, Any], list[str]]
_ATTACHED = (Kind.ARN, Kind.REFERENCE)
CARRIERS = [(token, path) for token, paths in FLOWS.items() for kind, path in paths if kind in _ATTACHED]


def _doubts(token: str, props, comes_from=None, **config) -> list[Said]:
    resource = declare(token, "mine", props=props, comes_from=comes_from or {})
    grants = grants_in_management(resource, **config)
    assert all(message.resource.urn == resource.urn for message in grants if message.resource)
    return grants


@walk(("token", "path"), CARRIERS)
def test_only_unknown_policies_from_elsewhere_are_shown(token, path) -> None:
    value: Any = UNKNOWN
    for key in reversed(path.split(".")):
        value = {key.removesuffix("[]"): [value] if key.endswith("[]") else value}
    top = next(iter(value))
    (message,) = _doubts(token, value, {top: [OTHER]})
    assert message.is_later
    assert message.startswith(f"mine: its {top}")
    for own in (OWN, INSIDE):
        assert _doubts(token, value, {top: [OTHER, own]}) == []
        assert len(_doubts(token, {top: UNKNOWN}, {top: [OTHER, own]})) == (1 if "[]" in path else 0)


def test_a_policy_in_another_property_excuses_nothing() -> None:
    assert len(_doubts(ATTACHMENT, {"policyArn": UNKNOWN}, {"role": [OWN]})) == 1


def test_each_unknown_item_needs_its_own_policy() -> None:
    two = {"managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", UNKNOWN, UNKNOWN]}
    (message,) = _doubts(ROLE, two, {"managedPolicyArns": [OWN, OTHER]})
    assert message.startswith("mine: its managedPolicyArns[2] ")
    assert _doubts(ROLE, two, {"managedPolicyArns": [OWN, INSIDE]}) == []


def test_an_unknown_list_passes_if_only_own_policies_feed_it() -> None:
    whole = {"managedPolicyArns": UNKNOWN}
    role = OWN.replace(POLICY, "aws:iam/role:Role")
    beside = INSIDE.replace(POLICY, "aws:iam/role:Role")  # of a component that runs elsewhere all are told
    for comes_from, count in (([OTHER], 1), ([OWN, OTHER], 1), ([OWN, role], 1), ([OWN], 0), ([OWN, INSIDE], 0)):
        assert len(_doubts(ROLE, whole, {"managedPolicyArns": comes_from})) == count, comes_from
    assert _doubts(ROLE, whole, {"managedPolicyArns": [INSIDE, beside]}) == []
    assert len(_doubts(ROLE, whole, {"managedPolicyArns": [beside]})) == 1


def test_known_and_excused_policies_are_skipped() -> None:
    assert _doubts(ATTACHMENT, {"policyArn": "arn:aws:iam::111122223333:policy/other"}) == []
    allowed = [{"pattern": "break-glass-*", "reason": "on call"}]
    unknown = {"role": "break-glass-1", "policyArn": UNKNOWN}
    assert _doubts(ATTACHMENT, unknown, allowed=allowed) == []
    assert len(_doubts(ATTACHMENT, {**unknown, "role": "all"}, allowed=allowed)) == 1
