"""What time alone brings about: accounts get made and closed, handshakes expire, policy types come on.

`Organization.due` says when, by the id of what it is about; the file of its kind says what then happens. Nothing runs
in the background: each call first does what has come due, in the order in which it came due.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.aws.core.registry import Context, guards
from sandbox.aws.core.world import World

from .store import Organization

# Called with what is due, and the moment at which it was.
Happening = Callable[[World, Organization, str, float], None]
_HAPPENINGS: dict[str, Happening] = {}


def happens(kind: str) -> Callable[[Happening], Happening]:
    """kind: "account", or an id's letters before its first dash."""

    def register(happening: Happening) -> Happening:
        _HAPPENINGS[kind] = happening
        return happening

    return register


@guards("organizations", "*")
@guards("sso-admin", "*")
@guards("identitystore", "*")
@guards("iam", "*")
@guards("sts", "*")
def time_has_passed(context: Context) -> None:
    """Ends what the clock has brought to its end, before the operation sees it."""
    found: Organization | None = context.world.organization
    if found is None or not found.due:
        return
    now = context.world.now()
    while ready := sorted((moment, id_) for id_, moment in found.due.items() if moment <= now):
        for moment, id_ in ready:
            if found.due.pop(id_, None) is not None:
                _HAPPENINGS["account" if id_.isdigit() else id_.partition("-")[0]](context.world, found, id_, moment)
