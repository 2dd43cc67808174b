"""How somebody else can get at a principal's credentials, or act through it: the edges that give access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.permissions import Call, Context

from .calls import Way, on_resource
from .edges import ASSUME_ROLE, BECOMING, PASS_ROLE, Needs

_UNREADABLE_TRUST = "the role's trust policy can't be read"


def ways_to_become(target: Principal) -> Iterator[Way]:
    """By each edge that gives access and needs nothing that the target lacks. A service-linked role has none."""
    if target.is_service_linked:
        return
    if target.is_role and target.trust is None:
        for action in (ASSUME_ROLE, PASS_ROLE):
            yield (Call(action, target.arn, (), target, _UNREADABLE_TRUST),)
    contexts = _contexts_by_need(target)
    for edge in BECOMING[target.kind]:
        for context in contexts[edge.needs]:
            yield tuple(Call(action, target.arn, context, target, edge.doubt) for action in edge.actions)
    providers = filter(_is_saml_provider, target.trusted("Federated"))
    for provider, edge in product(providers, BECOMING["saml-provider"]):
        yield tuple(on_resource(action, provider, edge.doubt) for action in edge.actions)


def _contexts_by_need(target: Principal) -> Mapping[Needs, list[Context]]:
    """What a call that gives access has in its context, for each such call; none where the target lacks the need."""
    return {
        Needs.NOTHING: [()],
        Needs.A_PASSWORD: [()],
        Needs.TRUST_OF_A_PRINCIPAL: [()] if trusted_names(target) else [],
        Needs.CHANGEABLE: [] if target.is_protected else [()],
        Needs.TRUST_OF_A_SERVICE: [(("iam:PassedToService", service),) for service in target.trusted("Service")],
    }


def trusted_names(role: Principal) -> list[str]:
    """What the trust policy names as AWS; "*" too if an Allow has NotPrincipal, and so lets in everybody else."""
    names = role.trusted("AWS")
    return [*names, "*"] if role.trusts_by_exclusion else names


def _is_saml_provider(name: str) -> bool:
    return ":saml-provider/" in name
