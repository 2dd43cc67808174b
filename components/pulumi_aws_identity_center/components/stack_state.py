"""The running stack's state, as the engine gives it to a program: types and outputs by URN. `Program.state` reads it
once.

The engine shows neither `protect` and `retainOnDelete`, nor resources that a failed update left to be deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.names import ATTRIBUTES_TYPE, GUARDED_TYPES

from .user_errors import plain_error

Outputs = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Any]]

_READ = "pulumi:pulumi:readStackResourceOutputs"
_RESOURCE = "pulumi:pulumi:getResource"
# Older versions panic if a stack was never updated.
_CLI = ">=3.182.0"
# In seconds. A file backend may write the state while the engine reads it: then the engine finds half of it.
_PAUSES = (0.0, 0.05, 0.2, 0.5, 1.0)


async def read_state() -> Rows | None:
    """The state's resources by URN, with `type` and `outputs`. None where the engine can't tell."""
    if not _has_engine():
        return None
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    error: Exception | None = None
    for pause in _PAUSES:
        await asyncio.sleep(pause)
        try:
            answer = await pulumi.runtime.invoke_async(_READ, {"stackName": stack})
        except Exception as failure:  # noqa: BLE001 - the engine's failures have no class of their own
            error = failure
        else:
            return (answer or {}).get("outputs") or {}
    raise plain_error(
        f"This stack's state could not be read: {error}. Without the state, nobody knows what the update would delete. "
        "So this changes nothing. Run it again."
    )


def _has_engine() -> bool:
    """Whether an engine runs this program. Raises RunError if it is too old."""
    try:
        pulumi.require_pulumi_version(_CLI)
    except AttributeError:  # the SDK's mocks of an engine, in somebody's unit test, have no version
        return False
    except Exception as error:  # noqa: BLE001 - as above
        raise plain_error(f"pulumi-aws-identity-center needs the Pulumi CLI {_CLI}: {error}") from None
    return True


def outputs_of_type(rows: Rows | None, type_: str) -> dict[str, Outputs]:
    """The outputs of the resources of a type, by URN."""
    return {urn: row.get("outputs") or {} for urn, row in (rows or {}).items() if row.get("type") == type_}


def arns_of_types(rows: Rows | None, *types: str) -> set[str]:
    """The ARNs of the resources of these types."""
    return {str(outputs.get("arn")) for type_ in types for outputs in outputs_of_type(rows, type_).values()}


async def read_known(rows: Rows | None) -> frozenset[str]:
    """The URNs of the state's adoptable and guarded resources that the engine knows already."""
    urns = [urn for urn, row in (rows or {}).items() if row.get("type") in (*GUARDED_TYPES, ATTRIBUTES_TYPE)]
    return frozenset([urn for urn in urns if await outputs_now(urn) is not None])


async def outputs_now(urn: str) -> Outputs | None:
    """The outputs of a resource that the engine knows; None for another."""
    try:
        answer = await pulumi.runtime.invoke_async(_RESOURCE, {"urn": urn})
    except Exception:  # noqa: BLE001 - as above; "unknown resource" is the engine's no
        return None
    return (answer or {}).get("state") or {}
