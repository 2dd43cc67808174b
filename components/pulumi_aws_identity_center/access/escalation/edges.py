"""The ways in which principals are changed, become, or made from nothing, as calls. A way is a tuple of calls, all of
which have to be possible.

Protected roles are changed by AWS only: repost.aws/knowledge-center/identity-center-aws-reserved-sso,
docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Principal
from pulumi_aws_identity_center.access.permissions import Call
from pulumi_aws_identity_center.domain import aws_managed_policies
from pulumi_aws_identity_center.iam import Document
from pulumi_aws_identity_center.iam.wildcards import matches

from .actions import ASSUME, ATTACH, BECOME, NEW_SAML, PASS, SAML, TRUST

Way = tuple[Call, ...]

_UNREADABLE_TRUST = "the role's trust policy can't be read"
_NO_PROVIDER = "whether the provider is there already isn't told by iam:GetAccountAuthorizationDetails"
NOT_ABOUT_A_PRINCIPAL = (("iam:PermissionsBoundary", ()),)


def protected(principal: Principal) -> bool:
    return ":role/aws-service-role/" in principal.arn or ":role/aws-reserved/" in principal.arn


def service_linked(principal: Principal) -> bool:
    """A role that its service alone assumes and changes."""
    return ":role/aws-service-role/" in principal.arn


def administrator(near: Principal) -> str:
    return aws_managed_policies.arn(aws_managed_policies.ADMINISTRATOR, near.arn)


def attach(holder: Principal, policy: str | None = None) -> Call:
    """Of AdministratorAccess, if no other is named."""
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = (("iam:PolicyARN", policy or administrator(holder)),)
    if holder.kind == "group":
        return Call(ATTACH["group"], holder.arn, (*context, *NOT_ABOUT_A_PRINCIPAL))
    return Call(ATTACH[holder.kind], holder.arn, context, holder)


def on_holder(table: dict[str, str], holder: Principal, policy: str | None = None) -> Call:
    """An action of the table on a user, a role or a group; policy: which of its managed ones it is about."""
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = (("iam:PolicyARN", policy),) if policy else ()
    if holder.kind == "group":
        return Call(table["group"], holder.arn, (*context, *NOT_ABOUT_A_PRINCIPAL))
    return Call(table[holder.kind], holder.arn, context, holder)


def on_policy(action: str, arn: str) -> Call:
    return Call(action, arn, NOT_ABOUT_A_PRINCIPAL)


def on_group(action: str, group: Principal) -> Call:
    return Call(action, group.arn, NOT_ABOUT_A_PRINCIPAL)


def becoming(target: Principal) -> Iterator[Way]:
    """How somebody else could get at a principal's credentials, or act through it."""
    if target.kind == "user":
        yield from ((Call(action, target.arn, (), target),) for action in BECOME["user"])
        return
    if service_linked(target):
        return
    if target.trust is None:
        yield from ((Call(action, target.arn, (), target, _UNREADABLE_TRUST),) for action in (ASSUME, PASS))
    elif any(kind == "AWS" for kind, _ in _trusted(target)) or "*" in trusted_principals(target):
        yield (Call(ASSUME, target.arn, (), target),)
    if not protected(target):
        yield (Call(TRUST, target.arn, (), target),)
    for service in trusted_services(target):
        # What starts something with a role are hundreds of actions: whoever may pass it is taken to have one.
        yield (Call(PASS, target.arn, (("iam:PassedToService", service),), target),)
    for provider in _saml_providers(target):
        yield (on_policy(SAML, provider),)
        yield tuple(on_policy(action, provider) for action in NEW_SAML)
        yield (on_policy(NEW_SAML[1], provider)._replace(doubt=_NO_PROVIDER),)


def trusted_services(role: Principal) -> list[str]:
    return sorted(name for kind, name in _trusted(role) if kind == "Service")


def trusted_principals(role: Principal) -> set[str]:
    """Whom its trust policy names, other than by their account; "*" for everybody."""
    statements = role.trust.statements if role.trust else ()
    names = {name for kind, name in _trusted(role) if kind == "AWS" and (name.startswith("arn:") or name == "*")}
    is_open = any(s.effect == "Allow" and s.not_principal for s in statements)
    return {name for name in names if not name.endswith(":root")} | ({"*"} if is_open else set())


def _saml_providers(role: Principal) -> list[str]:
    return sorted(name for kind, name in _trusted(role) if kind == "Federated" and ":saml-provider/" in name)


def _trusted(role: Principal) -> set[tuple[str, str]]:
    statements = role.trust.statements if role.trust else ()
    return {each for s in statements if s.effect == "Allow" for each in s.principals or ()}


def attachable(account: Account, actions: frozenset[str]) -> Iterator[tuple[HeldPolicy, Document]]:
    """The policies, but for AdministratorAccess, that would give whoever has them one of the actions, or could with
    another default version."""
    near, wanted = account.principals[0].arn if account.principals else "arn:aws:", tuple(sorted(actions))
    known = {aws_managed_policies.arn(name, near): document for name, document in aws_managed_policies.KNOWN.items()}
    for arn, document in {**known, **account.policies}.items():
        if arn.endswith(f":aws:policy/{aws_managed_policies.ADMINISTRATOR}"):
            continue
        others = account.versions.get(arn, ())
        documents = (document, *(each.document for each in others))
        found = (s for each in documents for s in each.statements)
        is_open = any(each.problem for each in others)
        if is_open or any(s.effect == "Allow" and s.concerned(wanted) for s in found):
            yield HeldPolicy(arn), document


def new_names(kind: str, patterns: frozenset[str], account: Account, me: Principal) -> list[str]:
    """ARNs of users, roles, groups or policies that aren't there yet and that the patterns might allow to make."""
    prefix = f"{me.arn.rpartition(':')[0]}:{kind}/"
    taken = {*account.policies, *(each.arn for each in (*account.principals, *account.groups.values()))}
    found = [f"{prefix}who-can-disable"]
    for pattern in sorted(patterns):
        resource = pattern.replace("${aws:username}", me.name).split(":", 5)[-1]
        head, _, name = resource.partition("/")
        if name and matches(head, kind):
            found.append(prefix + name.replace("?", "x").replace("*", "x"))
    return [each for each in dict.fromkeys(found) if each not in taken and "${" not in each][:24]
