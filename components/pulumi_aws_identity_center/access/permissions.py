"""What a principal's policies allow, as they are or after somebody changed them, by IAM's evaluator.

The account is the organization's management account, so no SCP applies
(docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from pulumi_aws_identity_center.iam import (
    ALLOW_ALL,
    LOCK_OUT_ACTIONS,
    LOCK_OUT_BY_KEY,
    Condition,
    Decision,
    Document,
    Request,
    Statement,
    Verdict,
    evaluate,
    lock_out_request,
)
from pulumi_aws_identity_center.iam.ternary import Truth
from pulumi_aws_identity_center.iam.wildcards import may_match
from pulumi_aws_identity_center.names import SERVICE_PRINCIPAL_KEY

from . import condition_solver, request_context
from .account import Account, HeldPolicy, Principal
from .condition_solver import Hints
from .escalation.edges import ACTIONS, ASSUME_ROLE
from .escalation.identity_center import RESOURCES
from .request_context import UNKNOWN_KEYS, Known, Values

Context = tuple[tuple[str, Values], ...]

_ACTION_BY_LOWER = {action.lower(): action for action in ACTIONS}
_LOWER_ACTIONS = tuple(_ACTION_BY_LOWER)


class Call(NamedTuple):
    """An action on a resource. context: the condition keys that this call settles. target: the principal that the
    resource is. doubt: what isn't known of the call, also where the policies allow it."""

    action: str
    resource: str
    context: Context = ()
    target: Principal | None = None
    doubt: str = ""

    @property
    def trust(self) -> Document | None:
        """The trust policy that has to allow it."""
        if self.action != ASSUME_ROLE or self.target is None:
            return None
        return self.target.trust


@dataclass(frozen=True)
class Permission:
    """can: None if it depends on what isn't known; then, or if a policy couldn't be read, doubt says on what.
    through: the policies that allow it. conditions: under which, as text; always: whether it is allowed whatever
    these are."""

    can: bool | None
    through: tuple[HeldPolicy, ...] = ()
    conditions: tuple[str, ...] = ()
    doubt: str = ""
    always: bool = False


NO_PERMISSION = Permission(False)
_FROM_LEAST_CERTAIN: tuple[Truth, ...] = (False, None, True)


@dataclass
class Permissions:
    """context: what is known of each of its requests. hints: what the unknown values certainly can be."""

    principal: Principal
    documents: dict[HeldPolicy, Document]
    boundary: Document | None
    groups: tuple[str, ...] = ()
    context: Known = field(default_factory=dict, repr=False, compare=False)
    hints: Hints = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, principal: Principal, account: Account) -> Permissions:
        """As they are. A boundary that can't be read is one of its problems: these are the most that it could have."""
        return cls(
            principal,
            dict(principal.documents),
            account.policies.get(principal.boundary or ""),
            tuple(principal.groups),
            {**request_context.context_of(principal), **account.known},
            request_context.hints_of(principal),
        )

    # ---- after a change

    def with_identity(self, principal: Principal, account: Account) -> Permissions:
        """With another name or other tags."""
        context = {**request_context.context_of(principal), **account.known}
        hints = request_context.hints_of(principal)
        return dataclasses.replace(self, principal=principal, context=context, hints=hints)

    def with_policy(self, policy: HeldPolicy, document: Document) -> Permissions:
        return dataclasses.replace(self, documents={**self.without_policy(policy).documents, policy: document})

    def with_version(self, arn: str, document: Document) -> Permissions:
        """A managed policy says something else, wherever it has it: it may be its boundary too."""
        documents = {policy: document if policy.name == arn else old for policy, old in self.documents.items()}
        after = dataclasses.replace(self, documents=documents)
        return after.with_boundary(arn, document) if arn == self.principal.boundary else after

    def without_policy(self, policy: HeldPolicy) -> Permissions:
        documents = dict(self.documents)
        documents.pop(policy, None)
        return dataclasses.replace(self, documents=documents)

    def with_group(self, name: str, documents: Mapping[HeldPolicy, Document]) -> Permissions:
        return dataclasses.replace(self, documents={**self.documents, **documents}, groups=(*self.groups, name))

    def without_group(self, name: str) -> Permissions:
        documents = {policy: document for policy, document in self.documents.items() if policy.group != name}
        groups = tuple(group for group in self.groups if group != name)
        return dataclasses.replace(self, documents=documents, groups=groups)

    def with_boundary(self, arn: str | None, document: Document | None) -> Permissions:
        """document: None if it limits nothing."""
        principal = dataclasses.replace(self.principal, boundary=arn)
        return dataclasses.replace(self, principal=principal, boundary=document)

    def with_all_of(self, before: Permissions) -> Permissions:
        """What it or it before allows, without what only one of them denies; everything if it is another principal."""
        if self.principal is not before.principal:
            return Permissions(self.principal, {HeldPolicy("*"): ALLOW_ALL}, None)
        documents = dict(self.documents)
        nothing = Document(())
        for policy in {**before.documents, **self.documents}:
            old, new = before.documents.get(policy, nothing), self.documents.get(policy, nothing)
            if old is not new:
                denies = tuple(statement for statement in old.denies if statement in new.denies)
                documents[policy] = Document((*old.allows, *new.allows, *denies))
        groups = tuple(dict.fromkeys((*before.groups, *self.groups)))
        return dataclasses.replace(self, documents=documents, groups=groups)

    # ---- by names: quick, and never a wrong no

    def resource_patterns(self, action: str) -> tuple[str, ...]:
        """The resources that its Allows of an action name, sorted; none: no policy gives it the action."""
        return self._patterns_by_action.get(action, ())

    @cached_property
    def _patterns_by_action(self) -> dict[str, tuple[str, ...]]:
        patterns: defaultdict[str, set[str]] = defaultdict(set)
        for statement in chain.from_iterable(document.allows for document in self.documents.values()):
            for lower_action in statement.concerned(_LOWER_ACTIONS):
                action = _ACTION_BY_LOWER[lower_action]
                patterns[action].update(("*",) if action in RESOURCES else statement.resource_patterns)
        return {action: tuple(sorted(resources)) for action, resources in patterns.items()}

    def is_in(self, group: Principal) -> bool:
        return group.name in self.groups

    def has_any_of(self, actions: Sequence[str]) -> bool:
        """Whether a policy gives it one of the actions, on any resource."""
        return any(self.resource_patterns(action) for action in actions)

    def may_name(self, action: str, resource: str) -> bool:
        return any(may_match(pattern, resource) for pattern in self.resource_patterns(action))

    def may_allow(self, call: Call) -> bool:
        """Whether a policy of its own, or a trust policy, names what the call is about."""
        return self._is_trusted_by(call.trust) or self.may_name(call.action, call.resource)

    def _is_trusted_by(self, trust: Document | None) -> bool:
        if trust is None:
            return False
        names_of_caller = request_context.names_in_trust_policy(self.principal, trust)
        return any(request_context.lets_in(trust, names) for names in names_of_caller)

    def statements(self, *actions: str) -> Iterator[Statement]:
        """All that it has about the actions, or about any if none is given; its boundary's too."""
        boundary = [self.boundary] if self.boundary else []
        statements = chain.from_iterable(document.statements for document in (*self.documents.values(), *boundary))
        if not actions:
            return statements
        lower_actions = tuple(map(str.lower, actions))
        return (statement for statement in statements if statement.concerned(lower_actions))

    def conditions(self, *actions: str) -> Iterator[Condition]:
        return chain.from_iterable(statement.conditions for statement in self.statements(*actions))

    def _allows(self, action: str) -> bool:
        """Whether a policy allows it the action, on any resource and under any condition."""
        lower_action = action.lower()
        return any(document.allows_any(lower_action) for document in self.documents.values())

    # ---- by the evaluator

    def decide(self, call: Call) -> Permission:
        """Whether it can make the call, at least under circumstances that it can bring about."""
        if not self.may_allow(call):
            return NO_PERMISSION
        permission = self._decide_on_each(call.action) if call.action in RESOURCES else self._decide_by_any_name(call)
        if permission.can and call.doubt:
            return Permission(None, doubt=call.doubt)
        return permission

    def _decide_by_any_name(self, call: Call) -> Permission:
        names_of_caller = request_context.names_in_trust_policy(self.principal, call.trust)
        permissions = (self._decide(self._request(call, names), call.trust) for names in names_of_caller)
        return max(permissions, key=_certainty)

    def _decide_on_each(self, action: str) -> Permission:
        """An action of Identity Center, on all of its resources: the least certain decision counts."""
        arns = (arn.format(account=self.principal.account) for arn in RESOURCES[action])
        return min((self.decide_on_shape(action, arn) for arn in arns), key=_certainty)

    def _request(self, call: Call, names: frozenset[tuple[str, str]]) -> Request:
        context = {
            **self.context,
            SERVICE_PRINCIPAL_KEY: (),  # Organizations' key is not in a request to IAM or STS
            **request_context.about_target(call.action, call.target),
            **request_context.region_of(call.action, self.principal),
            **request_context.absent_from(call.action),
            **dict(call.context),
        }
        closed = request_context.closed_prefixes(self.principal)
        if call.target is not None and call.target.tags_are_known:
            closed += request_context.RESOURCE_TAG_PREFIXES
        return Request(call.action, call.resource, context, UNKNOWN_KEYS, principals=names, closed=closed)

    def decide_in_organizations(self, action: str, context: Mapping[str, str]) -> Permission:
        """An action of Organizations that has no resource."""
        known_keys = {**self.context, **request_context.region_of(action, self.principal), **context}
        closed = request_context.closed_prefixes(self.principal)
        return self._decide(Request(action, "*", known_keys, UNKNOWN_KEYS, closed=closed))

    def lock_out_permissions(self, instance_key: str) -> Iterator[tuple[str, Permission]]:
        """Each lock-out action, and whether it can call it. instance_key: as of Account."""
        for action in LOCK_OUT_ACTIONS:
            yield action, self._decide_lock_out(action)
        for action in LOCK_OUT_BY_KEY if instance_key else ():
            yield action, self.decide_on_shape(action, instance_key)

    def _decide_lock_out(self, action: str) -> Permission:
        if not self._allows(action):
            return NO_PERMISSION
        context = {**self.context, **request_context.region_of(action, self.principal)}
        return self._decide(lock_out_request(action, context, UNKNOWN_KEYS, self._closed_elsewhere))

    def decide_on_shape(self, action: str, resource: str) -> Permission:
        """An action on a resource of which the ARN is known in part: each * in it is text that isn't known."""
        if not self._allows(action):
            return NO_PERMISSION
        context = {**self.context, SERVICE_PRINCIPAL_KEY: ()}
        is_shape = resource != "*"
        return self._decide(Request(action, resource, context, UNKNOWN_KEYS, is_shape, closed=self._closed_elsewhere))

    @property
    def _closed_elsewhere(self) -> tuple[str, ...]:
        return (*request_context.closed_prefixes(self.principal), *request_context.KEYS_OF_OTHER_SERVICES)

    def _decide(self, request: Request, trust: Document | None = None) -> Permission:
        identity_policies = list(self.documents.values())

        def decide(request: Request) -> Decision:
            return evaluate(
                request,
                identity=identity_policies,
                boundary=self.boundary,
                resource_policies=[trust] if trust else [],
                resource_must_allow=trust is not None,
            )

        decision = condition_solver.settle(request, decide(request), decide, self.hints)
        if decision.verdict is Verdict.DENIED:
            return NO_PERMISSION
        if decision.unknown:
            return Permission(None, doubt=f"depends on {', '.join(sorted(decision.unknown))}")
        problems = "; ".join(dict.fromkeys(self.principal.problems))
        is_certain = decision.verdict is Verdict.ALLOWED
        return Permission(True, self._policies_of(decision.by), decision.conditions, problems, is_certain)

    def _policies_of(self, statements: Sequence[Statement]) -> tuple[HeldPolicy, ...]:
        """The policies that have one of these very Allow statements, without those that it writes on the way."""
        identities = set(map(id, statements))
        return tuple(
            policy
            for policy, document in self.documents.items()
            if not policy.is_written_on_the_way and not identities.isdisjoint(map(id, document.allows))
        )


def _certainty(permission: Permission) -> int:
    return _FROM_LEAST_CERTAIN.index(permission.can)


def may_lock_out(documents: Sequence[Document], principal: Principal, boundary: Document | None = None) -> bool:
    """Whether these documents would give the principal a lock-out action, or could."""
    context = request_context.context_of(principal)
    for action in LOCK_OUT_ACTIONS:
        request = lock_out_request(action, context, UNKNOWN_KEYS)
        if evaluate(request, identity=documents, boundary=boundary).verdict is not Verdict.DENIED:
            return True
    return False
