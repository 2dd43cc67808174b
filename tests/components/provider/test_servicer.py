"""The plugin's answers that depend on what the engine asks meanwhile."""

from __future__ import annotations

import asyncio
import threading

import pytest
from pulumi.runtime.proto import provider_pb2
from pulumi_aws_identity_center.components.on_demand import ComponentsOnDemand
from pulumi_aws_identity_center.provider import servicer
from pulumi_aws_identity_center.provider.configuration import Configuration
from pulumi_aws_identity_center.provider.run import Run
from pulumi_aws_identity_center.provider.servicer import Servicer


def test_a_cancel_while_it_is_configured_stops_the_new_run(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, new_run = threading.Event(), threading.Event(), Run()

    def configure(configuration: Configuration) -> Run:
        begun.set()
        assert go_on.wait(30)
        return new_run

    monkeypatch.setattr(servicer, "configured_run", configure)

    async def cancel_meanwhile() -> None:
        plugin = Servicer(ComponentsOnDemand(), [], "127.0.0.1:1")
        configuring = asyncio.create_task(plugin.Configure(provider_pb2.ConfigureRequest(), None))
        await asyncio.to_thread(begun.wait, 30)
        await plugin.Cancel(None, None)
        go_on.set()
        await configuring

    asyncio.run(cancel_meanwhile())
    assert new_run.is_stopped
