"""How Identity Center's own administration leads to a lock-out action: by permission sets, assignments and groups.

Whoever may fill a permission set and assign it in the management account gives people an AWSReservedSSO role there
with any policy. Actions and resource types: docs.aws.amazon.com/service-authorization/latest/reference/
list_awsiamidentitycenter.html, list_awsidentitystore.html and list_awsiamidentitycenterdirectory.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.finding import Finding
from pulumi_aws_identity_center.access.permissions import Answer, Power

from .path import Path

ASSIGN, PROVISION = "sso:CreateAccountAssignment", "sso:ProvisionPermissionSet"
FILL = (
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
)
# Whoever is put into a group, or has their password set by somebody else, has what the group or the person has.
JOIN = ("identitystore:CreateGroupMembership", "sso-directory:AddMemberToGroup", "sso-directory:UpdatePassword")
IDENTITY_CENTER_ACTIONS = (ASSIGN, PROVISION, *FILL, *JOIN)

_INSTANCE, _SET = "arn:*:sso:::instance/*", "arn:*:sso:::permissionSet/*/*"
_MEMBERSHIP = (
    "arn:*:identitystore::*:identitystore/*",
    "arn:*:identitystore:::group/*",
    "arn:*:identitystore:::user/*",
)
_UNKNOWN_SETS = (
    "may assign permission sets in the management account, and whether one of them may lock everybody out "
    "isn't told by iam:GetAccountAuthorizationDetails"
)

Way = tuple[str, ...]


def take_identity_center_ways(findings: Sequence[Finding]) -> list[Finding]:
    """Completes the findings by what runs through Identity Center; gives those that became capable by it."""
    reserved = [finding for finding in findings if is_permission_sets_role(finding.principal)]
    may_lock_out = any(finding.capable for finding in reserved)
    changed: list[Finding] = []
    for finding in findings:
        if finding.capable or ":role/aws-service-role/" in finding.principal.arn:
            continue
        for way in _ways(is_provisioned=bool(reserved), may_lock_out=may_lock_out):
            _take(finding, way)
        if not finding.capable and not may_lock_out:
            _doubt_assignment(finding)
        changed += [finding] if finding.capable else []
    return changed


def is_permission_sets_role(principal: Principal) -> bool:
    """Whether it is the role that a permission set has in this account."""
    return principal.kind == "role" and ":role/aws-reserved/sso.amazonaws.com/" in principal.arn


def _ways(*, is_provisioned: bool, may_lock_out: bool) -> Iterator[Way]:
    """is_provisioned: some permission set has a role in this account; may_lock_out: one of these roles may do it."""
    yield from ((ASSIGN, fill) for fill in FILL)
    if is_provisioned:
        yield from ((fill, PROVISION) for fill in FILL)
    if may_lock_out:
        yield from ((action,) for action in (ASSIGN, *JOIN))


def _take(finding: Finding, way: Way) -> None:
    answers = [_ask(finding.power, action) for action in way]
    for action, answer in zip(way, answers, strict=True):
        if answer.can is None and all(other.can is not False for other in answers):
            finding.doubts.setdefault(action, answer.doubt)
    if all(answer.can for answer in answers):
        for action, answer in zip(way, answers, strict=True):
            finding.take(Path.of(action, action, answer, is_own=True))


def _doubt_assignment(finding: Finding) -> None:
    if _ask(finding.power, ASSIGN).can is not False:
        finding.doubts.setdefault(ASSIGN, _UNKNOWN_SETS)


def _ask(power: Power, action: str) -> Answer:
    """Whether it may call the action on everything that the call is on."""
    answers = [power.ask_shape(action, resource) for resource in _resources(action, power.principal)]
    decisive = [answer for answer in answers if not answer.can]
    impossible = [answer for answer in decisive if answer.can is False]
    return (impossible or decisive or answers)[0]


def _resources(action: str, me: Principal) -> Sequence[str]:
    account = f"arn:*:sso:::account/{me.arn.split(':')[4]}"
    if action in (ASSIGN, PROVISION):
        return (_INSTANCE, _SET, account)
    if action in FILL:
        return (_INSTANCE, _SET)
    return _MEMBERSHIP if action.startswith("identitystore:") else ("*",)
