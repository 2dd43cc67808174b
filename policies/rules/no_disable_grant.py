"""no-disable-grant: nobody is given an action after which nobody can sign in, but by a named exception.

IAM's own evaluation decides (`pulumi_aws_identity_center.iam`), of each document by itself: whether a boundary, an SCP
or a second policy takes the permission away again depends on who has it, and is who-can-disable's to tell.

Unknown: a document that the preview can't know could grant anything, so it is shown (Later), and judged by the update
before it is made. So is the ARN of a managed policy, unless its value comes from policies that this program makes: they
are judged themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from grants import cloudformation
from grants.attachments import POLICIES, misattached
from grants.carriers import FLOWS, Kind, flows
from grants.documents import of_document, of_name
from grants.exceptions import excepted
from grants.operator_own import OPERATOR_PERMISSIONS, is_own
from pack.rule import UNKNOWN, Config, Declared, Later, Rule, Stack
from pulumi_aws_identity_center.domain.resource_types import type_of
from pulumi_aws_identity_center.domain.values import snake_case

# A role tells its attachments as an output too, which a preview can't know whether or not the program gives any.
_ROLE = "aws:iam/role:Role"

# The operations are the management account's: API references of DisableAWSServiceAccess, DeleteOrganization (both of
# AWS Organizations) and DeleteInstance (IAM Identity Center). Where a policy will be used, nothing here tells.
_EXCEPTION = (
    "If it is meant, or only used in member accounts, where these actions can't lock everybody out, name the exception "
    'in --policy-pack-config: {"no-disable-grant": {"allowed": [{"pattern": "NAME", "reason": "WHY"}]}}.'
)
_FIX = (
    "Narrow its actions, or deny them in the same document. In Python: "
    'document["Statement"] += guard_document()["Statement"] (from pulumi_aws_identity_center). In YAML: add the '
    f"statements that `identity-center document guard` prints. {_EXCEPTION}"
)
_NARROWER = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def check(resource: Declared, config: Config) -> Iterable[str]:
    if resource.type in cloudformation.TYPES:
        yield from _of_cloudformation(resource, config)
        return
    for text, kind, where in _problems(resource, config):
        made = Later if isinstance(text, Later) else str
        yield made(f"{resource.name}: {text} {_fix_of(kind, where)}")


def _problems(resource: Declared, config: Config) -> Iterator[tuple[str, Kind, str]]:
    """What is wrong with each thing that it carries, the kind of that, and where it is."""
    if is_own(resource):
        return
    exception = excepted(resource, config.get("allowed") or ())
    if exception is True:
        return
    for kind, where, value in flows(resource):
        problem = of_document(value) if kind is Kind.DOCUMENT else of_name(value)
        if problem is None:
            continue
        text = f"its {where} {problem}"
        if exception is UNKNOWN:
            text += " Whether whom it is for is an exception isn't known in this preview; the update judges it first."
        yield Later(text) if exception is UNKNOWN or isinstance(problem, Later) else text, kind, where


def _of_cloudformation(resource: Declared, config: Config) -> Iterator[str]:
    for place, inner in cloudformation.nested(resource):
        if inner is None:
            text = f"{resource.name}: what is {place}isn't known in this preview, and might let someone lock all out."
            yield Later(f"{text} Write it out; if not, the update judges it before it makes it. {_EXCEPTION}")
            continue
        for problem, _, _ in _problems(inner, config):
            made = Later if isinstance(problem, Later) else str
            yield made(f"{resource.name}: {place}{problem} Narrow it there. {_EXCEPTION}")


def _fix_of(kind: Kind, where: str) -> str:
    if kind is Kind.DOCUMENT:
        return _FIX
    if kind is Kind.REFERENCE:
        written = ('name="identity-center-observe"', "name: identity-center-observe")
    else:
        key, listed, _ = where.partition("[")
        python, yaml = (f'["{_NARROWER}"]', f"[{_NARROWER}]") if listed else (f'"{_NARROWER}"', _NARROWER)
        written = (f"{snake_case(key)}={python}", f"{key}: {yaml}")
    return f"Attach something narrower. In Python: {written[0]}, say. In YAML: {written[1]}. {_EXCEPTION}"


def in_stack(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    yield from doubts(stack, config)
    for text, kind, where, resource in misattached(stack.resources, config.get("allowed") or ()):
        made = Later if isinstance(text, Later) else str
        yield made(f"{text} {_fix_of(kind, where)}"), resource


def _asks_of_all(config: Config, types: Collection[str]) -> bool:
    """Only where something may be excused does it matter whom it is attached to."""
    return bool(config.get("allowed")) or OPERATOR_PERMISSIONS in types


def doubts(stack: Stack, config: Config) -> Iterator[tuple[str, Declared | None]]:
    """Managed policies that the preview can't know, and that aren't this program's own."""
    for resource in stack.resources:
        if excepted(resource, config.get("allowed") or ()) is True:
            continue
        unknown: dict[str, list[str]] = {}
        for kind, where, value in flows(resource):
            if kind is not Kind.DOCUMENT and value is UNKNOWN:
                unknown.setdefault(re.split(r"[.\[]", where)[0], []).append(where)
        for key, places in unknown.items():
            if resource.type == _ROLE and key not in resource.comes_from:
                continue
            if not _is_program_s_own(resource, key, places):
                yield (
                    Later(
                        f"{resource.name}: its {places[-1]} is not known in this preview, and might be a policy with "
                        "which someone can lock everybody out. Write it out; if not, the update judges it before it "
                        f"makes it. {_fix_of(Kind.ARN, places[-1])}"
                    ),
                    resource,
                )


def _is_program_s_own(resource: Declared, key: str, places: Sequence[str]) -> bool:
    """Whether what is unknown comes from policies that the program makes, which are judged themselves."""
    sources = set(resource.comes_from.get(key, ()))
    own = {urn for urn in sources if type_of(urn) in POLICIES}
    if places == [key] and any(path.startswith(f"{key}[]") for _, path in FLOWS[resource.type]):
        # A list that is unknown as a whole may hold anything that it comes from; an output of OperatorPermissions
        # comes from all of its children.
        return bool(own) and all(urn in own or f"{OPERATOR_PERMISSIONS}$" in urn for urn in sources)
    # A list may have one of each: one policy of the program's excuses one unknown.
    return len(places) <= len(own)


_ALLOWED = {
    "type": "array",
    "default": [],
    "items": {
        "type": "object",
        "properties": {"pattern": {"type": "string", "minLength": 1}, "reason": {"type": "string", "minLength": 1}},
        "required": ["pattern", "reason"],
        "additionalProperties": False,
    },
}

RULE = Rule(
    id="no-disable-grant",
    description=(
        "No policy, role, user, group or permission set is given organizations:DisableAWSServiceAccess for "
        "sso.amazonaws.com, organizations:DeleteOrganization or sso:DeleteInstance, by a document or by one of AWS's "
        "managed policies; nor by what a CloudFormation template or Cloud Control makes. Exceptions: allowed, a list "
        "of {pattern, reason}; the pattern (* and ?) is held against the "
        "name of the role, user or group that has it (of several, all have to match). One that fits a managed policy's "
        "name in IAM lets that policy exist, and each attachment of it is still judged by whom it is for; a policy "
        "from elsewhere whose name fits is for exceptions only. What is for a permission set by ARN goes by its "
        "logical name. OperatorPermissions' own disable policy, word for word, is allowed, and its attachment to the "
        "break-glass roles that the component makes. In which account something will be used is not told: "
        "PowerUserAccess as a permission set allows sso:DeleteInstance and is refused, and where it is assigned in "
        "member accounts only it is an exception worth naming."
    ),
    types=frozenset(FLOWS) | cloudformation.TYPES,
    check=check,
    in_stack=in_stack,
    asks_of_all=_asks_of_all,
    config={"allowed": _ALLOWED},
)
