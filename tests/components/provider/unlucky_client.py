"""The provider's client on an embedded AWS, with a fate for each call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi_aws_identity_center.aws import assignment_backlog, assignment_queue, permission_sets, provider_client
from pulumi_aws_identity_center.aws.provider_client import CallFailed, ProviderClient
from pulumi_aws_identity_center.provider.run import Run

from sandbox.aws import EmbeddedAws

# A call that isn't just sent is refused for now, sent with its answer lost, refused for good; sent when the update is
# cancelled; or the plugin is killed before it is sent, or before its answer arrives.
FAULTS = ("throttled", "lost", "denied", "cancelled", "killed before", "killed after")
_READS = ("list_", "describe_", "get_")


@contextlib.contextmanager
def impatient_cloud() -> Iterator[EmbeddedAws]:
    """An embedded AWS that this process's clients use, and hardly wait between two attempts."""
    with pytest.MonkeyPatch.context() as patch, EmbeddedAws("sso-enabled") as running:
        for name, value in running.environment().items():
            patch.setenv(name, value)
        patch.setattr(provider_client, "_FIRST_PAUSE", 0.001)
        patch.setattr(permission_sets, "_FIRST_LOOK", 0.001)
        patch.setattr(assignment_queue, "_FIRST_PAUSE", 0.001)
        patch.setattr(assignment_backlog, "LEAST_GAP", 0.002)
        yield running


class UnluckyClient(ProviderClient):
    """Without a limiter; the next calls meet their fates. A killed one sends nothing more."""

    fates: list[str]
    run: Run
    creates: int = 0
    writes: int = 0
    is_killed: bool = False
    spares_reads: bool = False

    @classmethod
    def of(cls, *fates: str) -> UnluckyClient:
        client = cls(windows={})
        client.begin(*fates)
        return client

    def begin(self, *fates: str) -> None:
        """A run of its own; the AWS clients, which take their time to be made, stay."""
        self.fates, self.writes, self.is_killed, self.run = list(fates), 0, False, Run(self)

    def call_once(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        is_spared = self.spares_reads and operation.startswith(_READS)
        fate = self.fates.pop(0) if self.fates and not is_spared else "sent"
        self.is_killed |= fate == "killed before"
        if self.is_killed:
            raise CallFailed(operation, "denied", "Killed", "nobody sends it")
        if fate == "cancelled":
            self.run.stop()
        if fate == "throttled":
            raise CallFailed(operation, "throttled", "ThrottlingException", "AWS throttled the request")
        if fate == "denied" and not operation.startswith(_READS):
            raise CallFailed(operation, "denied", "AccessDeniedException", "access was denied")
        self.creates += operation == "create_account_assignment"
        self.writes += not operation.startswith(_READS)
        answer = super().call_once(service, operation, **parameters)
        self.is_killed |= fate == "killed after"
        if fate in ("lost", "killed after"):
            raise CallFailed(operation, "unreachable", "", "AWS could not be reached")
        return answer
