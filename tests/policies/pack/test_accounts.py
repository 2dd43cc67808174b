"""Which provider is for which account, by what it is given; two that differ in nothing that decides are for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pack.accounts import same_account
from pack.rule import UNKNOWN, Declared

ROLE = "arn:aws:iam::222233334444:role/operator"


def _same(one: dict[str, Any], other: dict[str, Any]) -> Any:
    made = [Declared("t", "n", f"u{number}", {}, provider=given) for number, given in enumerate((one, other))]
    assert same_account(*made) is same_account(*reversed(made))
    return same_account(*made)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({"version": "7.51.1"}, {"version": "7.50.0"}, True),
        ({"region": "us-east-1", "defaultTags": "{}"}, {"region": "eu-west-1", "skipRegionValidation": "true"}, True),
        ({"profile": "a"}, {"profile": "a"}, True),
        ({"profile": "a"}, {"profile": "b"}, False),
        ({"profile": "a"}, {}, False),
        ({"accessKey": "a", "secretKey": "s"}, {"accessKey": "b", "secretKey": "t"}, False),
        ({"accessKey": "a"}, {"accessKey": UNKNOWN}, UNKNOWN),
        ({"assumeRoles": json.dumps([{"roleArn": ROLE}])}, {}, False),
        ({"assumeRoles": json.dumps([{"roleArn": ROLE}])}, {"assumeRoles": [{"roleArn": f"{ROLE}-2"}]}, True),
        # Of a chain the last decides; what it begins with doesn't.
        (
            {"profile": "a", "assumeRoles": [{"roleArn": "x"}, {"roleArn": ROLE}]},
            {"assumeRole": {"roleArn": ROLE}},
            True,
        ),
        ({"assumeRoleWithWebIdentity": json.dumps({"roleArn": ROLE})}, {"assumeRoles": [{"roleArn": ROLE}]}, True),
        # allowedAccountIds only makes sure of what the credentials are for.
        ({"allowedAccountIds": json.dumps(["222233334444"])}, {}, True),
        ({"allowedAccountIds": ["222233334444"]}, {"allowedAccountIds": ["333344445555"]}, False),
        ({"allowedAccountIds": ["222233334444"], "profile": "a"}, {"assumeRoles": [{"roleArn": ROLE}]}, True),
        ({"allowedAccountIds": ["1", "2"], "profile": "a"}, {"profile": "a"}, True),
        ({"assumeRoles": "not json"}, {"assumeRoles": "not json"}, True),
        ({"assumeRoles": [{"roleArn": UNKNOWN}]}, {}, UNKNOWN),
        ({"assumeRoles": [{"roleArn": UNKNOWN}]}, {"assumeRoles": [{"roleArn": UNKNOWN}]}, UNKNOWN),
    ],
)
def test_two_providers_are_for_one_account_unless_what_they_are_given_tells_two(one, other, same) -> None:
    assert _same(one, other) is same


def test_one_provider_is_for_one_account_even_where_it_is_not_known() -> None:
    given = {"profile": UNKNOWN}
    one, other = (Declared("t", name, name, {}, provider=given, provider_urn="p") for name in ("a", "b"))
    assert same_account(one, other) is True
