"""A grant is refused in the management account, ignored in another, and one warning where the account is unknown."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_documents import guard_document
from pulumi_aws_identity_center.domain.violation import Level

from tests.declared_resources import ASSIGNMENT, MANAGEMENT, PERMISSION_SET, declare, document, grants
from tests.walk import walk

MEMBER = "444455556666"
ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
SET = "aws:ssoadmin/permissionSet:PermissionSet"
SET_POLICY = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
THERE: dict[str, Any] = {"assumeRoles": json.dumps([{"roleArn": f"arn:aws:iam::{MEMBER}:role/ops"}])}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _admin(role: Any = "Admin", **options) -> Declared:
    attachment: Declared = declare(ATTACHMENT, "admin", props={"role": role, "policyArn": ADMIN_ARN}, **options)
    return attachment


def _levels(*resources: Declared, **config) -> list[Level]:
    return [message.level for message in grants(*resources, **config)]


@walk(
    ("provider", "config", "level"),
    [
        ({}, {}, Level.ADVISORY),
        ({}, {"managementAccountId": MANAGEMENT}, Level.ADVISORY),
        ({}, {"ownerStacks": ["p/*"]}, Level.MANDATORY),
        ({}, {"ownerStacks": ["other/*"]}, Level.ADVISORY),
        ({"allowedAccountIds": [MANAGEMENT]}, {"managementAccountId": MANAGEMENT}, Level.MANDATORY),
        ({"allowedAccountIds": [MEMBER]}, {"managementAccountId": MANAGEMENT}, None),
        (THERE, {}, None),
        (THERE, {"ownerStacks": ["p/*"]}, None),
        (THERE, {"managementAccountId": MEMBER}, Level.MANDATORY),
    ],
)
def test_the_account_decides_the_level(provider, config, level) -> None:
    assert _levels(_admin(provider=provider), **config) == ([level] if level else [])


def test_beside_organization_resources_it_is_refused_and_elsewhere_not() -> None:
    access = declare(ACCESS, props={"servicePrincipal": "sso.amazonaws.com"})
    assert _levels(_admin(), access) == [Level.MANDATORY]
    assert _levels(_admin(provider=THERE), access) == []


def test_an_unknown_account_takes_one_line() -> None:
    (message,) = grants(_admin())
    assert message.startswith("Is admin in the management account? Its policyArn is AdministratorAccess")
    assert (message.count("\n"), len(message) <= 100) == (0, True)


def test_an_owner_stack_is_judged_alike_before_and_after_its_arns_are_known() -> None:
    profile: dict[str, Any] = {"provider": {"profile": "workload"}}
    attached = declare(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", props={"role": "r", "policyArn": ADMIN_ARN}, **profile
    )
    for arn in (UNKNOWN, f"arn:aws:iam::{MEMBER}:role/r"):
        resources = declare("aws:iam/role:Role", "r", props={"arn": arn}, **profile), attached
        config = {"managementAccountId": MANAGEMENT}
        assert _levels(*resources, **config, ownerStacks=["dev"]) == [Level.MANDATORY], arn
        assert _levels(*resources, **config) == ([Level.ADVISORY] if arn is UNKNOWN else []), arn


def test_unknown_documents_in_unknown_accounts_take_one_line() -> None:
    policies = [declare("aws:iam/policy:Policy", f"p{n}", props={"policy": UNKNOWN}) for n in range(5)]
    (message,) = grants(*policies)
    assert message == "Not judged, since their policies aren't known yet: p0, p1 and 3 more."
    assert message.level is Level.ADVISORY


def _assigned(*targets: Any, name: str = "AdministratorAccess", **options) -> list[Declared]:
    permission_set = declare(SET, "everything", props={"name": name})
    arn = {"permissionSetArn": UNKNOWN}
    of_set = {"permissionSetArn": [permission_set.urn]}
    attached = declare(SET_POLICY, "x", props={**arn, "managedPolicyArn": ADMIN_ARN}, comes_from=of_set)
    assignments = [
        declare(ASSIGNMENT, f"a{n}", props={**arn, "targetId": target}, comes_from={**of_set, **options})
        for n, target in enumerate(targets)
    ]
    return [permission_set, attached, *assignments]


@walk(
    ("targets", "level"),
    [
        ([MANAGEMENT], Level.MANDATORY),
        ([MEMBER, MANAGEMENT], Level.MANDATORY),
        ([MEMBER], None),
        ([MEMBER, UNKNOWN], Level.ADVISORY),
        ([UNKNOWN, MANAGEMENT], Level.MANDATORY),
        ([], Level.ADVISORY),
    ],
)
def test_a_permission_set_is_judged_by_where_it_is_assigned(targets, level) -> None:
    assert _levels(*_assigned(*targets), managementAccountId=MANAGEMENT) == ([level] if level else [])


def test_a_permission_set_in_a_created_account_is_silent() -> None:
    account = ["urn:pulumi:dev::p::aws:organizations/account:Account::made"]
    assert _levels(*_assigned(UNKNOWN, targetId=account)) == []


def test_a_permission_set_by_arn_is_judged_by_its_assignments() -> None:
    props = {"permissionSetArn": PERMISSION_SET}
    attached = declare(SET_POLICY, "x", props={**props, "managedPolicyArn": ADMIN_ARN})
    in_management = declare(ASSIGNMENT, props={**props, "targetId": MANAGEMENT})
    assert _levels(attached, in_management, managementAccountId=MANAGEMENT) == [Level.MANDATORY]
    assert _levels(attached, in_management, managementAccountId=MEMBER) == []
    in_member, untold = declare(ASSIGNMENT, props={**props, "targetId": MEMBER}), declare(ASSIGNMENT, "b", props=props)
    assert _levels(attached, in_member, untold, managementAccountId=MANAGEMENT) == [Level.ADVISORY]


def test_an_empty_arn_is_no_permission_sets() -> None:
    permission_set = declare(
        "aws-identity-center:index:PermissionSet", props={"name": "a", "arn": "", "managedPolicies": [ADMIN_ARN]}
    )
    elsewhere = declare(ASSIGNMENT, props={"permissionSetArn": "", "targetId": MEMBER})
    assert _levels(permission_set, elsewhere, managementAccountId=MANAGEMENT) == [Level.ADVISORY]


def test_our_own_permission_sets_and_assignments_are_judged_alike() -> None:
    permission_set = declare(
        "aws-identity-center:index:PermissionSet", "a", props={"name": "a", "managedPolicies": [ADMIN_ARN]}
    )
    of_set = {"permissionSetArn": [permission_set.urn]}
    for accounts, level in (([MEMBER], []), ([MEMBER, MANAGEMENT], [Level.MANDATORY]), (UNKNOWN, [Level.ADVISORY])):
        props = {"permissionSetArn": UNKNOWN, "accounts": accounts}
        assigned = declare("aws-identity-center:index:AccountAssignments", props=props, comes_from=of_set)
        assert _levels(permission_set, assigned, managementAccountId=MANAGEMENT) == level


def _exception(pattern: str, account: str = "") -> dict[str, Any]:
    return {"pattern": pattern, "reason": "why", **({"account": account} if account else {})}


def test_an_exception_for_one_account_excuses_nobody_in_another() -> None:
    config = {"ownerStacks": ["p/*"], "managementAccountId": MANAGEMENT}
    assert _levels(_admin(), **config, allowed=[_exception("Admin", MANAGEMENT)]) == []
    assert _levels(_admin(), **config, allowed=[_exception("Admin", MEMBER)]) == [Level.MANDATORY]


def test_an_exception_without_account_counts_where_one_account_is_known() -> None:
    access = declare(ACCESS, props={"servicePrincipal": "sso.amazonaws.com"})
    elsewhere = _admin(provider=THERE)
    allowed = [_exception("Admin")]
    assert _levels(_admin(), access, allowed=allowed) == []
    # In a stack of two accounts nobody knows for which of them it was meant, unless the stack is named an owner.
    assert _levels(_admin(), access, elsewhere, allowed=allowed) == [Level.MANDATORY]
    assert _levels(_admin(), access, elsewhere, allowed=allowed, ownerStacks=["dev"]) == []


def test_an_exception_names_a_permission_set_by_its_own_name() -> None:
    for pattern, level in (("AdministratorAccess", []), ("everything", [Level.MANDATORY]), ("x", [Level.MANDATORY])):
        levels = _levels(*_assigned(MANAGEMENT), managementAccountId=MANAGEMENT, allowed=[_exception(pattern)])
        assert levels == level, pattern
    only = [_exception("AdministratorAccess", MEMBER)]
    assert _levels(*_assigned(MANAGEMENT), managementAccountId=MANAGEMENT, allowed=only) == [Level.MANDATORY]


GUARD = guard_document(break_glass_principals=[f"arn:aws:iam::{MANAGEMENT}:role/break-glass"])


@walk(
    ("type_", "key", "receiver", "refused"),
    [
        ("aws:iam/rolePolicy:RolePolicy", "policy", {"role": "admin"}, False),
        ("aws:iam/rolePolicy:RolePolicy", "policy", {"role": "break-glass"}, True),
        ("aws:iam/rolePolicy:RolePolicy", "policy", {"role": "my-break-glass"}, False),
        ("aws:iam/rolePolicy:RolePolicy", "policy", {"role": UNKNOWN}, True),
        ("aws:iam/userPolicy:UserPolicy", "policy", {"user": "break-glass"}, False),
        ("aws:iam/groupPolicy:GroupPolicy", "policy", {"group": "admin"}, True),
        ("aws:iam/policy:Policy", "policy", {"name": "admin"}, True),
    ],
)
def test_a_known_receivers_name_settles_a_guards_condition(type_, key, receiver, refused) -> None:
    text = json.dumps(document(EVERYTHING, *GUARD["Statement"]))
    levels = _levels(declare(type_, props={key: text, **receiver}), ownerStacks=["dev"])
    assert levels == ([Level.MANDATORY] if refused else [])


def test_a_role_s_own_name_and_path_settle_it_too() -> None:
    inline = [{"policy": json.dumps(document(EVERYTHING, *GUARD["Statement"]))}]
    for props, refused in (({"name": "admin"}, False), ({"name": "break-glass"}, True), ({"name": UNKNOWN}, True)):
        role = declare("aws:iam/role:Role", props={**props, "inlinePolicies": inline})
        assert bool(_levels(role, ownerStacks=["dev"])) is refused, props
    elsewhere = declare("aws:iam/role:Role", props={"name": "break-glass", "path": "/ops/", "inlinePolicies": inline})
    assert _levels(elsewhere, ownerStacks=["dev"]) == []
