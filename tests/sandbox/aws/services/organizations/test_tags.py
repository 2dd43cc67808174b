"""Tags: kept, merged, and held to AWS's rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

MEMBER = "222233334444"


def test_tags_are_kept_merged_and_taken_away(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    for resource in (MEMBER, "r-exam", "p-FullAWSAccess"):
        client.tag_resource(ResourceId=resource, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        client.tag_resource(ResourceId=resource, Tags=[{"Key": "b", "Value": "3"}])
        client.untag_resource(ResourceId=resource, TagKeys=["a"])
        assert client.list_tags_for_resource(ResourceId=resource)["Tags"] == [{"Key": "b", "Value": "3"}]
    assert code(client.list_tags_for_resource, ResourceId="999999999999") == "TargetNotFoundException"


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        (["a", "a"], "InvalidInputException"),
        (["aws:a"], "InvalidInputException"),
        ([f"k{number}" for number in range(51)], "ConstraintViolationException"),
    ],
)
def test_tags_that_can_not_be_are_refused(aws: Callable, code: Callable, keys: list[str], error: str) -> None:
    client = aws("organization").client("organizations")
    tags = [{"Key": key, "Value": "v"} for key in keys]
    assert code(client.tag_resource, ResourceId=MEMBER, Tags=tags) == error
    assert client.list_tags_for_resource(ResourceId=MEMBER)["Tags"] == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a", "a"], "DUPLICATE_TAG_KEY"),
        (["aws:a"], "INVALID_SYSTEM_TAGS_PARAMETER"),
        ([f"k{number}" for number in range(51)], "MAX_TAG_LIMIT_EXCEEDED"),
    ],
)
def test_tags_at_creation_obey_the_same_rules(aws: Callable, reason: Callable, keys: list[str], expected: str) -> None:
    client = aws("organization").client("organizations")
    tags = [{"Key": key, "Value": "v"} for key in keys]
    for call, arguments in (
        (client.create_account, {"Email": "new@example.org", "AccountName": "new"}),
        (client.create_organizational_unit, {"ParentId": "r-exam", "Name": "a"}),
        (client.create_policy, {"Name": "a", "Description": "", "Type": "TAG_POLICY", "Content": "{}"}),
    ):
        assert reason(call, Tags=tags, **arguments) == expected
    assert client.list_organizational_units_for_parent(ParentId="r-exam")["OrganizationalUnits"] == []
