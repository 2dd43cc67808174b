from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import EmbeddedAws
from sandbox.aws.core import models, wire
from sandbox.aws.middleware import validation
from sandbox.aws.server import app
from tests.sandbox.aws.deployed import deploy, messages, queue

_INLINE_AT_MOST = 2000  # characters of all of a user's inline policies: 2,048

__all__ = ["deploy", "messages", "queue"]


@pytest.fixture
def aws() -> Iterator[Callable[..., EmbeddedAws]]:
    """`aws(seed, **options)`: an embedded AWS that ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(EmbeddedAws(*arguments, **options))


@pytest.fixture
def running(aws: Callable[..., EmbeddedAws]) -> EmbeddedAws:
    """The seed `organization`."""
    return aws("organization")


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
            text = json.dumps(document)
            if len(text) > _INLINE_AT_MOST:
                arn = iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=text)["Policy"]["Arn"]
                iam.attach_user_policy(UserName=name, PolicyArn=arn)
            else:
                iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=text)
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
        created_role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), **more)["Role"]
        for number, document in enumerate(documents):
            iam.put_role_policy(RoleName=name, PolicyName=f"p{number}", PolicyDocument=json.dumps(document))
        return str(created_role["Arn"])

    return make


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """`refusal(call, **arguments)`: the error with which the call is refused; the call must be refused."""

    def refused(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        return dict(caught.value.response["Error"])

    return refused


@pytest.fixture
def reason() -> Callable[..., str]:
    """`reason(call, **arguments)`: the Reason that the refusal gives."""

    def refused(call: Callable[..., Any], **arguments: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        return str(caught.value.response["Reason"])

    return refused


@pytest.fixture(autouse=True)
def answers_keep_to_their_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test is about: what the sandbox itself answers has the members and values of its API model."""
    write = wire.write_result

    def checked(call: wire.Call, result: dict[str, Any] | None) -> wire.Response:
        model = models.operation(call.service, call.operation)
        if model is not None and model.output_shape is not None and call.service in models.MODELLED:
            problems = list(validation.check_of(model.output_shape)(result or {}, ""))
            if call.operation == "GetInlinePolicyForPermissionSet":  # "" where there is none, whatever the model says
                problems = [problem for problem in problems if problem.value != ""]
            assert not problems, f"{call.service} {call.operation}: {problems}"
            unknown = sorted(_unknown(result or {}, model.output_shape))
            assert not unknown, f"{call.service} {call.operation}: not in the model: {unknown}"
        return write(call, result)

    monkeypatch.setattr(app, "write_result", checked)


def _unknown(value: Any, shape: Any) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        for name, inner in value.items():
            if inner is None:
                continue  # is not written
            if name not in shape.members:
                yield f"{shape.name}.{name}"
            else:
                yield from _unknown(inner, shape.members[name])
    elif shape.type_name == "list":
        for element in value or ():
            yield from _unknown(element, shape.member)
