"""Errors of two kinds: what AWS answers (`AwsError`), and what the sandbox's user did wrong (`SandboxError`)."""

from __future__ import annotations

from typing import Any


class SandboxError(Exception):
    """A mistake of the sandbox's user; the message is one sentence for a person."""


class AwsError(Exception):
    """An error as AWS answers it. `fields` are members of the error's shape, such as Reason."""

    def __init__(self, code: str, message: str, status: int = 400, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


def not_implemented(service: str, operation: str) -> AwsError:
    """501: SDKs don't retry it, as they would a 500, and it can't be mistaken for AWS's answer."""
    return AwsError(
        "SandboxNotImplemented",
        f"The sandbox has no {service} {operation}. sandbox/aws/README.md says how to add an operation.",
        status=501,
    )


def other_partition(region: str, partition: str) -> AwsError:
    return AwsError(
        "SandboxNotImplemented",
        f"{region} is in the partition {partition}, which the sandbox doesn't have: it answers what only reads.",
        status=501,
    )
