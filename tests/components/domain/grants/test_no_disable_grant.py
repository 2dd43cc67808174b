"""From policies that give away nothing of ours, one made to a case; through every type that carries one."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Stack
from pulumi_aws_identity_center.domain.grants import no_disable_grant
from pulumi_aws_identity_center.domain.grants.documents import MANAGED
from pulumi_aws_identity_center.domain.grants.operator_own import OPERATOR_PERMISSIONS
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind
from pulumi_aws_identity_center.domain.iam_documents import (
    disable_document,
    enable_document,
    guard_document,
    observe_document,
)
from pulumi_aws_identity_center.domain.violation import Level
from pulumi_aws_identity_center.iam import grants_lock_out, parse_document

from tests.declared_resources import declare, grants_in_management
from tests.walk import walk

ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
NATIVE = "aws-native:iam:ManagedPolicy"
CARRIERS = [(token, kind, path) for token, paths in FLOWS.items() for kind, path in paths if kind is not Kind.BOUNDARY]
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
    key, _, inner_path = path.partition(".")
    inner = _at(inner_path, value) if inner_path else value
    return (
        {key[:-2]: [{}, inner] if inner_path else ["arn:aws:iam::aws:policy/job-function/Billing", inner]}
        if key.endswith("[]")
        else {key: inner}
    )


def _policy(document, **options):
    text = document if document is UNKNOWN else json.dumps(document)
    return declare(POLICY, "mine", props={"policy": text}, **options)


@walk(("token", "kind", "path"), CARRIERS)
def test_every_carrier_is_refused_only_with_a_lock_out_grant(token: str, kind: Kind, path: str) -> None:
    assert grants_in_management(declare(token, props=_at(path, GOOD[kind]))) == []
    (message,) = grants_in_management(declare(token, "mine", props=_at(path, BAD[kind])))
    assert message.startswith(f"mine: its {path.partition('[')[0].partition('.')[0]}")
    assert not message.is_later
    assert ("guard_document()" in message) == (kind is Kind.DOCUMENT)
    assert "Fix: " in message
    assert "  " not in message


@walk(("token", "kind", "path"), CARRIERS)
def test_what_a_preview_cannot_know_is_shown_in_every_carrier(token: str, kind: Kind, path: str) -> None:
    unknown = declare(token, props=_at(path, UNKNOWN), comes_from={path.partition("[")[0].partition(".")[0]: []})
    (message,) = grants_in_management(unknown)
    assert message.is_later
    assert "can't be known during preview" in message


def test_unknown_inline_policies_are_shown() -> None:
    unknown = {"inlinePolicies": UNKNOWN}
    (message,) = grants_in_management(declare(ROLE, props=unknown, comes_from={"inlinePolicies": []}))
    assert message.is_later
    alone = no_disable_grant.violations_of_resource(
        declare(ROLE, props=unknown), {"ownerStacks": ["dev"]}, Stack("p", "dev", [])
    )
    assert [violation.level for violation in alone] == [Level.LATER]


@walk(
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
def test_what_iam_would_allow_is_refused(statements) -> None:
    (message,) = grants_in_management(_policy(_document(*statements)))
    assert "allows " in message
    assert "on conditions" not in message


@walk(
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
        _document({"Effect": "Allow", "NotAction": ["organizations:*", "sso*:*", "account-access:*"], "Resource": "*"}),
    ],
)
def test_what_iam_would_not_allow_is_none_of_its_business(document) -> None:
    assert grants_in_management(_policy(document)) == []


def test_a_conditional_permission_is_refused_as_such() -> None:
    guarded = _allow(DISABLE, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}, Sid="WithMfa")
    (message,) = grants_in_management(_policy(_document(guarded)))
    assert "on conditions" in message
    assert "WithMfa" in message


def test_an_invalid_policy_document_is_a_violation() -> None:
    for text in ("{", "[]", json.dumps(_document({"Effect": "Permit", "Action": "*"}))):
        (message,) = grants_in_management(declare(POLICY, props={"policy": text}))
        assert "a valid policy" in message


def test_an_empty_document_is_how_none_is_spelt() -> None:
    assert grants_in_management(declare("aws:iam/role:Role", props={"inlinePolicies": [{}, {"policy": ""}]})) == []


def test_exceptions_are_by_name_and_only_with_a_reason() -> None:
    role = declare("aws:iam/role:Role", "r", props={"name": "break-glass-1", "managedPolicyArns": [ADMIN_ARN]})
    attached = declare(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", props={"role": "break-glass-1", "policyArn": ADMIN_ARN}
    )
    good = [{"pattern": "nobody", "reason": "none"}, {"pattern": "break-glass-?", "reason": "the two of us on call"}]
    assert grants_in_management(role, attached, allowed=good) == []
    for none in ([], [{"pattern": "break-glass-?", "reason": " "}], [{"pattern": "glass", "reason": "half a name"}]):
        assert len(grants_in_management(role, attached, allowed=none)) == 2


OWN = f"urn:pulumi:dev::p::my:index:Outer${OPERATOR_PERMISSIONS}::ops"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_only_operator_permissions_own_policy_passes_under_it(partition: str) -> None:
    arn = f"arn:{partition}:iam::111122223333:policy/identity-center-disable"
    document = json.dumps(disable_document(partition=partition))
    own = [
        declare(POLICY, "x-disable", parent=OWN, props={"name": "x-disable", "policy": document}),
        declare(ATTACHMENT, "bg-disable", parent=OWN, props={"role": "bg", "policyArn": arn}),
        declare("aws:iam/role:Role", "bg", parent=OWN, props={"name": "bg"}),
    ]
    assert grants_in_management(*own) == []
    policy = {"name": "mine", "policy": document}
    smuggled = [
        _policy(_document(ALLOW_ALL), parent=OWN),
        _policy({**disable_document(), "Id": "mine"}, parent=OWN),
        # The component's words under another name, or under a name of which the program's is another.
        declare(POLICY, "mine", parent=OWN, props=policy),
        declare(POLICY, "identity-center-disable", parent=OWN, props={**policy, "name": "developers"}),
        declare(POLICY, "x", parent=OWN, props={**policy, "name": "identity-center-disable"}),
        declare("aws:iam/rolePolicy:RolePolicy", parent=OWN, props={"policy": json.dumps(disable_document())}),
        declare(ATTACHMENT, "bg-disable", parent=OWN, props={"role": "bg", "policyArn": ADMIN_ARN}),
        declare(ATTACHMENT, "x", parent=OWN, props={"role": "everybody", "policyArn": arn}),
        declare(ATTACHMENT, "bg-disable", parent=OWN, props={"role": "everybody", "policyArn": arn}),
        declare("aws:iam/userPolicyAttachment:UserPolicyAttachment", parent=OWN, props={"policyArn": arn}),
    ]
    for resource in smuggled:
        assert len(grants_in_management(resource)) == 1, resource
    other_component = "urn:pulumi:dev::p::my:index:OperatorPermissions::ops"
    assert len(grants_in_management(_policy(disable_document(), parent=other_component))) == 1


def test_power_user_access_as_a_permission_set_is_refused() -> None:
    token, arn = (
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        "arn:aws:iam::aws:policy/PowerUserAccess",
    )
    attached = declare(token, "power-users", props={"managedPolicyArn": arn})
    (message,) = grants_in_management(attached)
    assert "(sso:DeleteInstance)" in message
    allowed = [{"pattern": "power-users", "reason": "assigned in member accounts only"}]
    assert grants_in_management(attached, allowed=allowed) == []


@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_aws_managed_policies_are_known_in_every_partition(partition: str) -> None:
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    bad = [f"arn:{partition}:iam::aws:policy/{name}" for name in MANAGED]
    bad.append(f"arn:{partition}:iam::111122223333:policy/identity-center-disable")
    good = [f"arn:{partition}:iam::111122223333:policy/AdministratorAccess", f"arn:{partition}:iam::aws:policy/X"]
    for arn in bad:
        assert len(grants_in_management(declare(token, props={"policyArn": arn}))) == 1, arn
    for arn in good:
        assert grants_in_management(declare(token, props={"policyArn": arn})) == [], arn


def test_the_evaluator_confirms_the_table_of_aws_managed_policies() -> None:
    actions = {}
    for name, policy in json.loads(aws_managed_policies_data).items():
        grant = grants_lock_out(parse_document(policy["Document"]))
        if grant is not None:
            actions[name] = grant.action
    assert actions == dict(MANAGED)


def test_the_bad_one_of_two_policies_is_named() -> None:
    good, bad = {"policy": GOOD[Kind.DOCUMENT]}, {"policy": BAD[Kind.DOCUMENT]}
    for order, place in (([good, bad], 1), ([bad, good], 0)):
        role = declare("aws:iam/role:Role", "r", props={"inlinePolicies": order})
        (message,) = grants_in_management(role, _policy(_document(_allow("s3:*"))))
        assert message.startswith(f"r: its inlinePolicies[{place}].policy ")
