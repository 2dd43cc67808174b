"""A stack that owns the administrators has to go on declaring one; others aren't judged."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.violation import Level
from rules.last_administrator_kept import RULE

from tests.declared_resources import declare, document, messages
from tests.policies.ordinary_programs import ADMIN_ARN, MANAGEMENT, MEMBER, READ_ARN, permission_set
from tests.walk import walk

OWNED: dict[str, Any] = {"ownerStacks": ["p/*"], "managementAccountId": MANAGEMENT}
ALLOW_SSO = document({"Effect": "Allow", "Action": "sso:*", "Resource": "*"})
DENY_ALL = document({"Effect": "Deny", "Action": "*", "Resource": "*"})


def _levels(*resources: Declared, **config: Any) -> list[Level]:
    return [message.level for message in messages(RULE, *resources, **{**OWNED, **config})]


def test_an_administrator_in_the_management_account_passes() -> None:
    assert _levels(*permission_set("Admins", MEMBER, MANAGEMENT, managed=ADMIN_ARN)) == []


@walk(
    "resources",
    [
        [],
        permission_set("Admins", MEMBER, managed=ADMIN_ARN),
        permission_set("Readers", MANAGEMENT, managed=READ_ARN),
        permission_set("Admins", MANAGEMENT, managed=ADMIN_ARN, inline=DENY_ALL),
    ],
)
def test_an_owner_that_assigns_no_administrator_is_refused(resources) -> None:
    first, second = messages(RULE, *resources, **OWNED)
    assert first.startswith("p/dev declares no grant that administers the management account.")
    assert second.startswith("p/dev declares no grant that administers Identity Center.")
    assert [first.level, second.level] == [Level.MANDATORY, Level.MANDATORY]


def test_identity_center_is_administered_from_the_delegated_account_too() -> None:
    in_member = permission_set("Sso", MEMBER, inline=ALLOW_SSO)
    assert _levels(*in_member) == [Level.MANDATORY, Level.MANDATORY]
    assert _levels(*in_member, _delegate("sso.amazonaws.com")) == [Level.MANDATORY]
    assert _levels(*in_member, _delegate("guardduty.amazonaws.com")) == [Level.MANDATORY, Level.MANDATORY]
    # From there nobody administers the management account, and two unknown accounts need not be one.
    everything = permission_set("Admins", MEMBER, managed=ADMIN_ARN)
    (message,) = messages(RULE, *everything, _delegate("sso.amazonaws.com"), **OWNED)
    assert "administers the management account" in message
    unknown = permission_set("Admins", UNKNOWN, managed=ADMIN_ARN)
    assert _levels(*unknown, _delegate("sso.amazonaws.com", UNKNOWN)) == [Level.ADVISORY, Level.ADVISORY]


def _delegate(service: str, account: Any = MEMBER) -> Declared:
    return declare(
        "aws:organizations/delegatedAdministrator:DelegatedAdministrator",
        props={"accountId": account, "servicePrincipal": service},
    )


def test_what_cannot_be_read_takes_one_line() -> None:
    by_arn = {"permissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "targetId": MANAGEMENT}
    assignment = declare("aws:ssoadmin/accountAssignment:AccountAssignment", props=by_arn)
    assert _levels(assignment) == [Level.ADVISORY, Level.ADVISORY]
    without_target = declare("aws:ssoadmin/accountAssignment:AccountAssignment", props={"permissionSetArn": "arn:x"})
    assert _levels(without_target) == [Level.ADVISORY, Level.ADVISORY]
    assert _levels(*permission_set("Admins", UNKNOWN, managed=ADMIN_ARN)) == [Level.ADVISORY, Level.ADVISORY]
    assert _levels(*permission_set("Admins", UNKNOWN, managed=READ_ARN)) == [Level.MANDATORY, Level.MANDATORY]


def test_our_own_resources_are_read() -> None:
    policy = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    for inline in (policy, json.dumps(policy)):
        component_set = declare(
            "aws-identity-center:index:PermissionSet", "a", props={"name": "a", "inlinePolicy": inline}
        )
        assigned = declare(
            "aws-identity-center:index:AccountAssignments",
            props={"permissionSetArn": UNKNOWN, "accounts": [MEMBER, MANAGEMENT]},
            comes_from={"permissionSetArn": [component_set.urn]},
        )
        assert _levels(component_set, assigned) == []


def test_only_owner_stacks_are_judged() -> None:
    assert _levels(ownerStacks=[]) == []
    assert _levels(ownerStacks=["other/*"]) == []


def test_the_management_account_has_to_be_known() -> None:
    (message,) = messages(RULE, ownerStacks=["dev"])
    assert "the management account's id isn't known" in message
