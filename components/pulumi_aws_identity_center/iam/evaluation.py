"""IAM's policy evaluation (reference_policies_evaluation-logic.html in docs.aws.amazon.com/IAM/latest/UserGuide), in
three-valued logic: a verdict other than UNDETERMINED holds whatever the unknown keys turn out to be."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .conditions import holds, operator
from .document import Document, Statement
from .policy_variables import resolve, unknown_variables
from .request import Request, Unknown
from .ternary import Truth, conj, disj, neg
from .wildcards import matches, relation

Found = list[tuple[Statement, Truth]]


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
    bounds: list[Sequence[Document]] = [[boundary]] if boundary is not None else []
    sessions: list[Sequence[Document]] = [session] if session is not None else []
    limits = [document for level in (*bounds, *sessions, *scps) for document in level]
    everything = [*identity, *resource_policies, *limits]
    denied = _matching(everything, "Deny", request)
    certain = tuple(statement for statement, truth in denied if truth)
    if certain:
        return _decided(Verdict.DENIED, certain)
    bound = [_matching(level, "Allow", request) for level in bounds]
    within_session = [_matching(level, "Allow", request) for level in sessions]
    levels = [_matching(level, "Allow", request) for level in scps]
    own = _matching(identity, "Allow", request)
    named = _matching(resource_policies, "Allow", request)
    allowed = conj(
        [
            _granted(own, named, bound, within_session, request),
            _any(named) if resource_must_allow else True,
            *(_any(level) for level in levels),
            neg(_any(denied)),
        ]
    )
    if allowed is False:
        return Decision(Verdict.DENIED)
    granting = tuple(statement for statement, _ in [*own, *named])
    if allowed:
        return _decided(Verdict.ALLOWED, tuple(statement for statement, truth in [*own, *named] if truth))
    limiting = [statement for level in (*bound, *within_session, *levels) for statement, _ in level]
    doubtful = (*granting, *limiting, *(statement for statement, _ in denied))
    return _decided(Verdict.UNDETERMINED, doubtful, unknown_in(doubtful, request))


def certainly_denies(document: Document, request: Request) -> bool:
    """Whether a statement of it denies the request for certain, which nothing else that is in force can undo."""
    return any(
        statement.effect == "Deny" and statement.concerns(request.lower_action) and applies(statement, request) is True
        for statement in document.statements
    )


def _matching(documents: Iterable[Document], effect: str, request: Request) -> Found:
    """The statements with that effect that match the request, or could."""
    matching: Found = []
    for document in documents:
        for statement in document.about(request.lower_action):
            if statement.effect != effect:
                continue
            truth = applies(statement, request)
            if truth is not False:
                matching.append((statement, truth))
    return matching


def _granted(own: Found, named: Found, bound: Sequence[Found], session: Sequence[Found], request: Request) -> Truth:
    """Whether identity policies, or a resource's policy that names the caller itself, grant it within the limits.

    What the resource's policy names decides which limits count (reference_policies_evaluation-logic_policy-eval-
    basics.html, access_policies_boundaries.html): a role's ARN is within boundary and session policy, a user's ARN
    within the session policy only, and a session's ARN (assumed-role, federated-user) within neither.
    """
    by_role, by_user, by_session = [_any(own)], list[Truth](), list[Truth]()
    for statement, truth in named:
        names = _direct_names(statement, request)
        if names:
            by_role.append(truth)
        if any(":user/" in name for name in names):
            by_user.append(truth)
        if any(_is_session(name) for name in names):
            by_session.append(truth)
    bounded = [_any(level) for level in bound]
    in_session = [_any(level) for level in session]
    return disj(
        [
            conj([disj(by_role), *bounded, *in_session]),
            conj([disj(by_user), *in_session]),
            disj(by_session),
        ]
    )


def _is_session(name: str) -> bool:
    return ":assumed-role/" in name or ":federated-user/" in name


def _any(found: Iterable[tuple[Statement, Truth]]) -> Truth:
    return disj(truth for _, truth in found)


def applies(statement: Statement, request: Request) -> Truth:
    """Whether a statement that concerns the request's action matches the rest of it."""
    return conj(_parts(statement, request))


def _parts(statement: Statement, request: Request) -> Iterable[Truth]:
    if statement.resources is not None:
        yield _resource(statement, request)
    if statement.principals is not None:
        yield _principal(statement, request)
    for name, key, values in statement.conditions:
        yield holds(name, key, values, request, statement.variables)


def _resource(statement: Statement, request: Request) -> Truth:
    assert statement.resources is not None
    answers: list[Truth] = []
    for text in statement.resources:
        pattern = resolve(text, request) if statement.variables else text
        if isinstance(pattern, Unknown):
            answers.append(None)
        elif pattern is None:
            answers.append(None if statement.not_resource else False)
        elif request.resource_is_shape:
            answers.append(relation(pattern, request.resource))
        else:
            answers.append(matches(pattern, request.resource))
    is_named = disj(answers)
    return neg(is_named) if statement.not_resource else is_named


def _principal(statement: Statement, request: Request) -> Truth:
    assert statement.principals is not None
    if ("AWS", "*") in statement.principals:
        is_named: Truth = True
    elif not request.principals:
        is_named = None
    else:
        is_named = not statement.principals.isdisjoint(request.principals)
    return neg(is_named) if statement.not_principal else is_named


def _direct_names(statement: Statement, request: Request) -> set[str]:
    """By which names a resource's policy names the caller itself; none if it names no more than its account."""
    if statement.principals is None or statement.not_principal:
        return set()
    names = {"*"} if ("AWS", "*") in statement.principals else set()
    for kind, name in statement.principals & request.principals:
        is_account = kind == "AWS" and (not name.startswith("arn:") or name.endswith(":root"))
        if not is_account:
            names.add(name)
    return names


def unknown_in(statements: Iterable[Statement], request: Request) -> frozenset[str]:
    """Which keys, of conditions and of variables, keep the statements from being decided."""
    names: set[str] = set()
    for statement in statements:
        for name, key, values in statement.conditions:
            if holds(name, key, values, request, statement.variables) is None:
                variables = unknown_variables(values, request) if statement.variables else set()
                names |= variables
                is_decidable = operator(name) is not None and not isinstance(request.values(key), Unknown)
                if not variables or not is_decidable:
                    names.add(key)
        if statement.variables:
            names |= unknown_variables(statement.resources or (), request)
    return frozenset(names)


def conditions_of(statement: Statement) -> tuple[str, ...]:
    """A statement's conditions as text, a Deny's as what must not hold."""
    prefix = "unless " if statement.effect == "Deny" else ""
    return tuple(f"{prefix}{name} {key} {', '.join(values)}" for name, key, values in statement.conditions)


def _decided(verdict: Verdict, by: tuple[Statement, ...], unknown: frozenset[str] = frozenset()) -> Decision:
    conditions = dict.fromkeys(text for statement in by for text in conditions_of(statement))
    return Decision(verdict, by, tuple(conditions), unknown)
