"""From one row of a plan's `resource_changes` or `resource_drift` to a Change, or to nothing. Pure.

`after` lacks what only the apply will know: `after_unknown` has the same shape, with true for each such value (null
stands for one inside of a list, so that positions agree). Sensitive values stand in plain text: they are judged like
any other, and `Change.secrets` keeps them out of every finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.iam_carriers import COMPUTED
from pulumi_aws_identity_center.domain.terraform_names import properties_of, token_of
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, Resource, children, is_unknown

# `actions` in any order: Terraform writes ["create", "forget"] where OpenTofu writes ["forget", "create"].
_ACTIONS: Mapping[frozenset[str], tuple[Action, bool]] = {
    frozenset({"no-op"}): (Action.SAME, False),
    frozenset({"create"}): (Action.CREATE, False),
    frozenset({"update"}): (Action.UPDATE, False),
    frozenset({"delete"}): (Action.DELETE, False),
    frozenset({"delete", "create"}): (Action.REPLACE, False),
    frozenset({"forget"}): (Action.DELETE, True),
    frozenset({"forget", "create"}): (Action.REPLACE, True),
}
IN_PLACE = (["no-op"], ["update"])
_QUOTED = re.compile(r'"([^"]*?\w[^"]*?)(?=\\*"(\s*:)?)')
_WILDCARD = re.compile(r"[*?]|\$\{[^}]*\}")
_PATTERN = re.compile(rf'arn:[^"]+|[^"]*(?:{_WILDCARD.pattern})[^"]*')
# What everybody's policies have: actions, effects, versions.
_COMMON = re.compile(r"[\w-]+:[\w*?]+|Allow|Deny|\d{4}-\d\d-\d\d")


def change_of(row: Mapping[str, Any], cause: Cause) -> Change | None:
    """None for a data source, and for a resource of another provider or service."""
    token = token_of(str(row.get("type")))
    if not token or row.get("mode") == "data":
        return None
    change = row["change"]
    words = list(map(str, as_list(change.get("actions"))))
    action, retained = _ACTIONS.get(frozenset(words), (Action.UNKNOWN, False))
    unknown_reason = _unknown_reason(change, words, action)
    return Change(
        address=_address(row),
        type=token,
        op="drift" if cause is Cause.REFRESH else ",".join(words),
        action=Action.UNKNOWN if unknown_reason else action,
        before=_resource(row, change.get("before"), None),
        after=_resource(row, change.get("after"), change.get("after_unknown")),
        cause=cause,
        retained=retained,
        imported=bool(change.get("importing")),
        unknown_reason=unknown_reason,
        secrets=frozenset(filter(_is_secret, _secrets(change))),
    )


def _unknown_reason(change: Mapping[str, Any], words: list[str], action: Action) -> str:
    if action is Action.UNKNOWN:
        return f"The plan calls what it would do here {','.join(words)!r:.60}, which this gate doesn't know."
    importing = change.get("importing")
    if isinstance(importing, dict) and importing.get("unknown"):
        return "The plan can't know yet which resource it imports here, so it doesn't show what would change."
    return ""


def _address(row: Mapping[str, Any]) -> str:
    deposed = row.get("deposed")
    return f"{row.get('address')} (deposed {deposed})" if deposed else str(row.get("address"))


def _resource(row: Mapping[str, Any], state: Any, unknown: Any) -> Resource | None:
    values = with_unknown(state, unknown)
    if not isinstance(values, dict):
        return None
    properties = properties_of(str(row["type"]), values)
    return Resource(properties, properties, id=str(properties.get("id") or ""))


def computed_that_it_sets(change: Change) -> frozenset[str]:
    """The computed properties to which the plan gives another value: the program sets these, perhaps by a dynamic
    block, which the plan's configuration leaves out."""
    names = COMPUTED.get(change.type, frozenset()) if change.after else frozenset()
    return frozenset(name for name in names if _changes_to_known_value(change, name))


def _changes_to_known_value(change: Change, name: str) -> bool:
    had, value = change.old.sets(name), change.new.sets(name)
    is_another = (value or []) != (had or [])  # null is how a provider may spell an empty list
    return is_another and not is_unknown(value)


def with_unknown(value: Any, unknown: Any) -> Any:
    """The value with UNKNOWN wherever `unknown`, which has its shape, says true."""
    if unknown is True:
        return UNKNOWN
    if not _has_unknown(unknown):
        return value
    parts = dict(_parts(value)) if isinstance(value, type(unknown)) else {}
    for key, mark in _parts(unknown):
        if _has_unknown(mark):
            parts[key] = with_unknown(parts.get(key), mark)
    return parts if isinstance(unknown, dict) else list(parts.values())


def _has_unknown(unknown: Any) -> bool:
    return unknown is True or any(map(_has_unknown, children(unknown)))


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """What is in an object by its key, in a list by its position; nothing of anything else."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _is_secret(text: str) -> bool:
    """Names of AWS's services are none, and very short texts are in every sentence."""
    return len(text) > 3 and not text.endswith(".amazonaws.com")


def _secrets(change: Mapping[str, Any]) -> Iterator[str]:
    for side in ("before", "after"):
        yield from _sensitive_texts(change.get(side), change.get(f"{side}_sensitive"))


def _sensitive_texts(value: Any, mark: Any) -> Iterator[str]:
    """mark: of the value's shape, with true for what is sensitive."""
    if mark is True:
        yield from _texts(value)
    elif mark:
        parts = dict(_parts(value))
        for key, inner in _parts(mark):
            yield from _sensitive_texts(parts.get(key), inner)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a sensitive value; of a policy document also each value but actions, effects and the version."""
    for item in children(value):
        yield from _texts(item)
    if isinstance(value, str):
        yield from _with_name(value)
        for text, is_key in _QUOTED.findall(value):
            if not is_key and not _COMMON.fullmatch(text):
                yield from _with_name(text)
    elif type(value) in (int, float):
        yield str(value)


def _with_name(text: str) -> Iterator[str]:
    """The text; of an ARN and of a pattern also the name at its end, which a finding may show alone, and what stands
    around the wildcards, which a finding fills in."""
    yield text
    if _PATTERN.fullmatch(text):
        yield from _WILDCARD.split(text)
        yield from _WILDCARD.split(text.rpartition("/")[2])
