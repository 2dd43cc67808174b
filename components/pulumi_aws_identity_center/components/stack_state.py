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
from pulumi.runtime.sync_await import _sync_await

from .lookups import is_mocked
from .program import watch

_READ = "pulumi:pulumi:readStackResourceOutputs"
_SECONDS = 30.0


Rows = Mapping[str, Mapping[str, Any]]


async def rows() -> Rows | None:
    """The state's resources by URN, with type and outputs each, as they were when a program first asks; None where the
    engine can't tell."""
    return await watch().once("state", _rows)


def rows_now() -> Rows | None:
    """The same, for a constructor."""
    return watch().shared("state now", lambda: _sync_await(rows()))


async def _rows() -> Rows | None:
    # An older CLI ends in a panic when it is asked about a new stack.
    if is_mocked() or not monitor_supports_feature(resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS):
        return None
    try:
        answer = await pulumi.runtime.invoke_async(_READ, {"stackName": _stack()})
    except Exception as error:  # noqa: BLE001 - the engine's failures have no class of their own
        pulumi.log.debug(f"This stack's state could not be read: {error}")
        return None
    found: Rows = (answer or {}).get("outputs") or {}
    return found


def of_type(found: Rows | None, type_: str) -> dict[str, Mapping[str, Any]]:
    """The outputs of those of a type, by URN."""
    return {urn: row.get("outputs") or {} for urn, row in (found or {}).items() if row.get("type") == type_}


async def unprotected(urns: Collection[str]) -> dict[str, str] | None:
    """Those that an update deletes, by AWS's API too, once they are no longer declared, each with its provider's URN.
    None where it can't be told."""
    found = await asyncio.to_thread(_export)
    if found is None:
        return None
    return {row["urn"]: _provider(row) for row in found if row["urn"] in urns and not _stays(row)}


async def half_deleted(type_: str) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What an update that failed has replaced and not deleted yet, which the next one does first: URN, provider's URN
    and outputs. Empty where it can't be told."""
    found = await asyncio.to_thread(_export) or []
    gone = [row for row in found if row.get("type") == type_ and row.get("delete") and not _stays(row)]
    return [(row["urn"], _provider(row), row.get("outputs") or {}) for row in gone]


def _export() -> list[Mapping[str, Any]] | None:
    command = ["pulumi", "stack", "export", "--stack", _stack()]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True)
        return [{**row, "urn": row["urn"]} for row in json.loads(done.stdout)["deployment"]["resources"]]
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError) as error:
        pulumi.log.debug(f"This stack's state could not be exported: {error}")
        return None


def _provider(row: Mapping[str, Any]) -> str:
    return str(row.get("provider", "")).rpartition("::")[0]


def _stays(row: Mapping[str, Any]) -> bool:
    """protect refuses to delete it; retained or only read, it leaves the state without a call to AWS."""
    return bool(row.get("protect") or row.get("retainOnDelete") or row.get("external"))


def _stack() -> str:
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
