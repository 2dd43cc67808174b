"""How Identity Center's own administration leads to a lock-out action: by permission sets, assignments and groups.

Whoever may fill a permission set and assign it in the management account gives people an AWSReservedSSO role there
with any policy. To add an edge is to add a row to EDGES, and to RESOURCES if its action isn't there.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.finding import Finding, capable, incapable
from pulumi_aws_identity_center.access.permissions import FROM_LEAST_CERTAIN, Permission, Permissions
from pulumi_aws_identity_center.iam.ternary import conj
from pulumi_aws_identity_center.names import DISABLE_ACTION

from .path import Path, Step

_INSTANCE, _SET = "arn:*:sso:::instance/*", "arn:*:sso:::permissionSet/*/*"
_ACCOUNT = "arn:*:sso:::account/{account}"
_MEMBERSHIP = (
    "arn:*:identitystore::*:identitystore/*",
    "arn:*:identitystore:::group/*",
    "arn:*:identitystore:::user/*",
)
ASSIGN, PROVISION = "sso:CreateAccountAssignment", "sso:ProvisionPermissionSet"
FILL = (
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
)

# The resources that an action's call is on, by docs.aws.amazon.com/service-authorization/latest/reference/
# list_awsiamidentitycenter.html, list_awsidentitystore.html and list_awsiamidentitycenterdirectory.html.
RESOURCES: dict[str, tuple[str, ...]] = {
    ASSIGN: (_INSTANCE, _SET, _ACCOUNT),
    PROVISION: (_INSTANCE, _SET, _ACCOUNT),
    **dict.fromkeys(FILL, (_INSTANCE, _SET)),
    "identitystore:CreateGroupMembership": _MEMBERSHIP,
    "sso-directory:AddMemberToGroup": ("*",),
    "sso-directory:UpdatePassword": ("*",),
}
IDENTITY_CENTER_ACTIONS = tuple(RESOURCES)


class Needs(enum.Enum):
    NOTHING = "nothing"
    PROVISIONED_SET = "a permission set has a role in the management account"
    LOCK_OUT_SET = "the role of a permission set there may lock everybody out"


@dataclass(frozen=True)
class Edge:
    """Whoever may call all the actions has what a permission set gives in the management account. page: AWS's."""

    actions: tuple[str, ...]
    needs: Needs
    page: str


_ASSIGNING = "singlesignon/latest/APIReference/API_CreateAccountAssignment.html"
_PROVISIONING = "singlesignon/latest/APIReference/API_ProvisionPermissionSet.html"
_JOINING = "singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html"
_ADDING = "singlesignon/latest/userguide/adduserstogroups.html"
_RESETTING = "singlesignon/latest/userguide/reset-password-for-user.html"

EDGES: tuple[Edge, ...] = (
    *(Edge((ASSIGN, fill), Needs.NOTHING, _ASSIGNING) for fill in FILL),
    *(Edge((fill, PROVISION), Needs.PROVISIONED_SET, _PROVISIONING) for fill in FILL),
    Edge((ASSIGN,), Needs.LOCK_OUT_SET, _ASSIGNING),
    # Whoever is put into a group, or has their password set by somebody else, has what the group or the person has.
    Edge(("identitystore:CreateGroupMembership",), Needs.LOCK_OUT_SET, _JOINING),
    Edge(("sso-directory:AddMemberToGroup",), Needs.LOCK_OUT_SET, _ADDING),
    Edge(("sso-directory:UpdatePassword",), Needs.LOCK_OUT_SET, _RESETTING),
)
_UNKNOWN_SETS = (
    "may assign permission sets in the management account, and whether one of them may lock everybody out "
    "isn't told by iam:GetAccountAuthorizationDetails"
)


Decide = Callable[[str], Permission]


def follow_identity_center_edges(findings: Sequence[Finding]) -> list[Finding]:
    """Completes the findings by what runs through Identity Center; gives those that became capable by it."""
    candidates = [finding for finding in incapable(findings) if not finding.principal.is_service_linked]
    ends = _ends_by_need(findings)
    for finding in candidates:
        decide = cache(partial(_decide, finding.permissions))
        for edge in EDGES:
            if edge.needs in ends:
                _follow_edge(finding, edge, ends[edge.needs], decide)
        if Needs.LOCK_OUT_SET not in ends:
            _doubt_assignment(finding, decide)
    return capable(candidates)


def _ends_by_need(findings: Sequence[Finding]) -> dict[Needs, Path]:
    """How the paths end, by the needs that the account meets."""
    ends: dict[Needs, Path] = {}
    for finding in findings:
        principal = finding.principal
        ends.setdefault(Needs.NOTHING, Path.end(_any_permission_sets_role(principal), DISABLE_ACTION))
        if not principal.is_of_permission_set:
            continue
        ends.setdefault(Needs.PROVISIONED_SET, Path.end(principal.arn, DISABLE_ACTION))
        if finding.capable:
            ends.setdefault(Needs.LOCK_OUT_SET, Path(becomes=principal.arn))
    return ends


def _any_permission_sets_role(principal: Principal) -> str:
    """The ARN of a permission set's role that AWS would create in the principal's account, as far as it is known."""
    account = principal.arn.rpartition(":")[0]
    return f"{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_*"


def _follow_edge(finding: Finding, edge: Edge, end: Path, decide: Decide) -> None:
    """Notes the path if each of its calls is allowed, else the doubts about those that may be."""
    may_succeed = conj(decide(action).can for action in edge.actions)
    if may_succeed is None:
        doubtful = [action for action in edge.actions if decide(action).can is None]
        finding.add_doubts({action: decide(action).doubt for action in doubtful})
    if not may_succeed:
        return
    path = Path()
    for action in edge.actions:
        permission = decide(action)
        step = Step(finding.principal.arn, action, "*", (), permission.through)
        path = path.and_(Path.of_step(step, action, permission, is_own=True))
    finding.add_escalation(path.and_(end))


def _doubt_assignment(finding: Finding, decide: Decide) -> None:
    """Which permission sets there are to assign isn't known."""
    may_assign = decide(ASSIGN).can is not False
    if may_assign and not finding.capable:
        finding.add_doubts({ASSIGN: _UNKNOWN_SETS})


def _decide(permissions: Permissions, action: str) -> Permission:
    """Whether it may call the action on all of its resources; the least certain decision counts."""
    account = permissions.principal.account
    decisions = (permissions.decide_on_shape(action, arn.format(account=account)) for arn in RESOURCES[action])
    return min(decisions, key=lambda decision: FROM_LEAST_CERTAIN.index(decision.can))
