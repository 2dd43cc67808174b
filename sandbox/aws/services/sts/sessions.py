"""Temporary credentials: what each was given when it was made, kept in the world by access key.

Source: IAM/latest/UserGuide/id_credentials_temp.html and the API pages of sts.py. A session policy that is a managed
policy is read once, when the session is made (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.core.world import World


@dataclass(frozen=True)
class Session:
    """A role's. arn, user_id: as GetCallerIdentity gives them. issuer: the role's ARN. policies: the session policies'
    texts; None: nothing narrows it. enforced: IAM is, whether or not the sandbox enforces it on others."""

    account: str
    arn: str
    user_id: str
    issuer: str
    issued: float
    expires: float
    policies: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()
    source_identity: str | None = None
    enforced: bool = False


def session_of_role(world: World, role: Any, name: str, seconds: float, *, enforced: bool = False) -> Session:
    """A session of moto's role, without asking IAM."""
    account, now = role.account_id, world.now()
    arn = f"arn:aws:sts::{account}:assumed-role/{role.name}/{name}"
    return Session(account, arn, f"{role.id}:{name}", role.arn, now, now + seconds, enforced=enforced)


def credentials_of(world: World, session: Session) -> dict[str, object]:
    """Makes the session's credentials, as the STS operations answer with them."""
    key = f"ASIA{world.new_id(16).upper()}"
    world.sessions[key] = session
    return {
        "AccessKeyId": key,
        "SecretAccessKey": world.new_id(40),
        "SessionToken": world.new_id(120),
        "Expiration": session.expires,
    }
