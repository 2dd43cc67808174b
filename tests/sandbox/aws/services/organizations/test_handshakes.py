"""The way to all features."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

INVITED, CREATED = "222233334444", "333344445555"
DAY = 86_400
SEED = f"""
organization: {{feature_set: CONSOLIDATED_BILLING}}
accounts: [{{id: '{INVITED}', name: a, joined: INVITED}}, {{id: '{CREATED}', name: b}}]
"""


@pytest.fixture
def running(aws: Callable, tmp_path: Path) -> Any:
    """An organization with consolidated billing, one invited account and one of its own making."""
    (tmp_path / "seed.yaml").write_text(SEED)
    return aws(tmp_path / "seed.yaml")


def test_all_features_need_every_invited_accounts_approval(running: Any, code: Callable) -> None:
    client = running.client("organizations")
    parent = client.enable_all_features()["Handshake"]
    assert parent["State"] == "REQUESTED"
    assert code(client.accept_handshake, HandshakeId=parent["Id"]) == "InvalidHandshakeTransitionException"
    assert code(client.enable_all_features) == "HandshakeConstraintViolationException"
    children = client.list_handshakes_for_organization(Filter={"ParentHandshakeId": parent["Id"]})["Handshakes"]
    assert [child["Parties"][1]["Id"] for child in children] == [INVITED]
    running.client("organizations", account=INVITED).accept_handshake(HandshakeId=children[0]["Id"])
    assert client.describe_handshake(HandshakeId=parent["Id"])["Handshake"]["State"] == "OPEN"
    assert client.describe_organization()["Organization"]["FeatureSet"] == "CONSOLIDATED_BILLING"
    client.accept_handshake(HandshakeId=parent["Id"])
    assert client.describe_organization()["Organization"]["FeatureSet"] == "ALL"
    client.enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")


def test_an_approval_is_the_invited_accounts_to_give(running: Any, code: Callable) -> None:
    client = running.client("organizations")
    client.enable_all_features()
    invited, created = (running.client("organizations", account=account) for account in (INVITED, CREATED))
    (approval,) = invited.list_handshakes_for_account()["Handshakes"]
    assert approval["Action"] == "APPROVE_ALL_FEATURES"
    handshake = {"HandshakeId": approval["Id"]}
    assert code(created.describe_handshake, **handshake) == "HandshakeNotFoundException"
    assert code(client.accept_handshake, **handshake) == "AccessDeniedException"
    assert invited.accept_handshake(**handshake)["Handshake"]["State"] == "ACCEPTED"
    assert code(invited.accept_handshake, **handshake) == "HandshakeAlreadyInStateException"


def test_a_handshake_expires_and_is_forgotten_thirty_days_later(running: Any, code: Callable) -> None:
    client, invited = running.client("organizations"), running.client("organizations", account=INVITED)
    parent = client.enable_all_features()["Handshake"]["Id"]
    (approval,) = invited.list_handshakes_for_account()["Handshakes"]
    running.world.source.move(90 * DAY)
    assert client.describe_handshake(HandshakeId=parent)["Handshake"]["State"] == "EXPIRED"
    assert code(invited.accept_handshake, HandshakeId=approval["Id"]) == "InvalidHandshakeTransitionException"
    running.world.source.move(29 * DAY)
    assert len(client.list_handshakes_for_organization()["Handshakes"]) == 2
    running.world.source.move(2 * DAY)
    assert client.list_handshakes_for_organization()["Handshakes"] == []
    assert code(client.describe_handshake, HandshakeId=parent) == "HandshakeNotFoundException"


def test_without_invited_accounts_it_is_open_at_once(aws: Callable) -> None:
    client = aws("consolidated-billing").client("organizations")
    assert client.enable_all_features()["Handshake"]["State"] == "OPEN"


def test_all_features_twice_is_refused(aws: Callable, code: Callable) -> None:
    assert code(aws("organization").client("organizations").enable_all_features) == (
        "HandshakeConstraintViolationException"
    )


def test_more_than_5000_accounts_can_not_enable_all_features(aws: Callable, reason: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("organization: {feature_set: CONSOLIDATED_BILLING}\naccount_count: 5001\n")
    refused = reason(aws(seed).client("organizations").enable_all_features)
    assert refused == "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED"
