"""The provider's configuration: a problem is one sentence, and an excluded account is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.credentials import AssumeRoleCredentialFetcher
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.aws import sign_in
from pulumi_aws_identity_center.aws.sign_in_settings import ROLE_PARTS
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.provider.configuration import (
    NAMES,
    account_problem,
    configuration_problems,
    limits_accounts,
    sign_in_of,
)
from pulumi_aws_identity_center.provider.resource_schema import SIGN_IN
from pulumi_aws_identity_center.provider.run import Run, configured_run
from pulumi_aws_identity_center.provider.values import UNKNOWN, has_unknown

from tests.walk import walk

ROLE = {"roleArn": "arn:aws:iam::111122223333:role/operator"}
OWN, OTHER = "111122223333", "222233334444"
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just(UNKNOWN), st.just(OWN))
PARTS = st.sampled_from(["roleArn", *ROLE_PARTS, "x"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PARTS, inner, max_size=3))
)


@given(st.dictionaries(st.sampled_from(NAMES[5:]), VALUES))
def test_any_value_is_good_or_a_sentence(configuration: dict[str, Any]) -> None:
    if not configuration_problems(configuration):
        known_values = {name: value for name, value in configuration.items() if not has_unknown(value)}
        sign_in.signed_in(sign_in_of(known_values))
        account_problem(known_values, OWN)


@walk("text", ["not JSON", "[" * 100_000, "null", "{}", '["x"]', '[{"rolArn": "x"}]', "1" * 5_000])
@walk("name", NAMES[5:])
def test_text_that_is_no_list_is_refused(name: str, text: str) -> None:
    [(refused, sentence)] = configuration_problems({name: text})
    assert (refused, sentence.partition(" ")[0].partition("[")[0], len(sentence) < 500) == (name, name, True)


@walk("name", NAMES[5:])
@walk(
    "value",
    [
        "keep-me",
        '"keep-me"',
        ["keep-me"],
        [["keep-me"]],
        [{"externalId": "keep-me"}],
        [{**ROLE, "externalId": ["keep-me"]}],
        [{**ROLE, "policy": {"Id": "keep-me"}}],
        [{**ROLE, "tags": ["keep-me"]}],
    ],
)
def test_no_problem_shows_a_value(name: str, value: Any) -> None:
    for written in (value, json.dumps(value)):
        problems = configuration_problems({name: written})
        assert problems
        assert "keep-me" not in str(problems)


def test_the_schema_has_the_same_names() -> None:
    assert set(SIGN_IN) == set(NAMES)


@pytest.mark.parametrize(
    ("configuration", "is_refused"),
    [
        ({}, False),
        ({"allowedAccountIds": [OWN]}, False),
        ({"allowedAccountIds": json.dumps([OTHER])}, True),
        ({"forbiddenAccountIds": [OWN]}, True),
        ({"forbiddenAccountIds": [OTHER]}, False),
        ({"allowedAccountIds": [OWN], "forbiddenAccountIds": [OWN]}, True),
    ],
)
def test_only_an_allowed_account_is_worked_in(
    configuration: dict[str, Any], is_refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "caller", {"Account": OWN})
    assert (account_problem(configuration, OWN) is not None) is is_refused
    if is_refused:
        with pytest.raises(NotPossibleHere, match=OWN):
            configured_run(configuration)
    else:
        configured_run(configuration)


def test_without_limits_nobody_is_asked_for_the_account() -> None:
    assert not limits_accounts({"allowedAccountIds": "[]", "region": "us-east-1"})


def test_a_role_is_assumed_with_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    given_arguments: list[dict[str, Any]] = []

    def note(**arguments: Any) -> Any:
        given_arguments.append(arguments["extra_args"])
        return AssumeRoleCredentialFetcher(**arguments)

    monkeypatch.setattr(sign_in, "AssumeRoleCredentialFetcher", note)
    parts = {
        "sessionName": "me",
        "externalId": "x",
        "policy": "{}",
        "policyArns": ["arn:p"],
        "sourceIdentity": "i",
        "tags": {"team": "a"},
        "transitiveTagKeys": ["team"],
        "duration": "1h",
    }
    assert {"roleArn", *parts} == ROLE_PARTS.keys()
    sign_in.signed_in(sign_in_of({"accessKey": "a", "secretKey": "b", "assumeRoles": json.dumps([{**ROLE, **parts}])}))
    assert given_arguments == [
        {
            "RoleSessionName": "me",
            "ExternalId": "x",
            "Policy": "{}",
            "PolicyArns": [{"arn": "arn:p"}],
            "SourceIdentity": "i",
            "Tags": [{"Key": "team", "Value": "a"}],
            "TransitiveTagKeys": ["team"],
        }
    ]
