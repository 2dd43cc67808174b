"""What the running stack's state holds, as the engine and the CLI tell it to a program.

The engine's own function gives types and outputs, in milliseconds; what an update does with a resource that is no
longer declared (protect, retainOnDelete) only an export tells, and that is asked for where it matters. Neither changes
anything or takes the stack's lock. What can't be read is nothing, with `None` where the difference counts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Collection, Mapping
from typing import Any

import pulumi
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import monitor_supports_feature

from .ask import is_mocked

_READ = "pulumi:pulumi:readStackResourceOutputs"
_SECONDS = 30.0


async def held(type_: str) -> dict[str, Mapping[str, Any]]:
    """The outputs of the state's resources of a type, by URN; empty where the engine can't tell."""
    # An older CLI ends in a panic when it is asked about a new stack.
    if is_mocked() or not monitor_supports_feature(resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS):
        return {}
    try:
        answer = await pulumi.runtime.invoke_async(_READ, {"stackName": _stack()})
    except Exception as error:  # noqa: BLE001 - the engine's failures have no class of their own
        pulumi.log.debug(f"This stack's state could not be read: {error}")
        return {}
    rows = (answer or {}).get("outputs") or {}
    return {urn: row.get("outputs") or {} for urn, row in rows.items() if row.get("type") == type_}


async def unprotected(urns: Collection[str]) -> set[str] | None:
    """Those that an update deletes, by AWS's API too, once they are no longer declared. None where it can't be told."""
    return await asyncio.to_thread(_unprotected, urns)


def _unprotected(urns: Collection[str]) -> set[str] | None:
    command = ["pulumi", "stack", "export", "--stack", _stack()]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True)
        rows = json.loads(done.stdout)["deployment"]["resources"]
        return {row["urn"] for row in rows if row["urn"] in urns and not _stays(row)}
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError) as error:
        pulumi.log.debug(f"This stack's state could not be exported: {error}")
        return None


def _stays(row: Mapping[str, Any]) -> bool:
    """protect refuses to delete it; retained or only read, it leaves the state without a call to AWS."""
    return bool(row.get("protect") or row.get("retainOnDelete") or row.get("external"))


def _stack() -> str:
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
