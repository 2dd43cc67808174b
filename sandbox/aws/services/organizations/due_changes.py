"""What time alone changes: account creations and closures end, handshakes expire, policy types become enabled.

`Organization.due` maps an id to the moment at which something is due; the file of the id's kind registers what then
happens. Nothing runs in the background: each call first completes what has come due, in that order.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.aws.core.registry import Context, guards
from sandbox.aws.core.world import World

from .store import Organization

# Called with the id of what is due, and the moment at which it was due.
DueChange = Callable[[World, Organization, str, float], None]
_DUE_CHANGES: dict[str, DueChange] = {}


def when_due(kind: str) -> Callable[[DueChange], DueChange]:
    """kind: "account", or an id's letters before its first dash."""

    def register(due_change: DueChange) -> DueChange:
        _DUE_CHANGES[kind] = due_change
        return due_change

    return register


@guards("organizations", "*")
@guards("sso-admin", "*")
@guards("identitystore", "*")
@guards("iam", "*")
@guards("sts", "*")
def complete_due_changes(context: Context) -> None:
    """Before the operation reads or changes anything."""
    organization: Organization | None = context.world.organization
    if organization is None or not organization.due:
        return
    now = context.world.now()
    while ready := sorted((moment, id_) for id_, moment in organization.due.items() if moment <= now):
        for moment, id_ in ready:
            if organization.due.pop(id_, None) is not None:
                _DUE_CHANGES[_kind_of(id_)](context.world, organization, id_, moment)


def _kind_of(id_: str) -> str:
    return "account" if id_.isdigit() else id_.partition("-")[0]
