"""A SELECTOR: the union of what it names, minus `except`, which is a SELECTOR again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import Values, join, unique

KEYS = ("ids", "names", "organizationalUnits", "tags", "all", "except")
# docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html: a name has 1 to 50 characters; a glob of one
# may be longer. API_OrganizationalUnit.html: 1 to 128 characters, and at most five levels.
_A_NAME = 'a glob of account names, such as "prod-*"'
_A_UNIT = 'the names of an OU below the root, such as "Workloads/Prod"'
_A_TAG_VALUE = "the value of a tag: text of at most 256 characters"
_GLOB = re.compile(r".+", re.DOTALL)
_UNIT = re.compile(r"[^/]+(/[^/]+)*", re.DOTALL)
_TAG_VALUE = re.compile(r".{0,256}", re.DOTALL)


@dataclass(frozen=True)
class Selector:
    """ids may hold deferred values (Pulumi Outputs); tags: key → the values of which one is enough."""

    ids: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()
    organizational_units: tuple[str, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    all: bool = False
    exclusion: Selector | None = None

    @property
    def known_ids(self) -> tuple[str, ...]:
        return tuple(id_ for id_ in self.ids if isinstance(id_, str))

    @property
    def has_deferred_id(self) -> bool:
        return len(self.known_ids) < len(self.ids)

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing, so that it can select nothing."""
        return not (self.ids or self.names or self.organizational_units or self.tags or self.all)


def parse_selector(value: Any, key: str, values: Values) -> Selector:
    """Notes every problem in `values`."""
    problems_before = len(values.problems)
    fields = values.fields(value, key, KEYS)
    ids = values.items(fields.get("ids", []), join(key, "ids"), "account ids")
    selector = Selector(
        ids=unique(values.account(item, f"{join(key, 'ids')}[{number}]") for number, item in enumerate(ids)),
        names=values.known_texts(fields.get("names", []), join(key, "names"), _A_NAME, _GLOB),
        organizational_units=values.known_texts(
            fields.get("organizationalUnits", []), join(key, "organizationalUnits"), _A_UNIT, _UNIT
        ),
        tags=_tags(fields.get("tags", {}), join(key, "tags"), values),
        all=_all(fields.get("all", False), join(key, "all"), values),
        exclusion=parse_selector(fields["except"], join(key, "except"), values) if "except" in fields else None,
    )
    if selector.is_empty and len(values.problems) == problems_before:
        values.problems.append(f"{key} selects nothing; give it one or more of {', '.join(KEYS[:-1])}.")
    return selector


def _tags(value: Any, key: str, values: Values) -> dict[str, tuple[str, ...]]:
    tags = {}
    for name, tag_values in values.mapping(value, key, "an object of tag keys, each with a list of values").items():
        texts = values.known_texts(tag_values, join(key, name), _A_TAG_VALUE, _TAG_VALUE)
        if isinstance(tag_values, (list, tuple)) and not tag_values:
            values.problems.append(f"{join(key, name)} has no values; list those that select an account.")
        tags[name] = texts
    return tags


def _all(value: Any, key: str, values: Values) -> bool:
    if not isinstance(value, bool):
        values.refuse(key, value, "true or false")
    return value is True
