"""The edges by which one principal becomes another: it gets the other's credentials, or acts through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.permissions import Call

from .calls import Way, on_resource
from .edges import ACCESS_EDGES, ASSUME_ROLE, PASS_ROLE, Needs

_UNREADABLE_TRUST = "the role's trust policy can't be read"


def ways_to_access(target: Principal) -> Iterator[Way]:
    """By each edge that gives access and needs nothing that the target lacks. A service-linked role has none."""
    if target.is_service_linked:
        return
    if target.is_role and target.trust is None:
        yield (Call(ASSUME_ROLE, target.arn, (), target, _UNREADABLE_TRUST),)
        yield (Call(PASS_ROLE, target.arn, (), target, _UNREADABLE_TRUST),)
    calls_by_need = _calls_by_need(target)
    for edge in ACCESS_EDGES[target.kind]:
        for call in calls_by_need[edge.needs]:
            yield tuple(call._replace(action=action, doubt=edge.doubt) for action in edge.actions)


def _calls_by_need(target: Principal) -> Mapping[Needs, list[Call]]:
    """The calls that give access, but for their action; none where the target lacks what is needed."""
    call = Call("", target.arn, target=target)
    providers = [name for name in target.trusted("Federated") if ":saml-provider/" in name]
    return {
        Needs.NOTHING: [call],
        Needs.A_PASSWORD: [call],
        Needs.TRUST_OF_A_PRINCIPAL: [call] if trusted_names(target) else [],
        Needs.CHANGEABLE: [] if target.is_protected else [call],
        Needs.TRUST_OF_A_SERVICE: [
            call._replace(context=(("iam:PassedToService", service),)) for service in target.trusted("Service")
        ],
        Needs.TRUST_OF_A_SAML_PROVIDER: [on_resource("", provider) for provider in providers],
        Needs.A_PERMISSION_SET: [Call("", "*")] if target.is_of_permission_set else [],
    }


def trusted_names(role: Principal) -> list[str]:
    """What the trust policy names as AWS; "*" too if an Allow has NotPrincipal, and so lets in everybody else."""
    names = role.trusted("AWS")
    return [*names, "*"] if role.trusts_by_exclusion else names
