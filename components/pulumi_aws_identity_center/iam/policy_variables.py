"""Policy variables: ${aws:username}, ${aws:PrincipalTag/team, 'none'}, and ${*}, ${?}, ${$} for literal characters
(docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from .request import UNKNOWN, Request, Unknown
from .wildcards import LITERAL_QUESTION, LITERAL_STAR, escape

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULTED = re.compile(r"\s*([^,]*?)\s*,\s*'(.*)'\s*")
_CHARACTERS = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}


def resolve(pattern: str, request: Request) -> str | Unknown | None:
    """The pattern with its variables' values as literal text; None if one is certainly absent: then nothing matches."""
    if "${" not in pattern:
        return pattern
    parts = _VARIABLE.split(pattern)  # every second one is a variable's name
    values = [_value(name, request) for name in parts[1::2]]
    if UNKNOWN in values:
        return UNKNOWN
    if None in values:
        return None
    parts[1::2] = values
    return "".join(parts)


def _value(name: str, request: Request) -> str | Unknown | None:
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    defaulted = _DEFAULTED.fullmatch(name)
    values = request.values(defaulted[1] if defaulted else name.strip())
    if isinstance(values, Unknown) or len(values) > 1:  # several values: AWS says single-valued keys only
        return UNKNOWN
    if values:
        return escape(values[0])
    return escape(defaulted[2]) if defaulted else None


def unknown_variables(patterns: Iterable[str], request: Request) -> set[str]:
    """The names of the variables in the patterns whose value can't be known."""
    variables = chain.from_iterable(map(_VARIABLE.findall, patterns))
    names = {variable.partition(",")[0].strip() for variable in variables}
    return {name for name in names if isinstance(_value(name, request), Unknown)}
