"""Who gains and who loses what, for a reviewer: sentences, and a comment on a pull request. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pulumi_aws_identity_center.errors import count

from .grants import Grant, Principal
from .last_administrator import Loss
from .markdown import COMMENT_LIMIT, accounts_in_code, code, fit
from .preview import AccessChanges
from .report import Line, lines_of, shorten, show_principal

NOBODY = "Nobody gains or loses access."
FAILED = "🛑 The preview failed, so it doesn't show everybody who gains or loses access."
_CHANGES = "changes for everybody who has it"
_ACCOUNTS_SHOWN = 10
_LINES = 20
_LEFT_OUT = "… and {count} more: `identity-center matrix --diff PREVIEW.json` prints all of them."


def as_json(changes: AccessChanges) -> str:
    rows = {"gains": changes.gains, "loses": changes.loses}
    return json.dumps({name: [grant.as_json() for grant in grants] for name, grants in rows.items()}, indent=2)


def as_sentences(changes: AccessChanges) -> Iterator[str]:
    """A line for each group and user, then one for each permission set that changes."""
    for principal, gains, loses in _by_principal(changes):
        parts = filter(None, [_part("gains", gains), _part("loses", loses)])
        yield f"{show_principal(principal)} {'; '.join(parts)}."
    for changed in changes.changed_sets:
        yield f"Permission set {changed.name} {_CHANGES}: {', '.join(changed.parts)}."
    if not changes.gains and not changes.loses:
        yield NOBODY


def headline(changes: AccessChanges) -> str:
    if not changes.gains and not changes.loses:
        return NOBODY
    who = f"{_who(changes.gains, 'gain')} access, {_who(changes.loses, 'lose')} access"
    return f"{who} ({count(len(changes.gains), 'grant')} more, {len(changes.loses):,} fewer)."


def _who(grants: Sequence[Grant], verb: str) -> str:
    number = len({grant.principal.key for grant in grants})
    return f"1 group or user {verb}s" if number == 1 else f"{count(number, 'group')} and users {verb}"


def as_markdown(changes: AccessChanges, losses: Sequence[Loss] = (), *, failed: bool = False) -> str:
    """At most as long as a forge takes a comment. failed: the preview failed, so it doesn't show everything."""
    rows = [
        f"| {principal.type.lower()} {code(str(principal))} | {_cell(gains)} | {_cell(loses)} |"
        for principal, gains, loses in _by_principal(changes)
    ]
    text = ["### Who gains and who loses access", "", FAILED if failed else headline(changes)]
    text += [f"\n🛑 {code(loss.sentence)} {loss.remedy}" for loss in losses]
    if rows:
        text += ["", *fit(["| Who | Gains | Loses |", "|---|---|---|", *rows], COMMENT_LIMIT, f"\n{_LEFT_OUT}")]
    for changed in changes.changed_sets[:_LINES]:
        text.append(f"\nPermission set {code(changed.name)} {_CHANGES}: {', '.join(map(code, changed.parts))}.")
    text += [f"\n⚠️ {code(sentence)}" for sentence in changes.unknown[:_LINES]]
    return "\n".join(text)


def _by_principal(changes: AccessChanges) -> list[tuple[Principal, list[Line], list[Line]]]:
    gains, loses = _lines(changes.gains), _lines(changes.loses)
    principals = sorted({*gains, *loses}, key=lambda one: (one.type, str(one).casefold(), one.id or ""))
    return [(principal, gains[principal], loses[principal]) for principal in principals]


def _lines(grants: Sequence[Grant]) -> Mapping[Principal, list[Line]]:
    by_principal: dict[Principal, list[Line]] = defaultdict(list)
    for line in lines_of(grants):
        by_principal[line.principal].append(line)
    return by_principal


def _part(verb: str, lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    return f"{verb} {', '.join(f'{line.permission_set} in {_places(line)}' for line in lines)}"


def _places(line: Line) -> str:
    if len(line.grants) == 1:
        return line.accounts[0]
    return f"{count(len(line.grants), 'account')} ({shorten(line.accounts, _ACCOUNTS_SHOWN)})"


def _cell(lines: Sequence[Line]) -> str:
    cells = [f"{code(line.permission_set)} in {accounts_in_code(line.accounts)}" for line in lines]
    return "<br>".join(cells) or "–"
