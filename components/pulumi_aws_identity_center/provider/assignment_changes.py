"""What an update of account assignments has to grant and to revoke. Pure."""

from __future__ import annotations

from collections import defaultdict
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
    new, wanted = holder(news), frozenset(news["accounts"])
    listed: dict[Principal, frozenset[str]] = defaultdict(frozenset, leftovers_of(state))
    listed[new] = frozenset()  # only former principals leave anything over
    owners = {new: news["owns"]}
    if state:
        former = holder(state)
        listed[former] |= frozenset(state["accounts"])
        owners.setdefault(former, state.get("owns", "all"))
    removable: dict[Principal, frozenset[str]] = {}
    for principal, accounts in listed.items():
        owns = "gone" if principal in gone else owners.get(principal, "listed")
        removable[principal] = _removable(owns, accounts, held[principal])
    removable[new] -= wanted
    return Changes(
        grants=wanted - frozenset(held[new]),
        revocations={principal: accounts for principal, accounts in removable.items() if accounts},
    )


def _removable(owns: str, listed: frozenset[str], held: Collection[str]) -> frozenset[str]:
    """What a resource may take from a principal. owns: "gone" for a principal whose assignments AWS doesn't list."""
    if owns == "gone":
        return listed
    return frozenset(held) if owns == "all" else listed.intersection(held)


def difference(state: Properties, news: Properties) -> Difference:
    """A line for each account that is added or removed."""
    replaces = tuple(_changed(state, news, ("instanceArn", "permissionSetArn")))
    names = (*replaces, *_changed(state, news, ("principalType", "principalId", "principalName", "owns")))
    changes: dict[str, Kind] = dict.fromkeys(names, "update")
    changes |= _account_changes(state.get("accounts", []), news["accounts"])
    if state.get("leftovers"):
        changes["leftovers"] = "delete"
    return Difference(changes, replaces)


def _changed(state: Properties, news: Properties, names: Iterable[str]) -> list[str]:
    old, new = {"owns": "all", **state}, {"owns": "all", **news}
    return [name for name in names if old.get(name) != new.get(name)]


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
