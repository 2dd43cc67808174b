"""Whom a managed policy is attached to that itself may be: as an exception, or as OperatorPermissions' own.

A pattern that fits a policy lets it exist. Who has it is judged by their own name, for each attachment in the program.
A policy that an exception names and that the program doesn't make can't be read: it is taken for what it is named for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pack.rule import UNKNOWN, Declared, Later

from .carriers import Kind, flows
from .documents import is_aws_s, name_in, of_document, of_name
from .exceptions import IDENTITIES, excepted, fits, whom
from .operator_own import is_for_own_role, is_own

POLICIES = {"aws:iam/policy:Policy": "name", "aws-native:iam:ManagedPolicy": "managedPolicyName"}
_DOCUMENTS = ("policy", "policyDocument")
_LATER = "Which or whose isn't known in this preview. Write it out; if not, the update judges it."
Problem = tuple[str, Kind, str, Declared]


def misattached(resources: Sequence[Declared], allowed: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Each attachment that goes to somebody who is no exception: the words, the kind, where, and the resource."""
    made = [each for each in resources if each.type in POLICIES]
    excused = {id(each): problem for each in made if (problem := _excused(each, allowed))}
    judge = _Judge(resources, allowed, made, excused)
    for carrier in resources:
        for kind, where, value in flows(carrier):
            if kind is Kind.DOCUMENT:
                continue
            for problem in judge.of_known(carrier, value) if value is not UNKNOWN else judge.of_unknown(carrier, where):
                text = f"{carrier.name}: its {where} {problem}"
                yield Later(text) if isinstance(problem, Later) else text, kind, where, carrier


def _excused(policy: Declared, allowed: Sequence[Mapping[str, Any]]) -> str | None:
    """What a policy gives away that nothing else refuses."""
    if not (is_own(policy) or excepted(policy, allowed) is True):
        return None
    document = next((policy.props[key] for key in _DOCUMENTS if policy.props.get(key) not in (None, "")), None)
    return None if document is None else of_document(document)


class _Judge:
    def __init__(
        self,
        resources: Sequence[Declared],
        allowed: Sequence[Mapping[str, Any]],
        made: Sequence[Declared],
        excused: Mapping[int, str],
    ) -> None:
        self._resources, self._allowed, self._made, self._excused = resources, allowed, made, excused
        # An identity by a name that the engine made is the exception that its logical name is.
        self._logical = {
            str(each.props.get(key)): each.name
            for each in resources
            if (key := IDENTITIES.get(each.type)) and isinstance(each.props.get(key), str)
        }

    def of_known(self, carrier: Declared, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or is_aws_s(value):
            return
        policy = next((each for each in self._made if _is(each, value)), None)
        own = is_own(carrier)
        if policy is not None and id(policy) in self._excused:
            problem = self._excused[id(policy)]
        elif own:
            problem = "only OperatorPermissions may give, to its break-glass roles."
        elif policy is None and of_name(value) is None and fits(name_in(value), self._allowed):
            problem = "this program doesn't make, so that only its name tells what it is for: an exception names it."
        else:
            return  # grants nothing, or is refused itself, or can't be read
        if of_name(value) is None or own:  # what is refused by name already is told of once
            yield from self._judged(carrier, policy, name_in(value), problem)

    def of_unknown(self, carrier: Declared, where: str) -> Iterator[str]:
        """By what it comes from: an output of OperatorPermissions comes from all of its policies, whichever it is."""
        key = re.split(r"[.\[]", where)[0]
        urns = set(carrier.comes_from.get(key, ()))
        candidates = [each for each in self._made if each.urn in urns]
        bad = [each for each in candidates if id(each) in self._excused]
        if not bad or not self._is_last(carrier, key, where):
            return
        certain = len(bad) == len(candidates) or len(self._unknown(carrier, key)) >= len(candidates)
        for policy in bad:
            name = str(policy.props.get(POLICIES[policy.type]) or policy.name)
            for problem in self._judged(carrier, policy, name, self._excused[id(policy)]):
                may_be = f"may be {problem.removeprefix('is ').removesuffix(_LATER).rstrip()} {_LATER}"
                yield problem if certain else Later(may_be)

    def _judged(self, carrier: Declared, policy: Declared | None, name: str, problem: str) -> Iterator[str]:
        if is_for_own_role(carrier, policy, self._resources) and (policy is None or is_own(policy)):
            return
        exception = excepted(carrier, self._allowed, self._logical)
        if exception is True:
            return
        told = " and ".join(str(each) for each in whom(carrier) if each is not UNKNOWN) or carrier.name
        text = f"is {name}, which {problem} That it may exist gives it to nobody, and {told} is no exception."
        if exception is UNKNOWN:
            yield Later(f"is {name}, which {problem} {_LATER}")
        else:
            yield Later(text) if isinstance(problem, Later) else text

    def _unknown(self, carrier: Declared, key: str) -> list[str]:
        return [where for _, where, value in flows(carrier) if value is UNKNOWN and re.split(r"[.\[]", where)[0] == key]

    def _is_last(self, carrier: Declared, key: str, where: str) -> bool:
        """Which of a list's unknown items is which policy nobody knows: they are told of once."""
        return self._unknown(carrier, key)[-1] == where


def _is(policy: Declared, value: str) -> bool:
    """Whether an ARN, or a name, is that of a policy of the program's."""
    arn = policy.props.get("arn") or policy.props.get("policyArn")
    if isinstance(arn, str) and value.startswith("arn:"):
        return arn == value
    return policy.props.get(POLICIES[policy.type]) == name_in(value)
