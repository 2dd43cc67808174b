"""What the engine does with a path of `ignoreChanges`: one table for components, pack and gate. Pure.

Tried on the engine, CLI 3.259 (tests/engine/test_policy_ignore_changes.py). The whole property is left alone by these
spellings and no others: single quotes, a blank, a path in brackets without quotes do nothing, silently. A path into a
list (`name[0]`, `name[*]`) puts the old element back at that index, if the program's list is long enough, and adds
none: with it a list can lose what the program gives, and keep what it doesn't. Python's snake_case is translated by
Pulumi's SDK before the engine, and so before anyone who asks here, sees it.
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
    inside = re.compile(rf'({re.escape(name)}|\["{re.escape(name)}"\])[.\[]')
    return Ignored.A_PART if any(map(inside.match, ignore_changes)) else Ignored.NOTHING
