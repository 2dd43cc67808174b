"""Accounts are made and closed in the background, by the world's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.core.quotas import Quotas
from tests.walk import walk

MEMBER, OTHER = "222233334444", "333344445555"
DAY = 86_400


def created(aws: Any, **arguments: Any) -> dict[str, Any]:
    """The status of a CreateAccount once its time has come."""
    client = aws.client("organizations")
    creation = client.create_account(**{"Email": "new@example.org", "AccountName": "new", **arguments})
    aws.world.source.move(1)
    status: dict[str, Any] = client.describe_create_account_status(
        CreateAccountRequestId=creation["CreateAccountStatus"]["Id"]
    )["CreateAccountStatus"]
    return status


def test_a_new_account_exists_once_its_status_says_so(aws: Callable) -> None:
    running = aws("organization")
    client = running.client("organizations")
    running.world.delays["create_account"] = 1_000
    creation = client.create_account(Email="new@example.org", AccountName="new", Tags=[{"Key": "a", "Value": "b"}])
    assert creation["CreateAccountStatus"]["State"] == "IN_PROGRESS"
    assert len(client.list_accounts()["Accounts"]) == 4
    running.world.source.move(1_001)
    request = creation["CreateAccountStatus"]["Id"]
    status = client.describe_create_account_status(CreateAccountRequestId=request)["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED"
    assert client.describe_account(AccountId=status["AccountId"])["Account"]["Email"] == "new@example.org"
    assert client.list_tags_for_resource(ResourceId=status["AccountId"])["Tags"] == [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize(
    ("email", "reason"),
    [("security@example.com", "EMAIL_ALREADY_EXISTS"), ("SECURITY@example.com", "EMAIL_ALREADY_EXISTS")],
)
def test_a_creation_that_can_not_be_fails_with_its_reason(aws: Callable, email: str, reason: str) -> None:
    status = created(aws("organization"), Email=email)
    assert (status["State"], status["FailureReason"]) == ("FAILED", reason)
    assert "AccountId" not in status


def test_no_more_than_the_quota_are_created(aws: Callable) -> None:
    running = aws("organization")
    running.world.quotas = Quotas(accounts=4)
    assert created(running)["FailureReason"] == "ACCOUNT_LIMIT_EXCEEDED"


def test_five_creations_at_a_time_are_the_limit(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    running.world.delays["create_account"] = 1_000
    client = running.client("organizations")
    for number in range(5):
        client.create_account(Email=f"{number}@example.org", AccountName="new")
    assert code(client.create_account, Email="6@example.org", AccountName="new") == "ConstraintViolationException"


def test_a_role_with_the_reserved_prefix_is_refused(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    refused = code(client.create_account, Email="a@example.org", AccountName="a", RoleName="AWSServiceRoleForX")
    assert refused == "InvalidInputException"


def test_an_unknown_request_is_not_found(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    refused = code(client.describe_create_account_status, CreateAccountRequestId="car-00000000")
    assert refused == "CreateAccountStatusNotFoundException"


def test_a_created_account_can_leave_after_four_days(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client = running.client("organizations")
    account = created(running)["AccountId"]
    assert code(client.remove_account_from_organization, AccountId=account) == "ConstraintViolationException"
    running.world.source.move(4 * DAY)
    client.remove_account_from_organization(AccountId=account)
    assert code(client.describe_account, AccountId=account) == "AccountNotFoundException"


def test_an_account_that_is_closed_is_pending_and_then_suspended(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client = running.client("organizations")
    client.close_account(AccountId=MEMBER)
    assert client.describe_account(AccountId=MEMBER)["Account"]["Status"] == "PENDING_CLOSURE"
    assert code(client.close_account, AccountId=MEMBER) == "ConflictException"
    running.world.source.move(60)
    assert client.describe_account(AccountId=MEMBER)["Account"]["Status"] == "SUSPENDED"
    assert code(client.close_account, AccountId=MEMBER) == "AccountAlreadyClosedException"
    assert client.describe_account(AccountId=OTHER)["Account"]["Status"] == "ACTIVE"


def test_closing_accounts_has_a_limit_in_thirty_days(aws: Callable, code: Callable, tmp_path: Any) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("organization: {}\naccount_count: 9\nquotas: {account_closures: 2}\n")
    running = aws(seed)
    client = running.client("organizations")
    members = sorted(running.world.organization.accounts)[1:]
    for account in members[:2]:
        client.close_account(AccountId=account)
    assert code(client.close_account, AccountId=members[2]) == "ConstraintViolationException"
    running.world.source.move(30 * DAY)
    client.close_account(AccountId=members[2])


@walk(("members", "closures"), [(10, 250), (1_249, 250), (2_000, 400), (9_000, 1_000)])
def test_the_closing_limit_follows_the_number_of_members(members: int, closures: int) -> None:
    assert Quotas().closures(members) == closures


def test_an_account_is_gone_ninety_days_after_it_was_closed(aws: Callable, code: Callable) -> None:
    running = aws("sso-enabled")
    client = running.client("organizations")
    client.register_delegated_administrator(AccountId=MEMBER, ServicePrincipal="sso.amazonaws.com")
    client.close_account(AccountId=MEMBER)
    running.world.source.move(89 * DAY)
    account = client.describe_account(AccountId=MEMBER)["Account"]
    assert (account["State"], account["Status"]) == ("CLOSED", "SUSPENDED")
    running.world.source.move(2 * DAY)
    assert code(client.describe_account, AccountId=MEMBER) == "AccountNotFoundException"
    assert MEMBER not in [row["Id"] for row in client.list_accounts()["Accounts"]]
    assert client.list_delegated_administrators()["DelegatedAdministrators"] == []


def test_only_an_organization_with_all_features_closes_accounts(aws: Callable, code: Callable) -> None:
    client = aws("consolidated-billing").client("organizations")
    assert code(client.close_account, AccountId=MEMBER) == "ConstraintViolationException"


def test_an_account_without_what_a_standalone_account_needs_cannot_leave(
    aws: Callable, reason: Callable, tmp_path: Any
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(f"organization: {{}}\naccounts: [{{id: '{MEMBER}', name: a, stands_alone: false}}]\n")
    running = aws(seed)
    refused = reason(running.client("organizations").remove_account_from_organization, AccountId=MEMBER)
    assert refused == "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED"
    refused = reason(running.client("organizations", MEMBER).leave_organization)
    assert refused == "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED"


def test_an_account_says_by_which_path_it_is_reached(aws: Callable) -> None:
    client = aws("organization").client("organizations")
    unit = client.create_organizational_unit(ParentId="r-exam", Name="a")["OrganizationalUnit"]
    client.move_account(AccountId=MEMBER, SourceParentId="r-exam", DestinationParentId=unit["Id"])
    assert unit["Path"] == f"o-exampleorg01/r-exam/{unit['Id']}/"
    assert client.describe_account(AccountId=MEMBER)["Account"]["Paths"] == [f"{unit['Path']}{MEMBER}/"]


def test_an_account_moves_from_its_parent_to_another(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    unit = client.create_organizational_unit(ParentId="r-exam", Name="a")["OrganizationalUnit"]["Id"]
    move = client.move_account
    assert (
        code(move, AccountId=MEMBER, SourceParentId=unit, DestinationParentId="r-exam") == "DuplicateAccountException"
    )
    client.move_account(AccountId=MEMBER, SourceParentId="r-exam", DestinationParentId=unit)
    assert client.list_parents(ChildId=MEMBER)["Parents"] == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
    assert [account["Id"] for account in client.list_accounts_for_parent(ParentId=unit)["Accounts"]] == [MEMBER]
    nowhere = "ou-exam-00000000"
    for parents, error in (
        ({"SourceParentId": nowhere, "DestinationParentId": unit}, "SourceParentNotFoundException"),
        ({"SourceParentId": unit, "DestinationParentId": nowhere}, "DestinationParentNotFoundException"),
        ({"SourceParentId": "r-exam", "DestinationParentId": unit}, "DuplicateAccountException"),
    ):
        assert code(move, AccountId=MEMBER, **parents) == error
