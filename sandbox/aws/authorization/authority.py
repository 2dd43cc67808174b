"""What a caller has: its identity policies, boundary, session policies and the SCPs above its account, as documents,
and what IAM knows of it; and what stands at a role's door: its trust policy and the RCPs above its account. Read afresh
at each call, as policies change; parsed once."""

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
from sandbox.aws.services.sts.sessions import Session

from .principals import Principal

_SCP, _RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
ANYTHING = parse_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


@dataclass
class Authority:
    """arn, kind: as aws:PrincipalArn and aws:PrincipalType give them: of a role's session, the role's. session: None
    where no session policy narrows it."""

    arn: str
    kind: str
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


def authority_of(world: World, principal: Principal) -> Authority:
    """What the principal has. A role or user that is gone has nothing."""
    if principal.is_root:
        found = Authority(principal.arn, "Account", identity=[ANYTHING])
    elif principal.session is not None:
        found = _in_session(principal, principal.session)
    else:
        found = _user(principal.account, principal.arn)
    found.scps = _scps_of(world, principal.account)
    return found


def _in_session(principal: Principal, session: Session) -> Authority:
    """A role or user, within the session's policies, under the session's tags."""
    account = principal.account
    if session.issuer.endswith(":root"):
        found = Authority(session.issuer, "Account", identity=[ANYTHING])
    else:
        found = (_role if session.kind == "role" else _user)(account, session.issuer)
    if session.kind == "federated":
        found.arn, found.kind, found.user_name, found.tags = session.arn, "FederatedUser", None, {}
    found.tags = {**found.tags, **session.tags}
    if session.policies is not None:
        found.session = [read(text) for text in session.policies]
    return found


def _role(account: str, arn: str) -> Authority:
    role = next((role for role in iam_backends[account]["aws"].get_roles() if role.arn == arn), None)
    return _of_role(account, role) if role is not None else Authority(arn, "AssumedRole")


def _of_role(account: str, role: Any) -> Authority:
    tags = {tag["Key"]: tag["Value"] for tag in role.tags or ()}
    boundary = _boundary(account, role.permissions_boundary_arn)
    return Authority(role.arn, "AssumedRole", tags, identity=_documents(role), boundary=boundary)


def _user(account: str, arn: str) -> Authority:
    user = iam_backends[account]["aws"].users.get(arn.rpartition("/")[2])
    return _of_user(account, user) if user is not None else Authority(arn, "User")


def _of_user(account: str, user: Any) -> Authority:
    iam = iam_backends[account]["aws"]
    identity = _documents(user)
    for group in iam.get_groups_for_user(user.name):
        identity += _documents(group)
    tags = {tag["Key"]: tag["Value"] for tag in iam.tagger.list_tags_for_resource(user.arn)["Tags"]}
    return Authority(user.arn, "User", tags, user.name, identity, _boundary(account, boundary_of(user)))


def _documents(holder: Any) -> list[Document]:
    """Of a moto user, group or role: inline and managed policies, each in its default version."""
    texts = [*holder.policies.values(), *(_default(policy) for policy in holder.managed_policies.values())]
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
    if account not in iam_backends and account not in current().arrivals:
        return None
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    except ServiceException:
        return None
    return read(role.assume_role_policy_document)


def _scps_of(world: World, account: str) -> list[list[Document]]:
    """What limits an account's principals (orgs_manage_policies_scps.html#scp-effects-on-permissions). Service-linked
    roles they don't, and nobody can assume those here anyway."""
    return _levels(world, account, _SCP)


def rcps_of(world: World, account: str) -> list[list[Document]]:
    """What limits what is done to the account's resources, by whomever (orgs_manage_policies_rcps.html). Of what the
    sandbox serves it binds the sts operations that are about a role; service-linked roles it doesn't, and nobody can
    assume those here anyway."""
    return _levels(world, account, _RCP)


def _levels(world: World, account: str, kind: str) -> list[list[Document]]:
    """One list a level, from the root to the account: each has to allow. The management account has none."""
    organization = world.organization
    if organization is None or account == organization.management or account not in organization.accounts:
        return []
    if kind not in organization.policy_types:
        return []
    levels = [list(organization.attached.get(level, ())) for level in organization.path_to(account)]
    attached = [[organization.policies[policy] for policy in level] for level in levels]
    return [[read(policy.content) for policy in level if policy.type == kind] for level in attached]
