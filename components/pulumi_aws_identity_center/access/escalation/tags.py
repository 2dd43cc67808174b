"""The tags that can change an answer: those that conditions and policy variables compare.

Keys that compare them: reference_policies_condition-keys.html (aws:PrincipalTag, aws:ResourceTag) and
reference_policies_iam-condition-keys.html (iam:ResourceTag) in docs.aws.amazon.com/IAM/latest/UserGuide.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pulumi_aws_identity_center.access import condition_solver
from pulumi_aws_identity_center.access.account import Account, Principal
from pulumi_aws_identity_center.iam import Condition, Statement

_TAG_KEY = re.compile(r"\A(?:aws:principaltag|(?:iam|aws):resourcetag)/(.+)\Z", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"\$\{\s*aws:principaltag/([^},]+?)\s*(?:,[^}]*)?\}", re.IGNORECASE)
_MOST = 24


class Tag(NamedTuple):
    key: str
    value: str


class WantedTags(NamedTuple):
    """are_all: whether no other tag could matter."""

    tags: list[Tag]
    are_all: bool


def wanted(statements: Iterable[Statement], account: Account) -> WantedTags:
    """The tags that the statements tell apart."""
    possible = dict.fromkeys(chain.from_iterable(_of_statement(statement, account) for statement in statements))
    tags = list(filter(None, possible))
    return WantedTags(tags[:_MOST], are_all=None not in possible and len(tags) <= _MOST)


def tagged(principal: Principal, tag: Tag) -> Principal:
    other_tags = untagged(principal, tag.key).tags
    return dataclasses.replace(principal, tags={**other_tags, tag.key: tag.value})


def untagged(principal: Principal, key: str) -> Principal:
    """Keys of tags have no case in conditions (reference_policies_condition-keys.html, under PrincipalTag)."""
    other_tags = {name: value for name, value in principal.tags.items() if name.lower() != key.lower()}
    return dataclasses.replace(principal, tags=other_tags)


# None: a tag of any value.
PossibleTag = Tag | None


def _of_statement(statement: Statement, account: Account) -> Iterator[PossibleTag]:
    for condition in statement.conditions:
        yield from _of_condition(condition, account)
    for pattern in statement.resources or ():
        yield from _of_resource(pattern, account)


def _of_condition(condition: Condition, account: Account) -> Iterator[PossibleTag]:
    tag_keys = _TAG_KEY.findall(condition.key)  # one, or none
    for value in condition.values:
        if "${" in value:
            yield from _of_variables(value, tag_keys, account)
        elif tag_keys:
            yield from (Tag(tag_keys[0], text) for text in condition_solver.around(condition.operator.lower(), value))


def _of_variables(value: str, tag_keys: list[str], account: Account) -> Iterator[PossibleTag]:
    """Of a condition's value with variables. tag_keys: the key of the tag that it is compared with, if it is one."""
    keys = {*_VARIABLE.findall(value), *tag_keys}
    values = _existing_values(keys, account)
    for key in sorted(keys):
        yield from (Tag(key, value) for value in values)
    is_whole_tag = tag_keys and _VARIABLE.fullmatch(value)
    if keys and not is_whole_tag:
        yield None


def _existing_values(keys: set[str], account: Account) -> list[str]:
    lower_keys = set(map(str.lower, keys))
    tags = chain.from_iterable(principal.tags.items() for principal in account.principals)
    return sorted({value for key, value in tags if key.lower() in lower_keys})


def _of_resource(pattern: str, account: Account) -> Iterable[PossibleTag]:
    """What a variable in a resource has to be for it to be that of a principal, a group or a policy that is there."""
    keys = _VARIABLE.findall(pattern)
    if len(keys) != 1:
        return [None] * len(keys)
    shape = _shape_around_variable(pattern)
    return [Tag(keys[0], match[1]) for match in map(shape.fullmatch, account.arns) if match]


def _shape_around_variable(pattern: str) -> re.Pattern[str]:
    """The pattern as an expression, whose group is the variable's text."""
    before, _, after = _VARIABLE.split(pattern)
    start, end = (".*".join(map(re.escape, part.split("*"))) for part in (before, after))
    return re.compile(f"{start}(.+){end}", re.DOTALL)
