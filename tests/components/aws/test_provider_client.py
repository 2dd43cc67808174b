"""How long the resource provider retries a call."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from pulumi_aws_identity_center.aws import provider_client
from pulumi_aws_identity_center.aws.provider_client import CallFailed, ProviderClient


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Its client's calls reach AWS while `is_up`; `client` is the provider's. Patience is short but for AWS's own."""
    monkeypatch.setattr(provider_client, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(provider_client, "PATIENCE_UNTIL_ANSWERED", 0.1)
    monkeypatch.setattr(provider_client, "CANCEL_TIMEOUT", 0.1)
    network = SimpleNamespace(is_up=False, calls=0, client=ProviderClient())

    def describe_organization() -> dict[str, Any]:
        network.calls += 1
        if not network.is_up:
            raise EndpointConnectionError(endpoint_url="https://organizations.us-east-1.amazonaws.com")
        return {"Organization": {}}

    aws = SimpleNamespace(describe_organization=describe_organization)
    monkeypatch.setattr(network.client, "_client", lambda _service: aws)
    return network


def _call(network: SimpleNamespace) -> None:
    network.client.call("organizations", "describe_organization")


def test_without_a_network_it_gives_up_soon(network: SimpleNamespace) -> None:
    with pytest.raises(CallFailed, match="AWS could not be reached"):
        _call(network)
    assert network.calls > 1


def test_a_network_that_fails_later_is_waited_for_until_ctrl_c(network: SimpleNamespace) -> None:
    network.is_up = True
    _call(network)
    network.is_up = False
    network.client.stop()
    started = time.monotonic()
    with pytest.raises(CallFailed, match="AWS could not be reached"):
        _call(network)
    assert time.monotonic() - started < provider_client.PATIENCE / 10
    assert network.calls > 2
