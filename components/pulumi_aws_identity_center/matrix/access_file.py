"""The text of access.yaml: YAML in which every scalar but true, false and null is text, so that an account id with
leading zeros or a date stays what was written. JSON is YAML too."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, shown

from .access_matrix import AccessMatrix, InvalidMatrix, parse_access_matrix

_KEPT = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_Resolvers = Mapping[str, Sequence[tuple[str, Any]]]


def parse_access_file(text: str, source: str) -> AccessMatrix:
    """The matrix. Raises InvalidInput for what isn't YAML, and InvalidMatrix with every problem."""
    value = read_access_file(text, source)
    try:
        return parse_access_matrix({} if value is None else value)
    except InvalidMatrix as error:
        raise InvalidMatrix([f"{source}: {problem}" for problem in error.problems], error.usable) from None


def read_access_file(text: str, source: str) -> Any:
    """The file's value. Raises InvalidInput for what isn't YAML, and for a key that is given twice."""
    import yaml  # which pulumi brings

    class Loader(yaml.SafeLoader):
        """Knows only the resolvers of _KEPT."""

        yaml_implicit_resolvers = _kept(yaml.SafeLoader.yaml_implicit_resolvers)

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            for key in dict.fromkeys(keys):
                if keys.count(key) > 1:
                    line = node.start_mark.line + 1
                    raise InvalidInput([f"{source} has the key {shown(key)} twice in the object at line {line}."])
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InvalidInput([f"{source}{where}: it is not YAML ({what})."]) from None


def _kept(resolvers: _Resolvers) -> dict[str, list[tuple[str, Any]]]:
    """By a scalar's first character: what it may be instead of text."""
    return {first: [one for one in candidates if one[0] in _KEPT] for first, candidates in resolvers.items()}
