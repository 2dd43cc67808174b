"""Invitations, and the way to all features."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

OUTSIDER = "999988887777"
DAY = 86_400


def invited(client: Any, account: str = OUTSIDER) -> str:
    handshake = client.invite_account_to_organization(Target={"Id": account, "Type": "ACCOUNT"}, Notes="join us")
    identifier: str = handshake["Handshake"]["Id"]
    return identifier


def test_an_invited_account_accepts_and_is_a_member(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client, outsider = running.client("organizations"), running.client("organizations", account=OUTSIDER)
    handshake = invited(client)
    assert [each["Id"] for each in outsider.list_handshakes_for_account()["Handshakes"]] == [handshake]
    assert code(outsider.describe_organization) == "AWSOrganizationsNotInUseException"
    assert outsider.accept_handshake(HandshakeId=handshake)["Handshake"]["State"] == "ACCEPTED"
    assert outsider.describe_organization()["Organization"]["Id"] == "o-exampleorg01"
    assert client.describe_account(AccountId=OUTSIDER)["Account"]["JoinedMethod"] == "INVITED"
    assert code(outsider.accept_handshake, HandshakeId=handshake) == "HandshakeAlreadyInStateException"
    assert code(client.cancel_handshake, HandshakeId=handshake) == "InvalidHandshakeTransitionException"
    client.remove_account_from_organization(AccountId=OUTSIDER)  # invited: no four days to wait


def test_an_invitation_is_the_receivers_to_answer_and_the_senders_to_cancel(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client, outsider = running.client("organizations"), running.client("organizations", account=OUTSIDER)
    stranger = running.client("organizations", account="999988880000")
    first = invited(client)
    assert code(stranger.describe_handshake, HandshakeId=first) == "HandshakeNotFoundException"
    assert code(client.accept_handshake, HandshakeId=first) == "AccessDeniedException"
    assert outsider.decline_handshake(HandshakeId=first)["Handshake"]["State"] == "DECLINED"
    second = invited(client)
    assert client.cancel_handshake(HandshakeId=second)["Handshake"]["State"] == "CANCELED"
    assert code(outsider.accept_handshake, HandshakeId=second) == "InvalidHandshakeTransitionException"


def test_one_invitation_at_a_time_and_none_for_a_member(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    invited(client)
    invite = client.invite_account_to_organization
    assert code(invite, Target={"Id": OUTSIDER, "Type": "ACCOUNT"}) == "DuplicateHandshakeException"
    member = {"Id": "222233334444", "Type": "ACCOUNT"}
    assert code(invite, Target=member) == "HandshakeConstraintViolationException"
    assert code(invite, Target={"Id": "o-exampleorg02", "Type": "ORGANIZATION"}) == "InvalidInputException"


def test_an_invitation_expires_after_fifteen_days(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client = running.client("organizations")
    handshake = invited(client)
    running.world.source.move(15 * DAY)
    assert client.describe_handshake(HandshakeId=handshake)["Handshake"]["State"] == "EXPIRED"
    outsider = running.client("organizations", account=OUTSIDER)
    assert code(outsider.accept_handshake, HandshakeId=handshake) == "InvalidHandshakeTransitionException"
    invited(client)


def test_all_features_come_when_every_invited_account_approved_and_management_completes(
    aws: Callable, code: Callable, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "organization: {feature_set: CONSOLIDATED_BILLING}\n"
        "accounts: [{id: '222233334444', name: a, joined: INVITED}, {id: '333344445555', name: b}]\n"
    )
    running = aws(seed)
    client = running.client("organizations")
    parent = client.enable_all_features()["Handshake"]
    assert parent["State"] == "REQUESTED"
    assert code(client.accept_handshake, HandshakeId=parent["Id"]) == "InvalidHandshakeTransitionException"
    assert code(client.enable_all_features) == "HandshakeConstraintViolationException"
    children = client.list_handshakes_for_organization(Filter={"ParentHandshakeId": parent["Id"]})["Handshakes"]
    assert [each["Parties"][1]["Id"] for each in children] == ["222233334444"]
    running.client("organizations", account="222233334444").accept_handshake(HandshakeId=children[0]["Id"])
    assert client.describe_handshake(HandshakeId=parent["Id"])["Handshake"]["State"] == "OPEN"
    assert client.describe_organization()["Organization"]["FeatureSet"] == "CONSOLIDATED_BILLING"
    client.accept_handshake(HandshakeId=parent["Id"])
    assert client.describe_organization()["Organization"]["FeatureSet"] == "ALL"
    client.enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")


def test_without_invited_accounts_it_is_open_at_once_and_invitations_wait(aws: Callable, code: Callable) -> None:
    client = aws("consolidated-billing").client("organizations")
    assert client.enable_all_features()["Handshake"]["State"] == "OPEN"
    invite = client.invite_account_to_organization
    assert code(invite, Target={"Id": OUTSIDER, "Type": "ACCOUNT"}) == "HandshakeConstraintViolationException"


def test_all_features_twice_is_refused(aws: Callable, code: Callable) -> None:
    assert code(aws("organization").client("organizations").enable_all_features) == (
        "HandshakeConstraintViolationException"
    )


def test_a_handshake_is_forgotten_thirty_days_after_its_end(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client, outsider = running.client("organizations"), running.client("organizations", account=OUTSIDER)
    declined, expired = invited(client), invited(client, "999988880000")
    outsider.decline_handshake(HandshakeId=declined)
    running.world.source.move(29 * DAY)
    assert [each["State"] for each in client.list_handshakes_for_organization()["Handshakes"]] == [
        "DECLINED",
        "EXPIRED",
    ]
    running.world.source.move(2 * DAY)
    assert [each["Id"] for each in client.list_handshakes_for_organization()["Handshakes"]] == [expired]
    assert code(client.describe_handshake, HandshakeId=declined) == "HandshakeNotFoundException"
    running.world.source.move(15 * DAY)
    assert client.list_handshakes_for_organization()["Handshakes"] == []


def test_so_many_invitations_and_no_more_are_sent_in_a_day(aws: Callable, reason: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("organization: {}\nquotas: {invitations: 2}\n")
    running = aws(seed)
    client = running.client("organizations")
    for account in ("999988880001", "999988880002"):
        client.cancel_handshake(HandshakeId=invited(client, account))
    third = {"Target": {"Id": "999988880003", "Type": "ACCOUNT"}}
    assert reason(client.invite_account_to_organization, **third) == "HANDSHAKE_RATE_LIMIT_EXCEEDED"
    running.world.source.move(DAY)
    client.invite_account_to_organization(**third)


def test_more_than_five_thousand_accounts_need_another_way_to_all_features(
    aws: Callable, reason: Callable, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("organization: {feature_set: CONSOLIDATED_BILLING}\naccount_count: 5001\n")
    refused = reason(aws(seed).client("organizations").enable_all_features)
    assert refused == "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED"


def test_an_account_is_invited_by_its_email_too(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client, outsider = running.client("organizations"), running.client("organizations", account=OUTSIDER)
    target = {"Id": f"account-{OUTSIDER}@example.com", "Type": "EMAIL"}
    made = client.invite_account_to_organization(Target=target)["Handshake"]
    assert {"Type": "EMAIL", "Value": target["Id"]} in made["Resources"]
    assert [each["Id"] for each in outsider.list_handshakes_for_account()["Handshakes"]] == [made["Id"]]
    stranger = running.client("organizations", account="999988880000")
    assert code(stranger.accept_handshake, HandshakeId=made["Id"]) == "HandshakeNotFoundException"
    outsider.accept_handshake(HandshakeId=made["Id"])
    assert client.describe_account(AccountId=OUTSIDER)["Account"]["Email"] == target["Id"]
