"""The report of `who-can-disable` for a person: blocks for a terminal, lines for a pipe, Markdown for a CI job. Pure.

The principals that nothing accepts come first. Text of the account's own has to be made printable before.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.plain_text import Line, markdown

Row = Mapping[str, Any]
Report = Mapping[str, Sequence[Row]]

_HEADINGS: Final = {
    "actions": "can call",
    "escalation": "can escalate by",
    "new": "new since then",
    "through": "policies",
    "conditions": "only if",
}
_MARGIN: Final = 18
_BEFORE_NAME: Final = re.compile(r"\Aarn:[^:]*:iam:[^:]*:[^:]*:")
_CAN_CALL_ALL: Final = "not listed: it can call every lock-out action itself"
# What a step's condition keys say about the call.
_CONTEXT_WORDS: Final = {
    "iam:PassedToService": "to",
    "iam:PolicyARN": "with",
    "iam:PermissionsBoundary": "with boundary",
}


# What stands beside a principal's name, by the row's key.
_NOTES: Final = {
    "permission_set": "permission set {}",
    "groups": "by group {}",
    "accepted": "accepted by {}",
}


# ---- for a terminal


def terminal_lines(report: Report, width: int) -> Iterator[Line]:
    """The answer, then a block a principal, of an accepted one its name only. Nothing is cut: it is wrapped."""
    style = _style(report)
    yield from (Line(text, style) for text in textwrap.wrap(_headline(report), width))
    accepted = [row for row in report["principals"] if _is_accepted(row)]
    unaccepted = [row for row in report["principals"] if not _is_accepted(row)]
    for row in unaccepted:
        yield from _block(_name(row), _facts(row, _short), width)
    for arn, doubts in groupby(report["undetermined"], itemgetter("arn")):
        yield from _block(f"{_short(arn)}, undetermined", map(itemgetter("what", "detail"), doubts), width)
    if accepted:
        yield Line("")
    yield from (Line(_name(row)) for row in accepted)
    if "sentinel" in report:
        yield from (Line(""), Line(_stoppers(report)))


def _block(name: str, facts: Iterable[tuple[str, str]], width: int) -> Iterator[Line]:
    yield from (Line(""), Line(name, "bold"))
    for heading, text in facts:
        yield from map(Line, _wrapped(heading, text, width))


def _headline(report: Report) -> str:
    capable = len(report["principals"])
    who = count(capable, "principal") if capable else "No principal"
    undetermined = f"{_count_undetermined(report)} undetermined" if report["undetermined"] else ""
    details = ", ".join(filter(None, (_accepted(report), undetermined)))
    return f"{who} can lock everybody out (the root user always can){f': {details}' if details else ''}."


def _accepted(report: Report) -> str:
    """How many of the principals are accepted; "" if none is."""
    accepted = _count_accepted(report)
    if accepted == 0:
        return ""
    return "all accepted" if accepted == len(report["principals"]) else f"{accepted} accepted"


def _style(report: Report) -> str:
    if _count_accepted(report) < len(report["principals"]):
        return "bold red"
    return "bold yellow" if report["undetermined"] else "bold green"


def _wrapped(heading: str, text: str, width: int) -> list[str]:
    start = f"  {heading:<{_MARGIN - 2}}"
    if len(start) > _MARGIN:
        start = f"{start} "
    return textwrap.wrap(
        text,
        width=max(width, _MARGIN + 20),
        initial_indent=start,
        subsequent_indent=" " * _MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _facts(row: Row, show: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Heading and text of what there is to say about a principal. show: how a name is shown."""
    for column, heading in _HEADINGS.items():
        if row.get(column):
            yield heading, ", ".join(map(show, row[column]))
    yield from _path_facts(row)


def _path_facts(row: Row) -> Iterator[tuple[str, str]]:
    """A step each."""
    paths = row.get("paths", ())
    if row["escalation"] and not paths:
        yield "path", _CAN_CALL_ALL
    for number, path in enumerate(paths, 1):
        heading = f"path {number}" if len(paths) > 1 else "path"
        for sentence in path_sentences(path):
            yield heading, sentence
            heading = "  then"


# ---- for a pipe


def plain_lines(report: Report) -> Iterator[str]:
    """The answer, then a line a fact, with whole ARNs but in a path's steps."""
    yield _headline(report)
    for row in _worst_first(report["principals"]):
        notes = _notes(row)
        yield f"{row['arn']} ({'; '.join(notes)})" if notes else str(row["arn"])
        yield from (f"  {heading}: {text}" for heading, text in _facts(row, str))
    for doubt in report["undetermined"]:
        yield f"undetermined: {doubt['arn']}: {doubt['what']}: {doubt['detail']}"
    if "sentinel" in report:
        yield _stoppers(report)


# ---- for a CI job's summary


def markdown_lines(report: Report) -> Iterator[str]:
    sign = {"bold red": "❌", "bold yellow": "⚠️", "bold green": "✅"}[_style(report)]
    yield f"### {sign} {markdown(_headline(report))}"
    if report["principals"]:
        yield from ("", "| Principal | Can call | How it can escalate | Accepted by |", "|---|---|---|---|")
    yield from map(_table_row, _worst_first(report["principals"]))
    if report["undetermined"]:
        yield ""
    for doubt in report["undetermined"]:
        sentence = ": ".join((f"{_short(doubt['arn'])}, undetermined", doubt["what"], doubt["detail"]))
        yield f"- {markdown(sentence)}"


def _table_row(row: Row) -> str:
    paths = "<br>".join(markdown(" → ".join(path_sentences(path))) for path in row.get("paths", ()))
    cells = [_short(row["arn"]), ", ".join(row["actions"]), ", ".join(row["escalation"]), row.get("accepted", "")]
    name, actions, escalation, accepted = map(markdown, cells)
    return f"| {name} | {actions} | {paths or escalation} | {accepted} |"


# ---- words


def path_sentences(path: Sequence[Row]) -> Iterator[str]:
    """A sentence a step. A principal's policies are named again only if they are others."""
    policies_of: dict[str, str] = {}
    for step in path:
        yield _step_sentence(step, policies_of.get(step["principal"], ""))
        policies_of[step["principal"]] = _policies(step)


def _step_sentence(step: Row, known_policies: str) -> str:
    """user/ann may call iam:PassRole on role/ci-admin to lambda.amazonaws.com (policy deploy of group devs), or …"""
    alternatives = (step, *step.get("or", ()))
    are_policies_shared = len(set(map(_policies, alternatives))) == 1
    shared_policies = _policies(step) if are_policies_shared else ""
    actions_by_rest: defaultdict[str, list[str]] = defaultdict(list)
    for alternative in alternatives:
        who = "" if alternative["principal"] == step["principal"] else f"{_short(alternative['principal'])} may call "
        rest = _on_what(alternative) + ("" if shared_policies else _policies(alternative))
        actions_by_rest[rest].append(f"{who}{alternative['action']}")
    calls = [f"{' or '.join(actions)}{rest}" for rest, actions in actions_by_rest.items()]
    policies = shared_policies if shared_policies != known_policies else ""
    further = f", and so on: see {_short(step['continues'])}" if "continues" in step else ""
    return f"{_short(step['principal'])} may call {', or '.join(calls)}{policies}{further}"


def _on_what(step: Row) -> str:
    """The resource, and what else the call says."""
    resource = "" if step["resource"] == "*" else f" on {_short(step['resource'])}"
    context = step.get("context", {})
    words = [f" {word} {_short(context[key])}" for key, word in _CONTEXT_WORDS.items() if key in context]
    return f"{resource}{''.join(words)}"


def _policies(step: Row) -> str:
    names = [_short(name).removeprefix("policy/") for name in step["through"]]
    if not names:
        return ""
    group = f" of group {', '.join(step['groups'])}" if "groups" in step else ""
    return f" ({'policies' if len(names) > 1 else 'policy'} {', '.join(names)}{group})"


def _short(name: str) -> str:
    """An ARN of IAM's without its account: role/ci-admin."""
    return _BEFORE_NAME.sub("", name)


def _name(row: Row) -> str:
    return ", ".join([_short(row["arn"]), *_notes(row)])


def _notes(row: Row) -> list[str]:
    return [note.format(", ".join(as_list(row[key]))) for key, note in _NOTES.items() if key in row]


def _is_accepted(row: Row) -> bool:
    return "accepted" in row


def _worst_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=_is_accepted)


def _count_accepted(report: Report) -> int:
    return sum(map(_is_accepted, report["principals"]))


def _count_undetermined(report: Report) -> int:
    return len({row["arn"] for row in report["undetermined"]})


def _stoppers(report: Report) -> str:
    names = ", ".join(_short(row["arn"]) for row in report["sentinel"]) or "nobody but the root user"
    return f"Certainly can stop the Sentinel: {names}"
