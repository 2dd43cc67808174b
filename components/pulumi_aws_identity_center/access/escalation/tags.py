"""The tags that can change an answer: those that conditions and policy variables compare.

Keys that compare them: reference_policies_condition-keys.html (aws:PrincipalTag, aws:ResourceTag) and
reference_policies_iam-condition-keys.html (iam:ResourceTag) in docs.aws.amazon.com/IAM/latest/UserGuide.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from pulumi_aws_identity_center.access import condition_solver
from pulumi_aws_identity_center.access.account import Account, Principal
from pulumi_aws_identity_center.iam.document import Statement

_KEYS = re.compile(r"(?:aws:principaltag|(?:iam|aws):resourcetag)/(.+)", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"\$\{\s*aws:principaltag/([^},]+?)\s*(?:,[^}]*)?\}", re.IGNORECASE)
_MOST = 24

Tag = tuple[str, str]


def wanted(statements: Iterable[Statement], account: Account) -> tuple[list[Tag], bool]:
    """The tags that the statements tell apart, and whether these are all."""
    found: dict[Tag, None] = {}
    is_all = True
    for statement in statements:
        for key, value in _of(statement, account):
            is_all = is_all and value is not None
            found.update({} if value is None else {(key, value): None})
    return list(found)[:_MOST], is_all and len(found) <= _MOST


def tagged(principal: Principal, tag: Tag) -> Principal:
    rest = untagged(principal, tag[0]).tags
    return dataclasses.replace(principal, tags={**rest, tag[0]: tag[1]})


def untagged(principal: Principal, key: str) -> Principal:
    """Keys of tags have no case in conditions (reference_policies_condition-keys.html, under PrincipalTag)."""
    return dataclasses.replace(
        principal, tags={name: value for name, value in principal.tags.items() if name.lower() != key.lower()}
    )


def _of(statement: Statement, account: Account) -> Iterator[tuple[str, str | None]]:
    """Key and value; None for one that could be anything."""
    for operator, key, values in statement.conditions:
        named = _KEYS.fullmatch(key)
        for value in values:
            variables = _VARIABLE.findall(value)
            compared = {*variables, *([named[1]] if named else [])}
            if "${" in value:
                for name in compared:
                    yield from ((name, other) for other in _values(compared, account))
                    # What it is compared with isn't a tag, or not a whole one.
                    yield from [] if named and _VARIABLE.fullmatch(value) else [(name, None)]
            elif named:
                yield from ((named[1], text) for text in condition_solver.around(operator.lower(), value))
    for pattern in statement.resources or ():
        yield from _in_pattern(pattern, account)


def _values(keys: set[str], account: Account) -> Iterator[str]:
    lower = {key.lower() for key in keys}
    found = {value for each in account.principals for key, value in each.tags.items() if key.lower() in lower}
    yield from sorted(found)


def _in_pattern(pattern: str, account: Account) -> Iterator[tuple[str, str | None]]:
    """What a variable in a resource has to be for it to be that of a principal, a group or a policy that is there."""
    names = _VARIABLE.findall(pattern)
    if not names:
        return
    if len(names) > 1:
        yield from ((name, None) for name in names)
        return
    before, after = (part.split("*") for part in _VARIABLE.split(pattern)[::2])
    start, end = (".*".join(map(re.escape, part)) for part in (before, after))
    shape = re.compile(f"{start}(.+){end}", re.DOTALL)
    arns = [*(each.arn for each in (*account.principals, *account.groups.values())), *account.policies]
    for arn in arns:
        fits = shape.fullmatch(arn)
        if fits:
            yield names[0], fits[1]
