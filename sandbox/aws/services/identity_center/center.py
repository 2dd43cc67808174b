"""`Center`: Identity Center's whole state in a world, for all its instances.

Ids follow from a counter, so that the same calls in the same order give the same ids.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from .instance import Instance


@dataclass
class Center:
    """instances: by owner's account id, as an account owns at most one."""

    instances: dict[str, Instance] = field(default_factory=dict)
    count: int = 0
    client_tokens: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    # account → what has to be done to its IAM roles before anybody looks at them (ssoadmin/roles.py)
    pending_roles: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)

    def next_number(self) -> int:
        self.count += 1
        return self.count

    def digest(self, *parts: object) -> str:
        """64 hexadecimal digits that follow from the parts alone."""
        return hashlib.sha256(":".join(str(part) for part in parts).encode()).hexdigest()

    def new_uuid(self, kind: str) -> str:
        """A version 4 UUID that is the same in every run."""
        return str(uuid.UUID(self.digest(kind, self.next_number())[:32], version=4))

    def by_store(self, store_id: str) -> Instance | None:
        wanted = store_id.rpartition("/")[2]
        return next((instance for instance in self.instances.values() if instance.store.id == wanted), None)
