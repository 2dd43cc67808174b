from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import EmbeddedAws


@pytest.fixture
def aws() -> Iterator[Callable[..., EmbeddedAws]]:
    """`aws(seed, **options)`: an embedded AWS that ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(EmbeddedAws(*arguments, **options))


@pytest.fixture
def code() -> Callable[..., str]:
    """`code(call, **arguments)`: the error code with which the call is refused; the call must be refused."""

    def refused(call: Callable[..., Any], **arguments: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        return str(caught.value.response["Error"]["Code"])

    return refused


@pytest.fixture
def enforced(aws: Callable[..., EmbeddedAws]) -> EmbeddedAws:
    """The default seed, with IAM enforced."""
    return aws("sso-enabled", enforce_iam=True)


@pytest.fixture
def user(enforced: EmbeddedAws) -> Callable[..., Callable[..., Any]]:
    """`user(name, *documents, managed=(), groups=(), account=None, **more)` makes a user and gives `client(service)`
    with its keys."""

    def make(
        name: str,
        *documents: Any,
        managed: Sequence[str] = (),
        groups: Sequence[str] = (),
        account: str | None = None,
        **more: Any,
    ) -> Callable[..., Any]:
        iam = enforced.client("iam", account)
        iam.create_user(UserName=name, **more)
        for number, document in enumerate(documents):
            iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=json.dumps(document))
        for arn in managed:
            iam.attach_user_policy(UserName=name, PolicyArn=arn)
        for group in groups:
            iam.add_user_to_group(UserName=name, GroupName=group)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return lambda service, region=None: enforced.client(service, credentials=key, region=region)

    return make


@pytest.fixture
def role(enforced: EmbeddedAws) -> Callable[..., str]:
    """`role(name, *documents, trust=..., boundary=None, account=None)` makes a role and gives its ARN. trust: a
    document, or whom it trusts; if not given, the management account."""

    def make(
        name: str,
        *documents: Any,
        trust: Any = None,
        boundary: Any = None,
        account: str | None = None,
        **more: Any,
    ) -> str:
        iam = enforced.client("iam", account)
        if boundary is not None:
            policy = iam.create_policy(PolicyName=f"{name}-boundary", PolicyDocument=json.dumps(boundary))["Policy"]
            more["PermissionsBoundary"] = policy["Arn"]
        trust = trust or {"AWS": "arn:aws:iam::111122223333:root"}
        if "Statement" not in trust:
            trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trust}]}
        found = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), **more)["Role"]
        for number, document in enumerate(documents):
            iam.put_role_policy(RoleName=name, PolicyName=f"p{number}", PolicyDocument=json.dumps(document))
        return str(found["Arn"])

    return make


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """`refusal(call, **arguments)`: the error with which the call is refused; the call must be refused."""

    def refused(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        return dict(caught.value.response["Error"])

    return refused
