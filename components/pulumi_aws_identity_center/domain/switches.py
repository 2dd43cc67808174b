"""Who in one program holds which service's trusted access: two resources that do hold one switch, and deleting either
turns it off for both. Pure. An organization's list that holds it too: `other_owners.py`."""

from __future__ import annotations

from collections.abc import Hashable


class Switches:
    """What was noted, by account and service."""

    def __init__(self) -> None:
        self._owners: dict[Hashable, dict[str, bool]] = {}
        self._told: set[Hashable] = set()

    def note(self, switch: Hashable, principal: str, owner: str, protected: bool) -> str | None:
        """A sentence, once a switch, if it has two owners of which one may be deleted by a slip."""
        owners = self._owners.setdefault(switch, {})
        owners[owner] = protected
        loose = [name for name, kept in owners.items() if not kept]
        if not loose or len(owners) < 2 or switch in self._told:
            return None
        self._told.add(switch)
        others = ", ".join(name for name in owners if name != loose[0])
        return (
            f"{loose[0]} and {others} of this program hold one switch, the trusted access of {principal}: deleting "
            f"{loose[0]}, which nothing protects, turns it off for all of them. {_fix(loose[0])}"
        )


def _fix(owner: str) -> str:
    if owner.startswith("TrustedAccess"):
        return "Remove its breakGlass, unless that is what you want."
    return (
        "Keep one: give that one opts=pulumi.ResourceOptions(retain_on_delete=True), run pulumi up, and then take it "
        "out of the program; trusted access stays on."
    )
