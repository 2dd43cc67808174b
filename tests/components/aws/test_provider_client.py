"""How long the resource provider retries a call."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from pulumi_aws_identity_center.aws import provider_client
from pulumi_aws_identity_center.aws.provider_client import CallFailed, ProviderClient
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.provider.run import Run


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Its client's calls get no answer during the `outage`, by their numbers. Only PATIENCE is long."""
    monkeypatch.setattr(provider_client, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(provider_client, "PATIENCE_UNTIL_ANSWERED", 0.01)
    monkeypatch.setattr(provider_client, "CANCEL_TIMEOUT", 0.1)
    network = SimpleNamespace(outage=range(1_000_000), calls=0, client=ProviderClient())

    def describe_organization() -> dict[str, Any]:
        network.calls += 1
        if network.calls in network.outage:
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


def test_an_outage_after_an_answer_is_waited_for(network: SimpleNamespace) -> None:
    network.outage = range(2, 10)
    _call(network)
    _call(network)
    assert network.calls == 10


def test_ctrl_c_ends_the_retries(network: SimpleNamespace) -> None:
    network.outage = range(2, 1_000_000)
    _call(network)
    Run(network.client).stop()
    started = time.monotonic()
    with pytest.raises(CallFailed, match="AWS could not be reached"):
        _call(network)
    assert time.monotonic() - started < provider_client.PATIENCE / 10
    assert network.calls > 2


def test_a_first_answer_that_is_late_is_asked_for_again() -> None:
    client = ProviderClient(SignIn("us-east-1"))
    read_timeout = client._client("organizations").meta.config.read_timeout
    assert read_timeout + 1 < provider_client.PATIENCE_UNTIL_ANSWERED
