"""Who goes in a plan, and so needs no guard any more: a guard that goes with them is lost by nobody. Pure.

A managed policy can't be deleted while anybody has it, so those that a plan takes it from are all
(docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html); the guard by its name is everybody's all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind, flows

from .identities import IDENTITIES, Who, identity, whom
from .rules.guard_policies import guard_name, guards
from .step import DELETES, Step, either, plain

_POLICIES = {"aws:iam/policy:Policy": "arn", "aws-native:iam:ManagedPolicy": "policyArn"}
_NARROWED = ("aws:iam/policyAttachment:PolicyAttachment", "aws-native:iam:ManagedPolicy", "aws-native:iam:Policy")


class Leaving:
    """Fed with every step; afterwards it tells of what is lost whether those who lose it go too."""

    def __init__(self) -> None:
        self._gone: set[Who] = set()
        self._made: set[Who] = set()
        self._whose: dict[str, frozenset[Who]] = {}  # by the URN of an attachment or an inline policy
        self._policies: dict[str, str] = {}  # the ARN of a managed policy that goes, by its URN
        self._had: dict[str, set[frozenset[Who]]] = defaultdict(set)  # by a managed policy's ARN, from whom it goes

    def take(self, step: Step) -> None:
        if step.type in IDENTITIES:
            self._identity(step)
        elif step.type in FLOWS:
            if step.op in DELETES:
                self._goes(step)
            elif (
                step.op == "update"
                and step.type in _NARROWED
                and guards(step.type, step.old) == guards(step.type, step.new)
            ):
                self._whose[step.urn] = whom(step.old) - whom(step.new)

    def excuses(self, urn: str) -> bool:
        """Whether what is lost by that step is lost by nobody."""
        if urn in self._policies:
            had = self._had.get(self._policies[urn])
            return bool(had) and all(self._all_go(each) for each in had or ())
        return self._all_go(self._whose.get(urn, frozenset()))

    def _all_go(self, who: frozenset[Who]) -> bool:
        return bool(who) and all(each in self._gone and each not in self._made for each in who)

    def _identity(self, step: Step) -> None:
        if step.op in DELETES and not step.retained:
            who = identity(step.type, step.old)
            if who is not None:
                self._gone.add(who)
                self._takes(step, frozenset({who}))
        elif step.op.startswith(("create", "import")):
            who = identity(step.type, step.new)
            if who is not None:
                self._made.add(who)

    def _goes(self, step: Step) -> None:
        if step.type in _POLICIES:
            arn = either(step.old, _POLICIES[step.type])
            if isinstance(arn, str) and not guard_name(step.type, _props(step.old)):
                self._policies[step.urn] = arn
            return
        who = whom(step.old)
        self._whose[step.urn] = who
        self._takes(step, who)

    def _takes(self, step: Step, who: frozenset[Who]) -> None:
        for kind, _, value in flows(step.type, _props(step.old), None):
            if kind is not Kind.DOCUMENT and isinstance(plain(value), str):
                self._had[value].add(who)


def _props(state: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (state or {}).get("inputs") or (state or {}).get("outputs") or {}
