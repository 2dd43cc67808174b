"""Attachments of managed policies: who receives a policy that an exception, or OperatorPermissions, lets exist, and
policies whose ARN the preview can't know.

A policy that an exception names and that the program doesn't create can't be read: it counts as what it is named for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.resource_types import type_of
from pulumi_aws_identity_center.domain.violation import short_name

from .carried import FLOWS, Kind, flows
from .documents import Problem, is_aws_managed, judge_document, judge_managed_policy, policy_name
from .exceptions import Exceptions
from .lock_out_grant import LockOutGrant
from .operator_own import OPERATOR_PERMISSIONS, is_for_own_role, is_own
from .receivers import MANAGED_POLICIES

_DOCUMENT_KEYS = ("policy", "policyDocument")


class Attachments:
    """The attachments and managed policies of one stack."""

    def __init__(self, resources: Sequence[Declared], exceptions: Exceptions) -> None:
        self._resources, self._exceptions = resources, exceptions
        self._policies = [resource for resource in resources if resource.type in MANAGED_POLICIES]
        self._excused: dict[str, Problem] = {}
        for policy in self._policies:
            if is_own(policy) or exceptions.excuse(policy) is True:
                self._excuse(policy)

    def _excuse(self, policy: Declared) -> None:
        """Keeps what a policy gives away that nothing else refuses, since it is an exception."""
        for key in _DOCUMENT_KEYS:
            document = policy.props.get(key)
            if document in (None, ""):
                continue
            if problem := judge_document(document):
                self._excused[policy.urn] = problem
            return

    def grants_to_others(self, carrier: Declared) -> Iterator[LockOutGrant]:
        """Excused policies that go to a receiver who is no exception."""
        for kind, where, value in flows(carrier):
            if kind is Kind.DOCUMENT:
                continue
            for problem in self._problems(carrier, where, value):
                yield LockOutGrant(carrier, carrier, kind, where, problem.text, problem.is_known)

    def _problems(self, carrier: Declared, where: str, value: Any) -> Iterator[Problem]:
        if value is UNKNOWN:
            yield from self._of_unknown(carrier, where)
        elif isinstance(value, str) and not is_aws_managed(value):
            yield from self._of_known(carrier, value)

    def _of_known(self, carrier: Declared, value: str) -> Iterator[Problem]:
        is_refused_by_name = judge_managed_policy(value) is not None
        if is_refused_by_name and not is_own(carrier):
            return  # reported once, by its name
        policy = next((policy for policy in self._policies if _is_policy(policy, value)), None)
        problem = self._problem_of(carrier, policy, value)
        if problem is not None:
            yield from self._judge_receiver(carrier, policy, policy_name(value), problem)

    def _problem_of(self, carrier: Declared, policy: Declared | None, value: str) -> Problem | None:
        """None where the policy grants nothing, or is refused itself, or can't be read."""
        if policy is not None and policy.urn in self._excused:
            return self._excused[policy.urn]
        if is_own(carrier):
            return Problem("is for OperatorPermissions' break-glass roles only")
        if policy is None and self._exceptions.name_policy(policy_name(value)):
            return Problem("can't be read; its name is an exception's")
        return None

    def _of_unknown(self, carrier: Declared, where: str) -> Iterator[Problem]:
        """By what it comes from: an output of OperatorPermissions comes from all of its policies, whichever it is."""
        key = _top_key(where)
        places = _unknown_places(carrier, key)
        urns = set(carrier.comes_from.get(key, ()))
        candidates = [policy for policy in self._policies if policy.urn in urns]
        excused = [policy for policy in candidates if policy.urn in self._excused]
        # Which of a list's unknown items is which policy can't be known: they are reported once, with the last.
        if not excused or places[-1] != where:
            return
        is_certain = len(excused) == len(candidates) or len(places) >= len(candidates)
        for policy in excused:
            name = str(policy.props.get(MANAGED_POLICIES[policy.type]) or policy.name)
            for problem in self._judge_receiver(carrier, policy, name, self._excused[policy.urn]):
                yield problem if is_certain else Problem(f"perhaps {short_name(name)}", is_known=False)

    def _judge_receiver(
        self, carrier: Declared, policy: Declared | None, name: str, problem: Problem
    ) -> Iterator[Problem]:
        is_own_policy = policy is None or is_own(policy)
        if is_own_policy and is_for_own_role(carrier, policy, self._resources):
            return
        exception = self._exceptions.excuse(carrier)
        if exception is True:
            return
        if not problem.is_known:
            yield Problem("", is_known=False)
        elif exception is UNKNOWN:
            yield Problem("who receives it isn't known", is_known=False)
        else:
            receivers = [str(name) for name in self._exceptions.names(carrier) if name is not UNKNOWN]
            receiver = short_name(" and ".join(receivers) or carrier.name)
            yield Problem(f"gives {short_name(name)} to {receiver}, no exception")

    def unknown_policies(self, carrier: Declared) -> Iterator[LockOutGrant]:
        """Managed policies that the preview can't know and that aren't this program's own, one a property."""
        places: dict[str, list[tuple[Kind, str]]] = {}
        for kind, where, value in flows(carrier):
            if kind is not Kind.DOCUMENT and value is UNKNOWN:
                places.setdefault(_top_key(where), []).append((kind, where))
        for key, unknown in places.items():
            if not _is_from_own_policies(carrier, key, [where for _, where in unknown]):
                kind, where = unknown[-1]
                yield LockOutGrant(carrier, carrier, kind, where, "", is_known=False)


def _unknown_places(carrier: Declared, key: str) -> list[str]:
    return [where for _, where, value in flows(carrier) if value is UNKNOWN and _top_key(where) == key]


def _top_key(where: str) -> str:
    return re.split(r"[.\[]", where)[0]


def _is_policy(policy: Declared, value: str) -> bool:
    """Whether an ARN, or a name, is that of a policy of the program's."""
    arn = policy.props.get("arn") or policy.props.get("policyArn")
    if isinstance(arn, str) and value.startswith("arn:"):
        return arn == value
    return policy.props.get(MANAGED_POLICIES[policy.type]) == policy_name(value)


def _is_from_own_policies(carrier: Declared, key: str, places: Sequence[str]) -> bool:
    """Whether what is unknown comes from policies that the program creates, which are judged themselves."""
    sources = set(carrier.comes_from.get(key, ()))
    own = {urn for urn in sources if type_of(urn) in MANAGED_POLICIES}
    is_list = any(path.startswith(f"{key}[]") for _, path in FLOWS[carrier.type])
    if not is_list or places != [key]:
        # A list may have one of each: one policy of the program's excuses one unknown.
        return len(places) <= len(own)
    # The whole list may hold anything that it comes from; an output of OperatorPermissions comes from all its children.
    foreign = [urn for urn in sources - own if f"{OPERATOR_PERMISSIONS}$" not in urn]
    return bool(own) and not foreign
