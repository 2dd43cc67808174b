"""The text of access.yaml: YAML of objects, lists, true, false and null, in which every other scalar is text, so that
an account id with leading zeros, a date or a group named No stays what was written. JSON is YAML too, unless a line
begins with a tab."""

from __future__ import annotations

import re
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, count, shown

from .access_matrix import AccessMatrix, InvalidMatrix, parse_access_matrix

_TAG = "tag:yaml.org,2002:"
# YAML 1.2's. To PyYAML, which reads YAML 1.1, yes, no, on and off are no text either.
_SCALARS = [
    (f"{_TAG}bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z")),
    (f"{_TAG}null", re.compile(r"(null|Null|NULL|~|)\Z")),
    (f"{_TAG}merge", re.compile(r"<<\Z")),
]
_CONSTRUCTED = (None, *(f"{_TAG}{name}" for name in ("str", "seq", "map", "bool", "null")))
_MOST_VALUES = 1_000_000


def parse_access_file(text: str, source: str) -> AccessMatrix:
    """The matrix. Raises InvalidInput for what isn't YAML, and InvalidMatrix with every problem."""
    value = read_access_file(text, source)
    try:
        return parse_access_matrix(value)
    except InvalidMatrix as error:
        raise InvalidMatrix([f"{source}: {problem}" for problem in error.problems], error.usable) from None


def read_access_file(text: str, source: str) -> Any:
    """The file's value; an empty file is an object without keys. Raises InvalidInput for what isn't YAML, for a key
    that is given twice, and for aliases that stand for too much."""
    import yaml  # which pulumi brings

    class Loader(yaml.SafeLoader):
        """Counts the values that the text stands for: an alias as what it repeats."""

        yaml_implicit_resolvers = {None: _SCALARS}  # noqa: RUF012
        yaml_constructors = {tag: yaml.SafeLoader.yaml_constructors[tag] for tag in _CONSTRUCTED}  # noqa: RUF012

        def __init__(self, stream: str) -> None:
            super().__init__(stream)
            self._values = 0
            self._values_of: dict[int, int] = {}

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            is_alias, before = self.check_event(yaml.AliasEvent), self._values
            node = super().compose_node(parent, index)
            self._values += self._values_of.get(id(node), 0) if is_alias else 1
            self._values_of[id(node)] = self._values - before
            if self._values > _MOST_VALUES:
                raise InvalidInput(
                    [f"{source} has more than {count(_MOST_VALUES, 'value')}: its aliases repeat too much."]
                )
            return node

        def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
            node = super().compose_mapping_node(anchor)
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            if repeated := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
                line = node.start_mark.line + 1
                raise InvalidInput([f"{source} has the key {shown(repeated[0])} twice in the object at line {line}."])
            return node

        def construct_scalar(self, node: Any) -> str:
            """JSON writes a character above U+FFFF as two escapes, which YAML takes for two characters."""
            scalar: str = super().construct_scalar(node)
            return scalar.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    try:
        value = yaml.load(text, Loader)
    except (yaml.YAMLError, KeyError) as error:  # KeyError: !!bool of another text
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InvalidInput([f"{source}{where}: it is not YAML ({what})."]) from None
    return {} if value is None else value
