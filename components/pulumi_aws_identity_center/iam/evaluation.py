"""IAM's policy evaluation (reference_policies_evaluation-logic.html in docs.aws.amazon.com/IAM/latest/UserGuide), in
three-valued logic: a verdict other than UNDETERMINED holds whatever the unknown keys turn out to be."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple

from .conditions import holds, operator
from .document import Condition, Document, Statement
from .policy_variables import resolve, unknown_variables
from .request import Request, Unknown
from .ternary import Truth, conj, disj, neg, neg_if, unknown_if
from .wildcards import matches, relation


class Match(NamedTuple):
    """A statement that concerns the request's action, and whether it matches the rest of the request."""

    statement: Statement
    truth: Truth


class Verdict(enum.Enum):
    ALLOWED = "allowed"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Decision:
    """by: the statements that decided (ALLOWED: those that allow; DENIED: those that deny, none for an implicit deny;
    UNDETERMINED: those that could do either). conditions: theirs, as text. unknown: keys in doubt."""

    verdict: Verdict
    by: tuple[Statement, ...] = ()
    conditions: tuple[str, ...] = ()
    unknown: frozenset[str] = frozenset()


def evaluate(
    request: Request,
    *,
    identity: Sequence[Document],
    boundary: Document | None = None,
    session: Sequence[Document] | None = None,
    scps: Sequence[Sequence[Document]] = (),
    resource_policies: Sequence[Document] = (),
    resource_must_allow: bool = False,
) -> Decision:
    """May the caller do it? scps: one sequence a level, from the root down. resource_policies: of the caller's own
    account; one that names the caller itself is enough, one that names the account leaves it to the identity policies.
    resource_must_allow: as for sts:AssumeRole, where the trust policy always has to."""
    bounds = [[boundary]] if boundary is not None else []
    sessions = [session] if session is not None else []
    denies = _matches(chain(identity, resource_policies, *bounds, *sessions, *scps), "Deny", request)
    certain_denies = _certain(denies)
    if certain_denies:
        return _decided(Verdict.DENIED, certain_denies)
    allows = partial(_matches, effect="Allow", request=request)
    own, named = allows(identity), allows(resource_policies)
    within_bounds, within_sessions, within_scps = (list(map(allows, limits)) for limits in (bounds, sessions, scps))
    allowed = conj(
        [
            _granted(own, named, within_bounds, within_sessions, request),
            not resource_must_allow or _any(named),
            *map(_any, within_scps),
            neg(_any(denies)),
        ]
    )
    if allowed is False:
        return Decision(Verdict.DENIED)
    if allowed:
        return _decided(Verdict.ALLOWED, _certain([*own, *named]))
    matches = chain(own, named, *within_bounds, *within_sessions, *within_scps, denies)
    doubtful = tuple(match.statement for match in matches)
    return _decided(Verdict.UNDETERMINED, doubtful, unknown_in(doubtful, request))


def _certain(matches: Iterable[Match]) -> tuple[Statement, ...]:
    """The statements that match whatever the unknown keys are."""
    return tuple(match.statement for match in matches if match.truth)


def certainly_denies(document: Document, request: Request) -> bool:
    """Whether a statement of it denies the request for certain, which nothing else that is in force can undo."""
    return any(applies(deny, request) for deny in document.about(request.lower_action, "Deny"))


def _matches(documents: Iterable[Document], effect: str, request: Request) -> list[Match]:
    """The statements with that effect that match the request, or could."""
    matches: list[Match] = []
    for document in documents:
        for statement in document.about(request.lower_action, effect):
            truth = applies(statement, request)
            if truth is not False:
                matches.append(Match(statement, truth))
    return matches


def _granted(
    own: list[Match], named: list[Match], bounds: list[list[Match]], sessions: list[list[Match]], request: Request
) -> Truth:
    """Whether identity policies, or a resource's policy that names the caller itself, grant it within the limits.

    What the resource's policy names decides which limits count (reference_policies_evaluation-logic_policy-eval-
    basics.html, access_policies_boundaries.html): a role's ARN is within boundary and session policy, a user's ARN
    within the session policy only, and a session's ARN (assumed-role, federated-user) within neither.
    """
    by_identity, by_user, by_session = [_any(own)], list[Truth](), list[Truth]()
    for statement, truth in named:
        names = _direct_names(statement, request)
        if names:
            by_identity.append(truth)
        if any(":user/" in name for name in names):
            by_user.append(truth)
        if any(_is_session(name) for name in names):
            by_session.append(truth)
    within_session = conj(map(_any, sessions))
    within_both = conj([*map(_any, bounds), within_session])
    return disj([conj([disj(by_identity), within_both]), conj([disj(by_user), within_session]), disj(by_session)])


def _is_session(name: str) -> bool:
    return ":assumed-role/" in name or ":federated-user/" in name


def _any(matches: Iterable[Match]) -> Truth:
    return disj(match.truth for match in matches)


def applies(statement: Statement, request: Request) -> Truth:
    """Whether a statement that concerns the request's action matches the rest of it."""
    return conj(_parts(statement, request))


def _parts(statement: Statement, request: Request) -> Iterable[Truth]:
    if statement.resources is not None:
        yield _resource(statement, request)
    if statement.principals is not None:
        yield _principal(statement, request)
    for condition in statement.conditions:
        yield holds(condition, request, statement.variables)


def _resource(statement: Statement, request: Request) -> Truth:
    is_named = disj([_names_resource(text, statement, request) for text in statement.resources or ()])
    return neg_if(statement.not_resource, is_named)


def _names_resource(text: str, statement: Statement, request: Request) -> Truth:
    """Whether one of a statement's resources, or of its NotResource, matches the request's."""
    pattern = resolve(text, request) if statement.variables else text
    if isinstance(pattern, Unknown):
        return None
    if pattern is None:
        # A variable in it has no value: no match. What NotResource makes of it, no page says.
        return unknown_if(statement.not_resource)
    if request.resource_is_shape:
        return relation(pattern, request.resource)
    return matches(pattern, request.resource)


def _principal(statement: Statement, request: Request) -> Truth:
    is_named = _names_principal(statement.principals or frozenset(), request)
    return neg_if(statement.not_principal, is_named)


def _names_principal(principals: frozenset[tuple[str, str]], request: Request) -> Truth:
    if ("AWS", "*") in principals:
        return True
    if not request.principals:
        return None
    return not principals.isdisjoint(request.principals)


def _direct_names(statement: Statement, request: Request) -> set[str]:
    """By which names a resource's policy names the caller itself; none if it names no more than its account."""
    if statement.principals is None or statement.not_principal:
        return set()
    named = statement.principals & (request.principals | {("AWS", "*")})
    return {name for _kind, name in named if not _is_account(name)}


def _is_account(name: str) -> bool:
    return name.isdigit() or name.endswith(":root")


def unknown_in(statements: Iterable[Statement], request: Request) -> frozenset[str]:
    """Which keys, of conditions and of variables, keep the statements from being decided."""
    names: set[str] = set()
    for statement in statements:
        for condition in statement.conditions:
            if holds(condition, request, statement.variables) is None:
                names |= _unknown_in_condition(condition, request, statement.variables)
        if statement.variables:
            names |= unknown_variables(statement.resources or (), request)
    return frozenset(names)


def _unknown_in_condition(condition: Condition, request: Request, variables: bool) -> set[str]:
    """Of a condition that can't be told: its variables, its key, or both."""
    names = unknown_variables(condition.values, request) if variables else set()
    is_key_known = not isinstance(request.values(condition.key), Unknown)
    is_undecided_by_variables = bool(names) and is_key_known and operator(condition.operator) is not None
    return names if is_undecided_by_variables else names | {condition.key}


def conditions_of(statement: Statement) -> tuple[str, ...]:
    """A statement's conditions as text, a Deny's as what must not hold."""
    prefix = "unless " if statement.effect == "Deny" else ""
    return tuple(f"{prefix}{name} {key} {', '.join(values)}" for name, key, values in statement.conditions)


def _decided(verdict: Verdict, by: tuple[Statement, ...], unknown: frozenset[str] = frozenset()) -> Decision:
    conditions = dict.fromkeys(text for statement in by for text in conditions_of(statement))
    return Decision(verdict, by, tuple(conditions), unknown)
