"""What the engine does with a path of `ignoreChanges`: one table for components, pack and gate. Pure.

Tested on the engine, CLI 3.259 (tests/engine/test_policy_ignore_changes.py). Only these spellings make it ignore the
whole property. Single quotes, a blank, or a path in brackets without quotes do nothing, without an error. A path into a
list (`name[0]`, `name[*]`) puts the old element back at that index, if the program's list is long enough. So a list can
lose an element that the program gives, and keep one that it doesn't. A path into every property (`[*][0]`) does so in
some runs, and not in others. Pulumi's SDK translates Python's snake_case before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum


class Ignored(Enum):
    NOTHING = "nothing"
    A_PART = "a part"
    ALL = "all"


def how_ignored(name: str, ignore_changes: Sequence[str]) -> Ignored:
    if not {name, f'["{name}"]', "*", "[*]", '["*"]'}.isdisjoint(ignore_changes):
        return Ignored.ALL
    inside = re.compile(rf'({re.escape(name)}|\["{re.escape(name)}"\]|\[\*\])[.\[]')
    return Ignored.A_PART if any(map(inside.match, ignore_changes)) else Ignored.NOTHING
