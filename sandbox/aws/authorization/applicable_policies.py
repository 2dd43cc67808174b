"""The policies that IAM evaluates for a call, read afresh each time, since policies change; each text is parsed once.

Of the caller: identity policies, boundary, session policies, the SCPs above its account, and what condition keys tell
of it. Of a role: its trust policy, and the RCPs above its account.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from pulumi_aws_identity_center.iam import Document, parse_document

from sandbox.aws.core.world import World, current
from sandbox.aws.services.iam.boundaries import boundary_of
from sandbox.aws.services.iam.managed_policies import have_managed_policy
from sandbox.aws.services.organizations.store import Organization
from sandbox.aws.services.sts.sessions import Session

from .principals import Principal

_SCP, _RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
ANYTHING = parse_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


@dataclass
class Caller:
    """arn, type: as aws:PrincipalArn and aws:PrincipalType give them; for a role's session the ARN is the role's.
    session: None where no session policy limits the caller. scps: one list a level, from the root to the account."""

    arn: str
    type: str
    tags: dict[str, str] = field(default_factory=dict)
    user_name: str | None = None
    identity: list[Document] = field(default_factory=list)
    boundary: Document | None = None
    session: list[Document] | None = None
    scps: list[list[Document]] = field(default_factory=list)


@functools.lru_cache(maxsize=4096)
def read(text: str) -> Document:
    """A document; moto has checked it when it was put there."""
    return parse_document(text)


def caller_of(world: World, principal: Principal) -> Caller:
    """The policies that apply to the principal. A role or user that no longer exists has none."""
    if principal.is_root:
        caller = Caller(principal.arn, "Account", identity=[ANYTHING])
    elif principal.session is not None:
        caller = _session_caller(principal, principal.session)
    else:
        caller = _user(principal.account, principal.arn)
    caller.scps = _scps_of(world, principal.account)
    return caller


def _session_caller(principal: Principal, session: Session) -> Caller:
    """The session's role, limited by the session's policies, with the session's tags."""
    caller = _role(principal.account, session.issuer)
    caller.tags = {**caller.tags, **session.tags}
    if session.policies is not None:
        caller.session = [read(text) for text in session.policies]
    return caller


def _role(account: str, arn: str) -> Caller:
    role = next((role for role in iam_backends[account]["aws"].get_roles() if role.arn == arn), None)
    if role is None:
        return Caller(arn, "AssumedRole")
    tags = {tag["Key"]: tag["Value"] for tag in role.tags or ()}
    boundary = _boundary(account, role.permissions_boundary_arn)
    return Caller(role.arn, "AssumedRole", tags, identity=_documents(role), boundary=boundary)


def _user(account: str, arn: str) -> Caller:
    iam = iam_backends[account]["aws"]
    user = iam.users.get(arn.rpartition("/")[2])
    if user is None:
        return Caller(arn, "User")
    identity = _documents(user)
    for group in iam.get_groups_for_user(user.name):
        identity += _documents(group)
    tags = {tag["Key"]: tag["Value"] for tag in iam.tagger.list_tags_for_resource(user.arn)["Tags"]}
    return Caller(user.arn, "User", tags, user.name, identity, _boundary(account, boundary_of(user)))


def _documents(entity: Any) -> list[Document]:
    """A moto user's, group's or role's inline policies, and its managed policies in their default versions."""
    texts = [*entity.policies.values(), *(_default(policy) for policy in entity.managed_policies.values())]
    return [read(text) for text in texts]


def _default(policy: Any) -> str:
    return next(str(version.document) for version in policy.versions if version.is_default)


def _boundary(account: str, arn: str | None) -> Document | None:
    if not arn:
        return None
    have_managed_policy(account, arn)
    policy = iam_backends[account]["aws"].managed_policies.get(arn)
    # A boundary whose policy was deleted allows nothing.
    return read(_default(policy)) if policy is not None else Document(())


def trust_of(role_arn: str) -> Document | None:
    """A role's trust policy; None if there is no such role."""
    account = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
    if account not in iam_backends and account not in current().pending_aws_roles:
        return None
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    except ServiceException:
        return None
    return read(role.assume_role_policy_document)


def _scps_of(world: World, account: str) -> list[list[Document]]:
    """SCPs limit an account's principals (orgs_manage_policies_scps.html#scp-effects-on-permissions). They don't limit
    service-linked roles, which nobody can assume in the sandbox."""
    return _levels(world, account, _SCP)


def rcps_of(world: World, account: str) -> list[list[Document]]:
    """RCPs limit what anyone does to the account's resources (orgs_manage_policies_rcps.html). Of what the sandbox
    serves they limit the sts operations on a role. They don't limit service-linked roles, which nobody can assume in
    the sandbox."""
    return _levels(world, account, _RCP)


def _levels(world: World, account: str, kind: str) -> list[list[Document]]:
    """One list a level, from the root to the account: each has to allow. The management account has none."""
    organization = world.organization
    if organization is None or kind not in organization.policy_types:
        return []
    if account == organization.management or account not in organization.accounts:
        return []
    return [_attached(organization, target, kind) for target in organization.path_to(account)]


def _attached(organization: Organization, target: str, kind: str) -> list[Document]:
    """target: the id of a root, organizational unit or account."""
    policies = [organization.policies[policy_id] for policy_id in list(organization.attached.get(target, ()))]
    return [read(policy.content) for policy in policies if policy.type == kind]
