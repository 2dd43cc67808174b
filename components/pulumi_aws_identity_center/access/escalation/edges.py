"""The escalation edges of IAM, STS and Identity Center, one row an action: its resource, and what its caller gets.

To add an edge that gives something known is to add a row here. `calls.py` makes a row's calls, `additions.py`,
`restrictions.py` and `identity_changes.py` use those that change a principal, `access_edges.py` those that give another
principal's access. `identity_center.py` has the resources of Identity Center's actions.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from .identity_center import ASSIGN, FILL, PROVISION


class Gives(enum.Enum):
    """What whoever makes the call gets, for itself or for a principal that it can become."""

    INLINE_POLICY = "an inline policy that allows anything"
    ATTACHED_POLICY = "a managed policy that exists or that it writes"
    NO_INLINE_POLICY = "no Deny of an inline policy any more"
    NO_ATTACHED_POLICY = "no Deny of a managed policy any more"
    NO_BOUNDARY = "no permissions boundary any more"
    OTHER_BOUNDARY = "another permissions boundary"
    NEW_PRINCIPAL = "a principal that didn't exist"
    TAG = "a tag that conditions and policy variables compare"
    NO_TAG = "the lack of such a tag"
    NEW_VERSION = "a policy that says something else"
    OTHER_VERSION = "another version of a policy, of those that exist"
    NEW_POLICY = "a policy that can be attached, or be a boundary"
    MEMBERSHIP = "what a group has"
    NO_MEMBERSHIP = "no Deny of a group any more"
    NAME = "another name, which conditions and policy variables compare"
    FILLED_SET = "a permission set that allows anything"
    PROVISIONED_SET = "what a filled permission set says, in the account"
    ACCESS = "everything that the principal can do"


class Needs(enum.Enum):
    """What has to be so of the principal that an edge gives access to."""

    NOTHING = "nothing"
    A_PASSWORD = "the user has a password for the console (assumed: IAM's details don't tell)"
    TRUST_OF_A_PRINCIPAL = "the role's trust policy allows a principal of AWS"
    CHANGEABLE = "IAM lets customers change the role"
    TRUST_OF_A_SERVICE = "the role's trust policy allows a service"
    TRUST_OF_A_SAML_PROVIDER = "the role's trust policy allows a SAML provider"
    A_PERMISSION_SET = "the role is a permission set's"


@dataclass(frozen=True)
class Edge:
    """on: the kind of resource that the call is on. needs: of the principal. and_actions: what else it takes, on the
    same resource. doubt: why nobody can tell whether the call succeeds. page: where it isn't the action's own page."""

    action: str
    on: str
    gives: Gives
    needs: Needs = Needs.NOTHING
    and_actions: tuple[str, ...] = ()
    doubt: str = ""
    page: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        return (self.action, *self.and_actions)

    @property
    def target(self) -> str:
        """The kind of principal that it changes, or gives access to."""
        return "role" if self.on in ("saml-provider", "permission-set") else self.on

    @property
    def source(self) -> str:
        """AWS's page, below docs.aws.amazon.com."""
        service, _, operation = self.action.partition(":")
        return self.page or f"{service.upper()}/latest/APIReference/API_{operation}.html"


_PASS_ROLE_PAGE = "IAM/latest/UserGuide/id_roles_use_passrole.html"
_ASSIGNING = "singlesignon/latest/APIReference/API_CreateAccountAssignment.html"
_PROVISIONING = "singlesignon/latest/APIReference/API_ProvisionPermissionSet.html"
_JOINING = "singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html"
_ADDING = "singlesignon/latest/userguide/adduserstogroups.html"
_RESETTING = "singlesignon/latest/userguide/reset-password-for-user.html"
_SAML, _SET = Needs.TRUST_OF_A_SAML_PROVIDER, Needs.A_PERMISSION_SET
_PROVIDER_UNKNOWN = "whether the provider is there already isn't told by iam:GetAccountAuthorizationDetails"

# The order is that of the actions in a report.
EDGES: tuple[Edge, ...] = (
    Edge("iam:PutUserPolicy", "user", Gives.INLINE_POLICY),
    Edge("iam:PutRolePolicy", "role", Gives.INLINE_POLICY),
    Edge("iam:PutGroupPolicy", "group", Gives.INLINE_POLICY),
    Edge("iam:AttachUserPolicy", "user", Gives.ATTACHED_POLICY),
    Edge("iam:AttachRolePolicy", "role", Gives.ATTACHED_POLICY),
    Edge("iam:AttachGroupPolicy", "group", Gives.ATTACHED_POLICY),
    Edge("iam:DeleteUserPolicy", "user", Gives.NO_INLINE_POLICY),
    Edge("iam:DeleteRolePolicy", "role", Gives.NO_INLINE_POLICY),
    Edge("iam:DeleteGroupPolicy", "group", Gives.NO_INLINE_POLICY),
    Edge("iam:DetachUserPolicy", "user", Gives.NO_ATTACHED_POLICY),
    Edge("iam:DetachRolePolicy", "role", Gives.NO_ATTACHED_POLICY),
    Edge("iam:DetachGroupPolicy", "group", Gives.NO_ATTACHED_POLICY),
    Edge("iam:DeleteUserPermissionsBoundary", "user", Gives.NO_BOUNDARY),
    Edge("iam:DeleteRolePermissionsBoundary", "role", Gives.NO_BOUNDARY),
    Edge("iam:PutUserPermissionsBoundary", "user", Gives.OTHER_BOUNDARY),
    Edge("iam:PutRolePermissionsBoundary", "role", Gives.OTHER_BOUNDARY),
    Edge("iam:CreateUser", "user", Gives.NEW_PRINCIPAL),
    Edge("iam:CreateRole", "role", Gives.NEW_PRINCIPAL),
    Edge("iam:CreateGroup", "group", Gives.NEW_PRINCIPAL),
    Edge("iam:TagUser", "user", Gives.TAG),
    Edge("iam:TagRole", "role", Gives.TAG),
    Edge("iam:UntagUser", "user", Gives.NO_TAG),
    Edge("iam:UntagRole", "role", Gives.NO_TAG),
    Edge("iam:CreatePolicyVersion", "policy", Gives.NEW_VERSION),
    Edge("iam:SetDefaultPolicyVersion", "policy", Gives.OTHER_VERSION),
    Edge("iam:CreatePolicy", "policy", Gives.NEW_POLICY),
    Edge("iam:AddUserToGroup", "group", Gives.MEMBERSHIP),
    Edge("iam:RemoveUserFromGroup", "group", Gives.NO_MEMBERSHIP),
    Edge("iam:UpdateUser", "user", Gives.NAME),
    Edge("iam:CreateAccessKey", "user", Gives.ACCESS),
    Edge("iam:CreateLoginProfile", "user", Gives.ACCESS),
    Edge("iam:UpdateLoginProfile", "user", Gives.ACCESS, Needs.A_PASSWORD),
    Edge("sts:AssumeRole", "role", Gives.ACCESS, Needs.TRUST_OF_A_PRINCIPAL),
    Edge("iam:UpdateAssumeRolePolicy", "role", Gives.ACCESS, Needs.CHANGEABLE),
    # Hundreds of actions start something with a role, as glue:CreateDevEndpoint does: whoever may pass the role is
    # taken to have one of them.
    Edge("iam:PassRole", "role", Gives.ACCESS, Needs.TRUST_OF_A_SERVICE, page=_PASS_ROLE_PAGE),
    Edge("iam:UpdateSAMLProvider", "saml-provider", Gives.ACCESS, _SAML),
    Edge("iam:DeleteSAMLProvider", "saml-provider", Gives.ACCESS, _SAML, and_actions=("iam:CreateSAMLProvider",)),
    Edge("iam:CreateSAMLProvider", "saml-provider", Gives.ACCESS, _SAML, doubt=_PROVIDER_UNKNOWN),
    Edge(ASSIGN, "permission-set", Gives.ACCESS, _SET, page=_ASSIGNING),
    Edge(PROVISION, "permission-set", Gives.PROVISIONED_SET, page=_PROVISIONING),
    *(Edge(fill, "permission-set", Gives.FILLED_SET, page=_PROVISIONING) for fill in FILL),
    # Whoever is put into a group, or has their password set by somebody else, has what the group or the person has.
    Edge("identitystore:CreateGroupMembership", "permission-set", Gives.ACCESS, _SET, page=_JOINING),
    Edge("sso-directory:AddMemberToGroup", "permission-set", Gives.ACCESS, _SET, page=_ADDING),
    Edge("sso-directory:UpdatePassword", "permission-set", Gives.ACCESS, _SET, page=_RESETTING),
)


# What gives it, by the kind of resource that the call is on; the edges that give access, by the kind of principal.
_ACTIONS: Mapping[Gives, dict[str, str]] = {gives: {} for gives in Gives}
ACCESS_EDGES: Mapping[str, list[Edge]] = {"user": [], "role": []}
for _edge in EDGES:
    _ACTIONS[_edge.gives][_edge.on] = _edge.action
    if _edge.gives is Gives.ACCESS:
        ACCESS_EDGES[_edge.target].append(_edge)

PUT_POLICY = _ACTIONS[Gives.INLINE_POLICY]
ATTACH_POLICY = _ACTIONS[Gives.ATTACHED_POLICY]
DELETE_POLICY = _ACTIONS[Gives.NO_INLINE_POLICY]
DETACH_POLICY = _ACTIONS[Gives.NO_ATTACHED_POLICY]
DELETE_BOUNDARY = _ACTIONS[Gives.NO_BOUNDARY]
PUT_BOUNDARY = _ACTIONS[Gives.OTHER_BOUNDARY]
CREATE = _ACTIONS[Gives.NEW_PRINCIPAL]
# By kind: the actions that give it a policy.
GIVE_POLICY = {kind: (PUT_POLICY[kind], ATTACH_POLICY[kind]) for kind in PUT_POLICY}
TAG = _ACTIONS[Gives.TAG]
UNTAG = _ACTIONS[Gives.NO_TAG]
CREATE_POLICY_VERSION = _ACTIONS[Gives.NEW_VERSION]["policy"]
SET_DEFAULT_VERSION = _ACTIONS[Gives.OTHER_VERSION]["policy"]
CHANGES_OF_GROUPS = (
    *GIVE_POLICY["group"],
    DELETE_POLICY["group"],
    DETACH_POLICY["group"],
    CREATE_POLICY_VERSION,
    SET_DEFAULT_VERSION,
)
CREATE_POLICY = _ACTIONS[Gives.NEW_POLICY]["policy"]
ADD_USER_TO_GROUP = _ACTIONS[Gives.MEMBERSHIP]["group"]
REMOVE_USER_FROM_GROUP = _ACTIONS[Gives.NO_MEMBERSHIP]["group"]
UPDATE_USER = _ACTIONS[Gives.NAME]["user"]
ASSUME_ROLE, UPDATE_TRUST_POLICY, PASS_ROLE = "sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:PassRole"


def _actions_of(edges: Iterable[Edge]) -> tuple[str, ...]:
    return tuple(edge.action for edge in edges)


ACTIONS = _actions_of(EDGES)
BECOMING_ACTIONS = _actions_of(chain(*ACCESS_EDGES.values()))
SAML_ACTIONS = _actions_of(edge for edge in EDGES if edge.on == "saml-provider")
CHANGES = _actions_of(edge for edge in EDGES if edge.gives is not Gives.ACCESS and edge.on != "permission-set")
# What takes a boundary off, or makes it allow more.
LOOSENING = (*DELETE_BOUNDARY.values(), *PUT_BOUNDARY.values(), CREATE_POLICY_VERSION, SET_DEFAULT_VERSION)
# Credentials that also a new user can be given.
NEW_USER_CREDENTIALS = _actions_of(edge for edge in ACCESS_EDGES["user"] if edge.needs is Needs.NOTHING)
