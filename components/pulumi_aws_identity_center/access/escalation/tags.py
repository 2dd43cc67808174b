"""The tags that can change an answer: those that conditions and policy variables compare.

Keys that compare them: reference_policies_condition-keys.html (aws:PrincipalTag, aws:ResourceTag) and
reference_policies_iam-condition-keys.html (iam:ResourceTag) in docs.aws.amazon.com/IAM/latest/UserGuide.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pulumi_aws_identity_center.access import condition_solver
from pulumi_aws_identity_center.access.account import Account, Principal
from pulumi_aws_identity_center.iam import Condition, Statement

_TAG_KEY = re.compile(r"(?:aws:principaltag|(?:iam|aws):resourcetag)/(.+)", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"\$\{\s*aws:principaltag/([^},]+?)\s*(?:,[^}]*)?\}", re.IGNORECASE)
_MOST = 24


class Tag(NamedTuple):
    key: str
    value: str


class PossibleTag(NamedTuple):
    """value: None for one that could be anything."""

    key: str
    value: str | None


class WantedTags(NamedTuple):
    """are_all: whether no other tag could matter."""

    tags: list[Tag]
    are_all: bool


def wanted(statements: Iterable[Statement], account: Account) -> WantedTags:
    """The tags that the statements tell apart."""
    tags: dict[Tag, None] = {}
    are_all = True
    for statement in statements:
        for key, value in _of_statement(statement, account):
            if value is None:
                are_all = False
            else:
                tags[Tag(key, value)] = None
    return WantedTags(list(tags)[:_MOST], are_all and len(tags) <= _MOST)


def tagged(principal: Principal, tag: Tag) -> Principal:
    other_tags = untagged(principal, tag.key).tags
    return dataclasses.replace(principal, tags={**other_tags, tag.key: tag.value})


def untagged(principal: Principal, key: str) -> Principal:
    """Keys of tags have no case in conditions (reference_policies_condition-keys.html, under PrincipalTag)."""
    other_tags = {name: value for name, value in principal.tags.items() if name.lower() != key.lower()}
    return dataclasses.replace(principal, tags=other_tags)


def _of_statement(statement: Statement, account: Account) -> Iterator[PossibleTag]:
    for condition in statement.conditions:
        yield from _of_condition(condition, account)
    for pattern in statement.resources or ():
        yield from _of_resource(pattern, account)


def _of_condition(condition: Condition, account: Account) -> Iterator[PossibleTag]:
    named = _TAG_KEY.fullmatch(condition.key)
    tag_key = named[1] if named else None
    for value in condition.values:
        if "${" in value:
            yield from _of_variables(value, tag_key, account)
        elif tag_key is not None:
            texts = condition_solver.around(condition.operator.lower(), value)
            yield from (PossibleTag(tag_key, text) for text in texts)


def _of_variables(value: str, tag_key: str | None, account: Account) -> Iterator[PossibleTag]:
    """Of a condition's value with variables. tag_key: the key of the tag that it is compared with, if it is one."""
    is_whole_tag = tag_key is not None and _VARIABLE.fullmatch(value) is not None
    keys = {*_VARIABLE.findall(value), *filter(None, [tag_key])}
    # What is compared with something else than a whole tag could be anything.
    values = [*_existing_values(keys, account), *([] if is_whole_tag else [None])]
    for key in sorted(keys):
        yield from (PossibleTag(key, value) for value in values)


def _existing_values(keys: set[str], account: Account) -> list[str]:
    lower_keys = {key.lower() for key in keys}
    values: set[str] = set()
    for principal in account.principals:
        values |= {value for key, value in principal.tags.items() if key.lower() in lower_keys}
    return sorted(values)


def _of_resource(pattern: str, account: Account) -> list[PossibleTag]:
    """What a variable in a resource has to be for it to be that of a principal, a group or a policy that is there."""
    keys = _VARIABLE.findall(pattern)
    if len(keys) != 1:
        return [PossibleTag(key, None) for key in keys]
    shape = _shape_around_variable(pattern)
    fitting = filter(None, map(shape.fullmatch, account.arns))
    return [PossibleTag(keys[0], fits[1]) for fits in fitting]


def _shape_around_variable(pattern: str) -> re.Pattern[str]:
    """The pattern as an expression, whose group is the variable's text."""
    before, _, after = _VARIABLE.split(pattern)
    start, end = (".*".join(map(re.escape, part.split("*"))) for part in (before, after))
    return re.compile(f"{start}(.+){end}", re.DOTALL)
