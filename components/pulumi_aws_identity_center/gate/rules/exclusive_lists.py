"""Lists that are exclusive from the moment they are made: what somebody has and the list lacks is taken off them.

What they have can only be told from what else the preview shows: the steps of guards that stay. Pure.
docs: pulumi.com/registry/packages/aws/api-docs/iam, RolePolicyAttachmentsExclusive and its like, PolicyAttachment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.gate.finding import Finding, finding, unknown
from pulumi_aws_identity_center.gate.identities import Who, identity, whom
from pulumi_aws_identity_center.gate.step import KEEPS, Step, either, given, is_unknown

from .guard_policies import guards, is_guard_name

_ATTACHED, _INLINE = "attached", "inline"
# What lists whose, and in which property; whose is in the resource's own keys.
_LISTS: Mapping[str, tuple[str, str]] = {
    **{
        f"aws:iam/{kind}PolicyAttachmentsExclusive:{kind.title()}PolicyAttachmentsExclusive": (_ATTACHED, "policyArns")
        for kind in ("role", "user", "group")
    },
    **{
        f"aws:iam/{kind}PoliciesExclusive:{kind.title()}PoliciesExclusive": (_INLINE, "policyNames")
        for kind in ("role", "user", "group")
    },
    "aws:ssoadmin/customerManagedPolicyAttachmentsExclusive:CustomerManagedPolicyAttachmentsExclusive": (
        _ATTACHED,
        "customerManagedPolicyReferences",
    ),
}
_ONE_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
_ATTACHMENTS: Mapping[str, str] = {
    **{
        f"aws:iam/{kind}PolicyAttachment:{kind.title()}PolicyAttachment": "policyArn"
        for kind in ("role", "user", "group")
    },
    _ONE_ATTACHMENT: "policyArn",
    "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": "customerManagedPolicyReference",
}
_INLINES = tuple(f"aws:iam/{kind}Policy:{kind.title()}Policy" for kind in ("role", "user", "group"))
_ROLE, _OF_ROLE = "aws:iam/role:Role", "managedPolicyArns"
_REMEDY = "Put it into the list, or leave the list out."
_Guard = tuple[str, str]  # attached or inline, and its name


class Exclusive:
    """Fed with every step; afterwards it tells which guards the lists that are made would take off."""

    def __init__(self) -> None:
        self._had: dict[Who, set[_Guard]] = defaultdict(set)
        self._lists: dict[str, tuple[Step, Who, str, Any]] = {}
        self._policies: dict[str, tuple[Step, str]] = {}  # a policy that is only whose the resource says

    def take(self, step: Step) -> None:
        if step.type in _LISTS:
            if step.op.startswith("create"):
                how, key = _LISTS[step.type]
                for who in whom(step.new):
                    self._lists[step.urn] = step, who, how, given(step.new, key)
        elif step.type == _ROLE:
            self._begins(step)
        elif step.type in _ATTACHMENTS and step.op in KEEPS:
            self._attached(step)
        elif step.type in _INLINES and step.op in KEEPS and step.op != "create" and guards(step.type, _state(step)):
            self._has(step, _INLINE, either(_state(step), "name"))

    def findings(self) -> Iterator[Finding]:
        for step, who, how, listed in self._lists.values():
            named = {_name(each) for each in listed} if isinstance(listed, list) else {_name(listed)}
            for kind, guard in sorted(self._had.get(who, ())):
                if kind == how and guard not in named:
                    yield _lost(step, guard, who, in_doubt=any(each is None for each in named))
        for step, guard in self._policies.values():
            listed_whom = whom(step.new)
            in_doubt = not listed_whom and any(given(step.new, key) for key in ("roles", "users", "groups"))
            for who, has in sorted(self._had.items()):
                if (_ATTACHED, guard) in has and who not in listed_whom:
                    yield _lost(step, guard, who, in_doubt=in_doubt)

    def _begins(self, step: Step) -> None:
        """A role's own list is exclusive once it is given."""
        who, listed = identity(step.type, step.new), given(step.new, _OF_ROLE)
        if step.op == "update" and who is not None and listed is not None and given(step.old, _OF_ROLE) is None:
            self._lists[step.urn] = step, who, _ATTACHED, listed

    def _attached(self, step: Step) -> None:
        name = _name(either(_state(step), _ATTACHMENTS[step.type]))
        if name is None or not is_guard_name(name):
            return
        if step.type == _ONE_ATTACHMENT and step.op == "create":
            self._policies[step.urn] = step, name
        self._has(step, _ATTACHED, name)

    def _has(self, step: Step, how: str, name: Any) -> None:
        if isinstance(name, str) and not (step.op == "refresh" and step.new is None):
            for who in whom(_state(step)):
                self._had[who].add((how, name))


def _state(step: Step) -> Mapping[str, Any] | None:
    """As it will be; of a step that tells only how it is, that."""
    return step.new if step.new is not None else step.old


def _name(value: Any) -> str | None:
    """Of a policy, by ARN, name or reference; None where it can't be known."""
    found = value.get("name") if isinstance(value, Mapping) else value
    if not isinstance(found, str) or is_unknown(found):
        return None
    return found.rpartition("/")[2]


def _lost(step: Step, guard: str, who: Who, *, in_doubt: bool) -> Finding:
    has = f"{who[0]} {who[1]} has {guard}, which denies what would turn trusted access off"
    if in_doubt:
        return unknown(step, f"{has}, and this preview can't know whether it is in this list, which is exclusive.")
    detail = f"{has}, and this list, which is exclusive, lacks it: it would be taken off."
    return finding("guard-removed", step, detail[0].upper() + detail[1:], _REMEDY)
