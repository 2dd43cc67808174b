"""Input is held to the API model before an operation sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session

from sandbox.aws.core import models
from sandbox.aws.middleware.validation import python_pattern
from tests.walk import walk


@pytest.fixture
def refused(aws: Callable) -> Callable[..., dict[str, Any]]:
    """`refused(service, operation, **arguments)`: the answer to a call that no SDK has checked before."""
    environment = aws("organization").environment()

    def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        client = boto3.session.Session().client(
            service,
            region_name="us-east-1",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key="x",
            config=Config(parameter_validation=False),
        )
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)(**arguments)
        answer: dict[str, Any] = caught.value.response
        return answer

    return call


@pytest.mark.parametrize(
    ("operation", "arguments", "reason"),
    [
        ("describe_account", {}, "INPUT_REQUIRED"),
        ("describe_account", {"AccountId": "12"}, "INVALID_PATTERN"),
        ("enable_policy_type", {"RootId": "r-exam", "PolicyType": "X"}, "INVALID_ENUM_POLICY_TYPE"),
        ("list_children", {"ParentId": "r-exam", "ChildType": "X"}, "INVALID_ENUM"),
        ("create_organizational_unit", {"ParentId": "r-exam", "Name": "n" * 129}, "MAX_LENGTH_EXCEEDED"),
        ("create_organizational_unit", {"ParentId": "r-exam", "Name": ""}, "MIN_LENGTH_EXCEEDED"),
        ("list_accounts", {"MaxResults": 21}, "MAX_VALUE_EXCEEDED"),
        ("list_accounts", {"MaxResults": 0}, "MIN_VALUE_EXCEEDED"),
        ("tag_resource", {"ResourceId": "r-exam", "Tags": [{"Key": "~", "Value": ""}]}, "INVALID_PATTERN"),
    ],
)
def test_organizations_gives_the_reason(refused: Callable, operation: str, arguments: dict, reason: str) -> None:
    answer = refused("organizations", operation, **arguments)
    assert (answer["Error"]["Code"], answer["Reason"]) == ("InvalidInputException", reason)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "path"),
    [
        ("iam", "create_role", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, "'roleName'"),
        ("iam", "list_roles", {"MaxItems": 1001}, "'maxItems'"),
        ("iam", "create_user", {"UserName": "a", "Tags": [{"Key": "~", "Value": ""}]}, "'tags.1.member.key'"),
        ("sts", "assume_role", {"RoleArn": "x", "RoleSessionName": "name"}, "'roleArn'"),
        ("identitystore", "list_users", {"IdentityStoreId": "x"}, "'identityStoreId'"),
    ],
)
def test_the_others_name_what_is_wrong(
    refused: Callable, service: str, operation: str, arguments: dict, path: str
) -> None:
    error = refused(service, operation, **arguments)["Error"]
    assert error["Code"] == ("ValidationException" if service == "identitystore" else "ValidationError")
    assert path in error["Message"]


def test_every_problem_is_counted(refused: Callable) -> None:
    message = refused("iam", "create_role", RoleName="a b", AssumeRolePolicyDocument="")["Error"]["Message"]
    assert message.startswith("3 validation errors detected: ")  # the name, and the document twice


def test_a_value_of_another_type_is_no_value(refused: Callable) -> None:
    assert refused("organizations", "list_accounts", MaxResults="x")["Error"]["Code"] == "SerializationException"


@pytest.mark.parametrize("service", sorted({*models.MODELLED, "sso-admin"}))
def test_every_pattern_of_the_models_can_be_used(service: str) -> None:
    model = get_session().get_service_model(service)
    patterns = [model.shape_for(name).metadata.get("pattern") for name in model.shape_names]
    assert all(re.compile(python_pattern(pattern)) for pattern in patterns if pattern)


@walk(
    ("pattern", "fits", "does_not"),
    [
        (r"[\p{L}\p{N}_]+", "Straße_7", "a b"),
        (r"\p{L}+(?:\.\p{L}+){0,2}", "a.bé", "a..b"),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "x+1,é😀", "a b"),
        (r"[\p{L}]*", "𠀀", "1"),
    ],
)
def test_unicode_categories_are_read_as_java_does(pattern: str, fits: str, does_not: str) -> None:
    compiled = re.compile(python_pattern(pattern), re.ASCII)
    assert compiled.fullmatch(fits)
    assert not compiled.fullmatch(does_not)


def test_a_query_request_is_read_by_its_model() -> None:
    model = models.operation("iam", "CreatePolicy")
    assert model is not None
    form = {
        "PolicyName": "a",
        "Tags.member.2.Key": "second",
        "Tags.member.1.Key": "first",
        "Tags.member.1.Value": "",
        "Unheard": "of",
    }
    assert models.parameters_of(form, model.input_shape) == {
        "PolicyName": "a",
        "Tags": [{"Key": "first", "Value": ""}, {"Key": "second"}],
    }
