"""How somebody else can get at a principal's credentials, or act through it: the edges that give access."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.permissions import Call, Context

from .calls import Way, on_resource
from .edges import ASSUME_ROLE, BECOMING, PASS_ROLE, Edge, Needs

_UNREADABLE_TRUST = "the role's trust policy can't be read"


def ways_to_become(target: Principal) -> Iterator[Way]:
    if target.is_user:
        yield from (_way(edge, target) for edge in _edges_on("user"))
    elif not target.is_service_linked:
        yield from _ways_into_role(target)


def _way(edge: Edge, target: Principal, context: Context = ()) -> Way:
    return tuple(Call(action, target.arn, context, target, edge.doubt) for action in edge.actions)


def _edges_on(kind: str) -> list[Edge]:
    return [edge for edge in BECOMING if edge.on == kind]


def _ways_into_role(role: Principal) -> Iterator[Way]:
    if role.trust is None:
        for action in (ASSUME_ROLE, PASS_ROLE):
            yield (Call(action, role.arn, (), role, _UNREADABLE_TRUST),)
    for edge in _edges_on("role"):
        yield from (_way(edge, role, context) for context in _contexts(edge.needs, role))
    providers = [name for name in role.trusted("Federated") if ":saml-provider/" in name]
    for provider, edge in product(providers, _edges_on("saml-provider")):
        yield tuple(on_resource(action, provider, edge.doubt) for action in edge.actions)


def _contexts(needs: Needs, role: Principal) -> list[Context]:
    """What the call has in its context, for each call that gives access; none if the role lacks what the edge needs."""
    if needs is Needs.TRUST_OF_A_SERVICE:
        return [(("iam:PassedToService", service),) for service in role.trusted("Service")]
    is_met = {
        Needs.NOTHING: True,
        Needs.TRUST_OF_A_PRINCIPAL: bool(role.trusted("AWS")) or _excludes_principals(role),
        Needs.CHANGEABLE: not role.is_protected,
    }
    return [()] if is_met[needs] else []


def trusted_principals(role: Principal) -> list[str]:
    """The ARNs that the trust policy names, without whole accounts; "*" if it lets in everybody."""
    names = [name for name in role.trusted("AWS") if _is_principal_name(name)]
    if _excludes_principals(role) and "*" not in names:
        names.append("*")
    return names


def _is_principal_name(name: str) -> bool:
    is_account = name.endswith(":root")
    return name == "*" or (name.startswith("arn:") and not is_account)


def _excludes_principals(role: Principal) -> bool:
    """Whether an Allow of the trust policy has NotPrincipal, and so lets in everybody else."""
    return any(allow.not_principal for allow in role.trust.allows) if role.trust else False
