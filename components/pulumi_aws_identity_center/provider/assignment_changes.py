"""What an update of account assignments has to grant and to revoke. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.aws.assignments import Grant

from .resource_type import Difference, Kind, Properties
from .values import UNKNOWN, has_unknown

Principal = tuple[str, str]


def holder(properties: Properties) -> Principal:
    """Who has it: principal type and id."""
    return properties["principalType"], properties["principalId"]


def leftovers_of(state: Properties) -> dict[Principal, frozenset[str]]:
    """What an earlier update couldn't take from earlier principals."""
    return {holder(row): frozenset(row["accounts"]) for row in state.get("leftovers", [])}


def leftover_rows(leftovers: Mapping[Principal, frozenset[str]]) -> list[dict[str, Any]]:
    """What `leftovers_of` reads."""
    return [
        {"principalType": kind, "principalId": id_, "accounts": sorted(accounts)}
        for (kind, id_), accounts in sorted(leftovers.items())
        if accounts
    ]


@dataclass(frozen=True)
class Changes:
    """grants: accounts for the new principal. revocations: principal → accounts."""

    grants: frozenset[str]
    revocations: Mapping[Principal, frozenset[str]]


def changes_of(
    state: Properties,
    news: Properties,
    held: Mapping[Principal, Collection[str]],
    gone: Collection[Principal] = (),
) -> Changes:
    """state: empty for a new resource. held: what each principal has in AWS now. gone: principals that the identity
    store doesn't know any more, whose assignments AWS keeps and doesn't list."""
    new = holder(news)
    wanted = frozenset(news["accounts"])
    revocations: dict[Principal, frozenset[str]] = {}
    if state and holder(state) != new:
        revocations[holder(state)] = _owned(state, holder(state), held, gone)
    for principal, accounts in leftovers_of(state).items():
        if principal != new:
            still = accounts if principal in gone else accounts & frozenset(held[principal])
            revocations[principal] = revocations.get(principal, frozenset()) | still
    own = _owned(state, new, held, gone, owns=news["owns"]) - wanted
    if own:
        revocations[new] = own
    return Changes(
        grants=wanted - frozenset(held[new]),
        revocations={principal: accounts for principal, accounts in revocations.items() if accounts},
    )


def _owned(
    state: Properties,
    principal: Principal,
    held: Mapping[Principal, Collection[str]],
    gone: Collection[Principal],
    owns: str | None = None,
) -> frozenset[str]:
    """Of what the principal has, what this resource may take away."""
    listed = frozenset(state["accounts"]) if state and holder(state) == principal else frozenset()
    if principal in gone:
        return listed
    if (owns or state.get("owns", "all")) == "all":
        return frozenset(held[principal])
    return frozenset(held[principal]) & listed


def difference(state: Properties, news: Properties) -> Difference:
    """A line for each account that is added or removed."""
    changes: dict[str, Kind] = {}
    replaces = tuple(name for name in ("instanceArn", "permissionSetArn") if state.get(name) != news.get(name))
    for name in (*replaces, *_changed(state, news)):
        changes[name] = "update"
    changes |= _account_changes(state.get("accounts", []), news["accounts"])
    if state.get("leftovers"):
        changes["leftovers"] = "delete"
    return Difference(changes, replaces)


def _changed(state: Properties, news: Properties) -> list[str]:
    names = ("principalType", "principalId", "principalName", "owns")
    defaults = {"owns": "all"}
    return [name for name in names if state.get(name, defaults.get(name)) != news.get(name, defaults.get(name))]


def _account_changes(old: list[str], new: Any) -> dict[str, Kind]:
    if new is UNKNOWN:
        return {"accounts": "update"}
    known_accounts = {account for account in new if account is not UNKNOWN}
    changes: dict[str, Kind] = {f'accounts["{account}"]': "add" for account in sorted(known_accounts - set(old))}
    if has_unknown(new):
        return {"accounts": "update", **changes}
    return changes | {f'accounts["{account}"]': "delete" for account in sorted(set(old) - known_accounts)}


def make_grants(news: Properties, principal: Principal, accounts: Iterable[str]) -> list[Grant]:
    return [Grant(account, news["permissionSetArn"], *principal) for account in sorted(accounts)]


def label(properties: Properties) -> str:
    return f"{str(properties['principalType']).title()} {properties.get('principalName') or properties['principalId']}"
