"""From policies that give away nothing of ours, one made to a case; through every type that carries one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from grants.carriers import FLOWS, Kind
from grants.documents import MANAGED
from grants.operator_own import OPERATOR_PERMISSIONS
from moto.iam.aws_managed_policies import aws_managed_policies_data
from pack.rule import UNKNOWN, Later
from pulumi_aws_identity_center.domain.iam_documents import (
    disable_document,
    enable_document,
    guard_document,
    observe_document,
)
from pulumi_aws_identity_center.iam import grants_lock_out, parse_document
from rules.no_disable_grant import RULE

ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
POLICY = "aws:iam/policy:Policy"
NATIVE = "aws-native:iam:ManagedPolicy"
CARRIERS = [(token, kind, path) for token, carried in FLOWS.items() for kind, path in carried]
DISABLE = "organizations:DisableAWSServiceAccess"
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _document(*statements, **more) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def _allow(action="*", resource="*", **more) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


BAD = {Kind.DOCUMENT: json.dumps(_document(_allow())), Kind.ARN: ADMIN_ARN, Kind.REFERENCE: "identity-center-disable"}
GOOD = {
    Kind.DOCUMENT: json.dumps(_document(_allow("s3:*"))),
    Kind.ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    Kind.REFERENCE: "identity-center-observe",
}


def _at(path: str, value) -> dict[str, Any]:
    """Props that have the value at the path; a list has it last."""
    key, _, rest = path.partition(".")
    inner = _at(rest, value) if rest else value
    return (
        {key[:-2]: [{}, inner] if rest else ["arn:aws:iam::aws:policy/job-function/Billing", inner]}
        if key.endswith("[]")
        else {key: inner}
    )


def _policy(rule, document, **options):
    text = document if document is UNKNOWN else json.dumps(document)
    return rule.declared(POLICY, "mine", props={"policy": text}, **options)


@pytest.mark.parametrize(("token", "kind", "path"), CARRIERS)
def test_every_carrier_is_refused_with_what_it_gives_away_and_quiet_with_what_it_does_not(
    rule, token: str, kind: Kind, path: str
) -> None:
    assert rule.messages(RULE, rule.declared(token, props=_at(path, GOOD[kind]))) == []
    (message,) = rule.messages(RULE, rule.declared(token, "mine", props=_at(path, BAD[kind])))
    assert message.startswith(f"mine: its {path.partition('[')[0].partition('.')[0]}")
    assert not isinstance(message, Later)
    assert ("guard_document()" in message) == (kind is Kind.DOCUMENT)
    assert "In Python: " in message
    assert "In YAML: " in message
    assert "--policy-pack-config" in message
    assert "  " not in message


def test_the_fix_of_what_is_attached_is_in_the_property_that_attaches_it(rule) -> None:
    (one,) = rule.messages(RULE, rule.declared(ATTACHMENT, props={"role": "r", "policyArn": ADMIN_ARN}))
    assert 'policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess"' in one
    (listed,) = rule.messages(RULE, rule.declared("aws:iam/role:Role", props={"managedPolicyArns": [ADMIN_ARN]}))
    assert 'managed_policy_arns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]' in listed
    assert "managedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]" in listed


@pytest.mark.parametrize(("token", "kind", "path"), CARRIERS)
def test_of_what_a_preview_cannot_know_documents_are_shown_and_names_are_quiet(
    rule, token: str, kind: Kind, path: str
) -> None:
    messages = rule.messages(RULE, rule.declared(token, props=_at(path, UNKNOWN)))
    if kind is Kind.DOCUMENT:
        (message,) = messages
        assert isinstance(message, Later)
        assert "not known in this preview" in message
    else:
        assert messages == []


def test_a_role_whose_inline_policies_are_unknown_as_a_whole_is_shown(rule) -> None:
    (message,) = rule.messages(RULE, rule.declared("aws:iam/role:Role", props={"inlinePolicies": UNKNOWN}))
    assert isinstance(message, Later)


@pytest.mark.parametrize(
    "statements",
    [
        [_allow(DISABLE)],
        [_allow("ORGANIZATIONS:disableawsserviceaccess")],
        [_allow("organizations:D*")],
        [_allow("organizations:Disable???ServiceAccess")],
        [_allow(["s3:GetObject", "organizations:DeleteOrganization"])],
        [_allow("sso:DeleteInstance")],
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [_allow("s3:*"), _allow("organizations:*")],
        [_allow(DISABLE, Condition={"StringNotEquals": {"organizations:ServicePrincipal": "guardduty.amazonaws.com"}})],
        [
            _allow(DISABLE),
            {
                "Effect": "Deny",
                "Action": DISABLE,
                "Resource": "*",
                "Condition": {"StringEquals": {"organizations:ServicePrincipal": "guardduty.amazonaws.com"}},
            },
        ],
    ],
)
def test_what_iam_would_allow_is_refused(rule, statements) -> None:
    (message,) = rule.messages(RULE, _policy(rule, _document(*statements)))
    assert "nobody can sign in" in message
    assert "under conditions" not in message


@pytest.mark.parametrize(
    "document",
    [
        _document(_allow(["s3:*", "organizations:Describe*", "organizations:List*", "sso:List*"])),
        _document(_allow("organizations:Enable*")),
        _document(_allow(), *guard_document()["Statement"]),
        guard_document(boundary=True),
        guard_document(),
        enable_document(),
        observe_document(partition="aws-cn"),
        _document(_allow(DISABLE, Condition={"StringEquals": {"organizations:ServicePrincipal": "ram.amazonaws.com"}})),
        _document({"Effect": "Allow", "NotAction": ["organizations:*", "sso:*", "account-access:*"], "Resource": "*"}),
    ],
)
def test_what_iam_would_not_allow_is_none_of_its_business(rule, document) -> None:
    assert rule.messages(RULE, _policy(rule, document)) == []


def test_a_permission_that_hangs_on_a_condition_is_refused_in_its_own_words(rule) -> None:
    guarded = _allow(DISABLE, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}, Sid="WithMfa")
    (message,) = rule.messages(RULE, _policy(rule, _document(guarded)))
    assert "under conditions that the document doesn't settle" in message
    assert "WithMfa" in message


def test_what_is_no_policy_document_is_a_finding_with_what_is_wrong(rule) -> None:
    for text in ("{", "[]", json.dumps(_document({"Effect": "Permit", "Action": "*"}))):
        (message,) = rule.messages(RULE, rule.declared(POLICY, props={"policy": text}))
        assert "not a policy document that IAM would take" in message


def test_an_empty_document_is_how_none_is_spelt(rule) -> None:
    assert rule.messages(RULE, rule.declared("aws:iam/role:Role", props={"inlinePolicies": [{}, {"policy": ""}]})) == []


def test_exceptions_are_by_name_and_only_with_a_reason(rule) -> None:
    role = rule.declared("aws:iam/role:Role", "r", props={"name": "break-glass-1", "managedPolicyArns": [ADMIN_ARN]})
    attached = rule.declared(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", props={"role": "break-glass-1", "policyArn": ADMIN_ARN}
    )
    good = [{"pattern": "nobody", "reason": "none"}, {"pattern": "break-glass-?", "reason": "the two of us on call"}]
    assert rule.messages(RULE, role, attached, allowed=good) == []
    for none in ([], [{"pattern": "break-glass-?", "reason": " "}], [{"pattern": "glass", "reason": "half a name"}]):
        assert len(rule.messages(RULE, role, attached, allowed=none)) == 2


OWN = f"urn:pulumi:dev::p::my:index:Outer${OPERATOR_PERMISSIONS}::ops"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_operator_permissions_may_give_its_own_and_nothing_else_may_be_put_under_it(rule, partition: str) -> None:
    arn = f"arn:{partition}:iam::111122223333:policy/identity-center-disable"
    said = json.dumps(disable_document(partition=partition))
    own = [
        rule.declared(POLICY, "x-disable", parent=OWN, props={"name": "x-disable", "policy": said}),
        rule.declared(ATTACHMENT, "bg-disable", parent=OWN, props={"role": "bg", "policyArn": arn}),
    ]
    assert rule.messages(RULE, *own) == []
    policy = {"name": "mine", "policy": said}
    smuggled = [
        _policy(rule, _document(ALLOW_ALL), parent=OWN),
        _policy(rule, {**disable_document(), "Id": "mine"}, parent=OWN),
        # The component's words under another name, or under a name of which the program's is another.
        rule.declared(POLICY, "mine", parent=OWN, props=policy),
        rule.declared(POLICY, "identity-center-disable", parent=OWN, props={**policy, "name": "developers"}),
        rule.declared(POLICY, "x", parent=OWN, props={**policy, "name": "identity-center-disable"}),
        rule.declared("aws:iam/rolePolicy:RolePolicy", parent=OWN, props={"policy": json.dumps(disable_document())}),
        rule.declared(ATTACHMENT, "bg-disable", parent=OWN, props={"role": "bg", "policyArn": ADMIN_ARN}),
        rule.declared(ATTACHMENT, "x", parent=OWN, props={"role": "everybody", "policyArn": arn}),
        rule.declared(ATTACHMENT, "bg-disable", parent=OWN, props={"role": "everybody", "policyArn": arn}),
        rule.declared("aws:iam/userPolicyAttachment:UserPolicyAttachment", parent=OWN, props={"policyArn": arn}),
    ]
    for resource in smuggled:
        assert len(rule.messages(RULE, resource)) == 1, resource
    other = "urn:pulumi:dev::p::my:index:OperatorPermissions::ops"
    assert len(rule.messages(RULE, _policy(rule, disable_document(), parent=other))) == 1


def test_power_users_as_a_permission_set_are_refused_and_told_when_that_is_an_exception(rule) -> None:
    token, arn = (
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        "arn:aws:iam::aws:policy/PowerUserAccess",
    )
    attached = rule.declared(token, "power-users", props={"managedPolicyArn": arn})
    (message,) = rule.messages(RULE, attached)
    assert "allows sso:DeleteInstance" in message
    assert "only used in member accounts" in message
    allowed = [{"pattern": "power-users", "reason": "assigned in member accounts only"}]
    assert rule.messages(RULE, attached, allowed=allowed) == []


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_aws_s_policies_are_known_in_every_partition_and_ours_by_name(rule, partition: str) -> None:
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    bad = [f"arn:{partition}:iam::aws:policy/{name}" for name in MANAGED]
    bad.append(f"arn:{partition}:iam::111122223333:policy/identity-center-disable")
    good = [f"arn:{partition}:iam::111122223333:policy/AdministratorAccess", f"arn:{partition}:iam::aws:policy/X"]
    for arn in bad:
        assert len(rule.messages(RULE, rule.declared(token, props={"policyArn": arn}))) == 1, arn
    for arn in good:
        assert rule.messages(RULE, rule.declared(token, props={"policyArn": arn})) == [], arn


def test_the_table_of_aws_s_policies_is_what_the_evaluator_says_of_all_of_them() -> None:
    found = {}
    for name, policy in json.loads(aws_managed_policies_data).items():
        grant = grants_lock_out(parse_document(policy["Document"]))
        if grant is not None:
            found[name] = grant.action
    assert found == dict(MANAGED)


def test_of_two_policies_the_bad_one_is_named_and_of_two_inline_ones_its_place(rule) -> None:
    good, bad = {"policy": GOOD[Kind.DOCUMENT]}, {"policy": BAD[Kind.DOCUMENT]}
    for order, place in (([good, bad], 1), ([bad, good], 0)):
        role = rule.declared("aws:iam/role:Role", "r", props={"inlinePolicies": order})
        (message,) = rule.messages(RULE, role, _policy(rule, _document(_allow("s3:*"))))
        assert message.startswith(f"r: its inlinePolicies[{place}].policy ")
