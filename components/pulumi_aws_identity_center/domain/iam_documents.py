"""The IAM documents for enabling, disabling, observing and guarding trusted access: least privilege, any partition.

Pure: each function gives a new dictionary, ready for json.dumps. Actions and condition key:
docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html#orgs_trusted_access_perms and
service-authorization/latest/reference/list_awsorganizations.html. The condition is StringEquals: AWS's sample has
StringLikeIfExists, which also matches a request that names no service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, count, refuse, shown
from pulumi_aws_identity_center.iam.wildcards import matches
from pulumi_aws_identity_center.names import (
    DISABLE_ACTION,
    ENABLE_ACTION,
    LIST_ACTION,
    POLICY_PREFIX,
    SENTINEL_NAME,
    SERVICE_LINKED_ROLE_NAME,
    SERVICE_LINKED_ROLE_PATH,
    SERVICE_PRINCIPAL_KEY,
    SSO_SERVICE_PRINCIPAL,
)

from .sentinel_arns import LISTING_ACTIONS, READING_ACTIONS, TAMPERING_ACTIONS, sentinel_arns

Document = dict[str, Any]

# White space isn't counted (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
MANAGED_POLICY_SIZE = 6144

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_READ_INSTANCE = ("sso:ListInstances", "sso:DescribeInstance")
# With a delegated administrator declared, its account is looked up among the organization's.
_READ_ACCOUNTS = ("organizations:ListAccounts", "organizations:ListRoots", "organizations:ListDelegatedAdministrators")
# Which rules act on a disabling, what starts them, and whether a trail brings the events.
_READ_TRAILS = ("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus")
_READ_SENTINEL = (
    *("events:ListRules", "events:ListTargetsByRule", "events:ListRuleNamesByTarget"),
    "cloudwatch:GetMetricData",
    *_READ_TRAILS,
)
IDENTITY_SOURCE_ACTIONS = (
    "sso:AssociateDirectory",
    "sso:DisassociateDirectory",
    "sso:UpdateInstance",
    "sso-directory:DisableExternalIdPConfigurationForDirectory",
)
ONLY_SSO = {"StringEquals": {SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL}}


def enable_document(
    *,
    partition: str = "aws",
    roles: Sequence[str] = ("*",),
    policy_prefix: str = POLICY_PREFIX,
    sentinel: bool = False,
) -> Document:
    """What the operator takes who runs `pulumi up`, `refresh` and `recover`: turning trusted access on, and reading.

    Nothing in it turns trusted access off, and nothing changes IAM: whoever may edit the policies that they carry
    themselves may do anything. So an administrator runs the first `pulumi up` (`install_document()` is what that takes
    beside this), and each that changes operators, policies or the delegated administrator; this is enough for every
    other, also for one that repairs.
    roles: the names of the operators' roles, of which `refresh` reads these. sentinel: whether the stack has one, which
    `refresh` then reads too; without it the document fits in a user's inline policies, 2,048 characters together
    (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
    """
    check_partition(partition)
    _check_list(roles, "roles")
    own = [f"arn:{partition}:iam::*:policy/{policy_prefix}*"]
    reading_sentinel = [
        # The same of the sentinel,
        allow("ReadOwnSentinel", READING_ACTIONS, resource=sentinel_arns(partition)),
        # and whether a trail brings it events.
        allow("ListAroundSentinel", [*LISTING_ACTIONS, *_READ_TRAILS]),
    ]
    return document_of(
        # The act itself, for this one service.
        allow("EnableTrustedAccess", [ENABLE_ACTION], condition=ONLY_SSO),
        # Which organization this is, whether it is on, who is in it and who administers: the preview asks first.
        allow("ReadOrganization", ["organizations:DescribeOrganization", LIST_ACTION, *_READ_ACCOUNTS]),
        # Whether the organization instance is there and ACTIVE, and its attributes for access control.
        allow("ReadInstance", [*_READ_INSTANCE, "sso:DescribeInstanceAccessControlAttributeConfiguration"]),
        # `refresh` compares the operators' policies with the state,
        allow("ReadOwnPolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], resource=own),
        # and their roles with what is in and on them.
        allow(
            "ReadOwnRoles",
            ["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
            resource=[f"arn:{partition}:iam::*:role/{name}" for name in _roles_to_read(roles, sentinel)],
        ),
        *(reading_sentinel if sentinel else []),
    )


def _roles_to_read(roles: Sequence[str], sentinel: bool) -> list[str]:
    return [*roles, SENTINEL_NAME] if sentinel and "*" not in roles else [*roles]


# What AccessMatrix reads of permission sets and assignments, and to find accounts, groups and users by name. A preview
# takes a part of it: a large directory is asked name by name.
_READ_MATRIX = (
    *("sso:DescribePermissionSet", "sso:GetInlinePolicyForPermissionSet"),
    *("sso:GetPermissionsBoundaryForPermissionSet", "sso:ListAccountAssignments"),
    *("sso:ListAccountAssignmentsForPrincipal", "sso:ListAccountsForProvisionedPermissionSet"),
    *("sso:ListCustomerManagedPolicyReferencesInPermissionSet", "sso:ListManagedPoliciesInPermissionSet"),
    *("sso:ListPermissionSets", "sso:ListPermissionSetsProvisionedToAccount", "sso:ListTagsForResource"),
    *("identitystore:DescribeGroup", "identitystore:DescribeUser"),
    *("identitystore:GetGroupId", "identitystore:GetUserId"),
    *("identitystore:ListGroups", "identitystore:ListUsers"),
    *("organizations:ListOrganizationalUnitsForParent", "organizations:ListTagsForResource"),
)


def preview_document(
    *, partition: str = "aws", roles: Sequence[str] = ("*",), policy_prefix: str = POLICY_PREFIX
) -> Document:
    """What CI's role takes for `pulumi preview` of every configuration, also with `--refresh` and imports.

    It only reads. The gate and the policy pack call no AWS. roles, policy_prefix: as for enable_document().
    """
    enabling = enable_document(partition=partition, roles=roles, policy_prefix=policy_prefix, sentinel=True)
    reading = [statement for statement in enabling["Statement"] if statement["Sid"] != "EnableTrustedAccess"]
    return document_of(*reading, allow("ReadAccessMatrix", _READ_MATRIX))


def disable_document(*, partition: str = "aws") -> Document:
    """What turning it off takes: for break-glass roles only."""
    check_partition(partition)
    return document_of(
        allow("DisableTrustedAccess", [DISABLE_ACTION], condition=ONLY_SSO),
        # To see that it is off; and the provider reads before it deletes.
        allow("ReadTrustedAccess", [LIST_ACTION, "organizations:DescribeOrganization"]),
    )


def observe_document(*, partition: str = "aws") -> Document:
    """What `identity-center status` reads. Nothing in it changes anything."""
    check_partition(partition)
    role = f"arn:{partition}:iam::*:role{SERVICE_LINKED_ROLE_PATH}{SERVICE_LINKED_ROLE_NAME}"
    return document_of(
        # Which organization, whether trusted access is on, who administers.
        allow(
            "ReadOrganization",
            ["organizations:DescribeOrganization", LIST_ACTION, "organizations:ListDelegatedAdministrators"],
        ),
        # Whether the organization instance is there and ACTIVE, and in which Regions to look for it if it isn't.
        allow("ReadInstance", [*_READ_INSTANCE, "account:ListRegions"]),
        # Whether people sign in from an Active Directory: it would have to be up as well.
        allow("ReadIdentitySource", ["ds:DescribeDirectories"]),
        # Whether the service-linked role is there: this one role only.
        allow("ReadServiceLinkedRole", ["iam:GetRole"], resource=role),
        # Whether something turns trusted access on again by itself, and when that last ran.
        allow("ReadSentinel", _READ_SENTINEL),
    )


def guard_document(
    *, partition: str = "aws", break_glass_principals: Sequence[str] = (), boundary: bool = False
) -> Document:
    """A Deny of every action after which nobody can sign in, for everyone but the break-glass principals.

    break_glass_principals: role ARNs, with * and ? if wanted. boundary: also allow everything else, as a permissions
    boundary has to (it limits and never grants); never attach that form as an identity policy, where it would grant.
    SCPs can't do this: they don't bind the management account
    (docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
    """
    check_partition(partition)
    _check_break_glass(break_glass_principals, partition)
    but = {"ArnNotLike": {"aws:PrincipalArn": list(break_glass_principals)}} if break_glass_principals else {}
    statements = [
        # Everybody loses every account at once.
        _deny("KeepTrustedAccess", [DISABLE_ACTION], {**ONLY_SSO, **but}),
        # Without the organization there is nothing to sign in to.
        _deny("KeepOrganization", ["organizations:DeleteOrganization"], but),
        # It can't be undone, and takes users, groups and assignments with it.
        _deny("KeepInstance", ["sso:DeleteInstance"], but),
        # Another identity source deletes users, groups and assignments; the instance's network settings and its key
        # decide whether anybody reaches it; without the external identity provider nobody signs in by it.
        _deny("KeepIdentitySource", IDENTITY_SOURCE_ACTIONS, but),
        # The second way to reach accounts: who uses it loses them at once.
        _deny("KeepAccountAccess", ["account-access:DeleteApplication"], but),
    ]
    # What turns trusted access on again: its function, rules, role, topic, queue, ledger, alarms and logs.
    statements.append(_deny("KeepSentinel", TAMPERING_ACTIONS, but, resource=sentinel_arns(partition)))
    if boundary:
        statements.insert(0, allow("LimitNothingElse", ["*"]))
    document = document_of(*statements)
    _check_size(document, break_glass_principals)
    return document


def document_of(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(
    sid: str, actions: Sequence[str], *, resource: str | list[str] = "*", condition: Document | None = None
) -> Document:
    """The organizations and sso actions here have no narrower resource type, or act on the organization as a whole."""
    return _statement("Allow", sid, actions, resource, condition)


def _deny(sid: str, actions: Sequence[str], condition: Document, *, resource: str | list[str] = "*") -> Document:
    return _statement("Deny", sid, actions, resource, condition)


def _statement(
    effect: str, sid: str, actions: Sequence[str], resource: str | list[str], condition: Document | None
) -> Document:
    statement: Document = {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


# Names as IAM takes them (IAM/latest/UserGuide/reference_iam-quotas.html, "IAM name requirements"). A path may
# have commas, semicolons and colons, so two ARNs with one between them would pass for one. A permission set's role has
# a path, which people leave out: it would exempt nobody.
_ARN = re.compile(
    r"arn:([a-z-]+):iam::(?!.*\barn:)(?:\d{12}|\d*[*?][\d*?]*):(?!role/AWSReservedSSO_)"
    r"(root|(?:role|user)/((?:[!-~]*/)?[\w+=,.@*?-]{1,64}))",
    re.ASCII,
)
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def _check_break_glass(principals: Sequence[str], partition: str) -> None:
    _check_list(principals, "break_glass_principals")
    problems = [problem for arn in principals if (problem := _exempt_problem(arn, partition))]
    refuse(problems)


def _exempt_problem(arn: Any, partition: str) -> str:
    # A policy variable may come to be anything.
    pattern = _VARIABLE.sub("*", arn) if isinstance(arn, str) else ""
    subject = f"The break-glass principal is {shown(arn)}"
    example = f"arn:{partition}:iam::111122223333:role/NAME"
    match = _ARN.fullmatch(pattern)
    # In the account's place * and ? alone are any account's; with them in the rest, it exempts principals by kind.
    exempted = match[3] if match else pattern.split(":", 5)[-1]
    if _exempts_a_kind(pattern, exempted or ""):
        return (
            f"{subject}, which would exempt everybody of a kind; * and ? may stand for a part of a name, never for all "
            f"of it. It takes role ARNs as {example}."
        )
    if match is None or match[1] != partition:
        return f"{subject}; it must be a role's ARN, with the path that it has, such as {example}."
    return ""


_RESERVED = "role/aws-reserved/sso.amazonaws.com/"
_REGIONS = (
    f"{area}-{side}-{number}/"
    for area in ("af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us", "us-gov", "us-iso", "us-isob")
    for side in ("central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west")
    for number in range(1, 8)
)
# Principals of each kind, whose names have nothing in common. A permission set's role may have the instance's Region in
# its path (singlesignon/latest/userguide/referencingpermissionsets.html).
_KINDS = (
    ("role/kbpq7", "role/XJWZ"),
    ("user/kbpq7", "user/XJWZ"),
    *(
        (
            f"{_RESERVED}{region}AWSReservedSSO_kbpq7_0123456789abcdef",
            f"{_RESERVED}{region}AWSReservedSSO_XJWZ_fedcba9876543210",
        )
        for region in ("", *_REGIONS)
    ),
)


def _exempts_a_kind(pattern: str, path: str) -> bool:
    """Whether it fits every role or user of an account, or of Identity Center's: the name says nothing."""
    if not pattern.startswith("arn:") or path in ("", "root"):
        return False
    resource = pattern.split(":", 5)[-1]
    return _names_nobody(path) or any(all(matches(resource, one) for one in kind) for kind in _KINDS)


def _names_nobody(path: str) -> bool:
    """Whether the last part of the path is open, below whatever path."""
    name = path.rpartition("/")[2]
    # AWSReservedSSO_NAME_SUFFIX: the suffix is Identity Center's own, the name is what tells one from another.
    name = re.sub(r"^AWSReservedSSO(_|(?=[*?]))", "", name)
    return not re.search(r"[\w+=,.@-]", re.sub(r"_[*?]+$", "", name)) and bool(re.search(r"[*?]", name))


def _check_size(document: Document, principals: Sequence[str]) -> None:
    size = len(json.dumps(document, separators=(",", ":")))
    if size > MANAGED_POLICY_SIZE:
        exempted = count(len(principals), "break-glass principal")
        raise InvalidInput(
            f"With {exempted} the guard has {count(size, 'character')}; IAM takes {MANAGED_POLICY_SIZE} in a "
            "managed policy. Name fewer roles, or several by the beginning of their names, such as "
            "role/break-glass-*."
        )


def _check_list(values: Sequence[str], key: str) -> None:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise InvalidInput(f"{key} is {shown(values)}; it must be a list.")


def check_partition(partition: str) -> None:
    if partition not in PARTITIONS:
        raise InvalidInput(f"partition is {shown(partition)}; it must be one of {', '.join(PARTITIONS)}.")
