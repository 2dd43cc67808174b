"""Attachments of managed policies: who receives a policy that an exception, or OperatorPermissions, lets exist, and
policies whose ARN the preview can't know.

A policy that an exception names and that the program doesn't create can't be read: it counts as what it is named for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain import iam_carriers
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_carriers import MANAGED_POLICIES
from pulumi_aws_identity_center.domain.resource_types import type_of
from pulumi_aws_identity_center.domain.violation import short_name

from .carried import Flow, attached_policies, flows
from .documents import LockOutGrant, Problem, is_aws_managed, judge_document, judge_managed_policy, policy_name
from .exceptions import Exceptions
from .operator_own import OPERATOR_PERMISSIONS, is_for_own_role, is_own

_FIRST_KEY = re.compile(r"[.\[]")
_PATHS = [path for paths in iam_carriers.FLOWS.values() for _, path in paths]
_LISTS = frozenset(path.partition("[]")[0] for path in _PATHS if "[]" in path)


class Attachments:
    def __init__(self, resources: Sequence[Declared], exceptions: Exceptions) -> None:
        self._resources, self._exceptions = resources, exceptions
        self._policies = {resource.urn: resource for resource in resources if resource.type in MANAGED_POLICIES}
        # What policies give away that nothing else refuses, since they are exceptions; by URN.
        self._excused: dict[str, Problem] = {}
        for policy in self._policies.values():
            if is_own(policy) or exceptions.excuse(policy):
                self._excuse(policy)

    def _excuse(self, policy: Declared) -> None:
        for document in flows(policy):
            if problem := judge_document(document.value):
                self._excused[policy.urn] = problem

    def grants_to_others(self, carrier: Declared) -> Iterator[LockOutGrant]:
        """Excused policies that go to a receiver who is no exception."""
        for flow in attached_policies(carrier):
            problem = self._judge_known(carrier, flow.value)
            if problem is not None:
                yield LockOutGrant(carrier, carrier, flow.kind, flow.where, problem)
        for unknown in _unknown_policies(carrier):
            for problem in self._judge_unknown(unknown):
                yield unknown.grant(problem)

    def _judge_known(self, carrier: Declared, value: Any) -> Problem | None:
        """value: an ARN or a name; what the preview doesn't know is judged by what it comes from."""
        if not isinstance(value, str) or is_aws_managed(value):
            return None
        if judge_managed_policy(value) is not None and not is_own(carrier):
            return None  # reported by its name
        policy = next((policy for policy in self._policies.values() if _is_policy(policy, value)), None)
        problem = self._problem_of(carrier, policy, value)
        return problem and self._judge_receiver(carrier, policy, policy_name(value), problem)

    def _problem_of(self, carrier: Declared, policy: Declared | None, value: str) -> Problem | None:
        """None where the policy grants nothing, or is refused itself, or can't be read."""
        if policy is not None and policy.urn in self._excused:
            return self._excused[policy.urn]
        if is_own(carrier):
            return Problem("is for OperatorPermissions' break-glass roles only")
        if policy is None and self._exceptions.name_policy(policy_name(value)):
            return Problem("can't be read; its name is an exception's")
        return None

    def _judge_unknown(self, unknown: _UnknownPolicies) -> Iterator[Problem]:
        """By what it comes from: an output of OperatorPermissions comes from all of its policies, whichever it is."""
        candidates = self._policies.keys() & unknown.sources
        excused = [urn for urn in self._excused if urn in candidates]
        is_certain = len(excused) == len(candidates) or len(unknown.flows) >= len(candidates)
        for urn in excused:
            policy = self._policies[urn]
            name = str(_name_of(policy) or policy.name)
            problem = self._judge_receiver(unknown.carrier, policy, name, self._excused[urn])
            if problem is not None:
                yield problem if is_certain else Problem(f"perhaps {short_name(name)}", is_known=False)

    def _judge_receiver(
        self, carrier: Declared, policy: Declared | None, name: str, problem: Problem
    ) -> Problem | None:
        """None where the receiver may have it."""
        if is_for_own_role(carrier, policy, self._resources):
            return None
        is_excused = self._exceptions.excuse(carrier)
        if is_excused:
            return None
        if not problem.is_known:
            return Problem("", is_known=False)
        if is_excused is None:
            return Problem("who receives it isn't known", is_known=False)
        return Problem(f"gives {short_name(name)} to {self._receivers(carrier)}, no exception")

    def _receivers(self, carrier: Declared) -> str:
        """Their names, as far as they are known; else the attachment's own."""
        names = [short_name(name) for name in self._exceptions.names(carrier) if name is not UNKNOWN]
        return " and ".join(names) or short_name(carrier.name)


def _is_policy(policy: Declared, value: str) -> bool:
    """Whether an ARN, or a name, is that of a policy of the program's."""
    arn = policy.props.get("arn") or policy.props.get("policyArn")
    if isinstance(arn, str) and value.startswith("arn:"):
        return arn == value
    return bool(_name_of(policy) == policy_name(value))


def _name_of(policy: Declared) -> Any:
    """Its name in AWS, which may be unknown."""
    return policy.props.get(MANAGED_POLICIES[policy.type])


def unknown_policies(carrier: Declared) -> Iterator[LockOutGrant]:
    """Managed policies that the preview can't know and that aren't this program's own, one a property."""
    for unknown in _unknown_policies(carrier):
        if not unknown.are_of_this_program():
            yield unknown.grant(Problem("", is_known=False))


@dataclass(frozen=True)
class _UnknownPolicies:
    """The managed policies of one property of a carrier that the preview can't know. key: the property."""

    carrier: Declared
    key: str
    flows: Sequence[Flow]

    @property
    def sources(self) -> Sequence[str]:
        """The URNs of what they come from."""
        return self.carrier.comes_from.get(self.key, ())

    def grant(self, problem: Problem) -> LockOutGrant:
        """Which of a list's unknown items is which policy can't be known: they are reported once, with the last."""
        last = self.flows[-1]
        return LockOutGrant(self.carrier, self.carrier, last.kind, last.where, problem)

    def are_of_this_program(self) -> bool:
        """Whether they come from policies that the program creates, which are judged themselves."""
        own = {urn for urn in self.sources if type_of(urn) in MANAGED_POLICIES}
        if not self._is_whole_list():
            # A list may have one of each: one policy of the program's excuses one unknown.
            return len(self.flows) <= len(own)
        # The whole list may hold anything that it comes from; an output of OperatorPermissions comes from all its
        # children.
        others = set(self.sources) - own
        return bool(own) and all(f"{OPERATOR_PERMISSIONS}$" in urn for urn in others)

    def _is_whole_list(self) -> bool:
        """An unknown item of a list has its place in brackets."""
        return self.key in _LISTS and self.flows[0].where == self.key


def _unknown_policies(carrier: Declared) -> list[_UnknownPolicies]:
    by_key: dict[str, list[Flow]] = defaultdict(list)
    for flow in attached_policies(carrier):
        if flow.value is UNKNOWN:
            by_key[_FIRST_KEY.split(flow.where)[0]].append(flow)
    return [_UnknownPolicies(carrier, key, flows) for key, flows in by_key.items()]
