"""What sessions share, botocore's models of AWS's APIs; and what their clients take for an answer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.parsers import ResponseParserError
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.sign_in import make_client, new_session
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn

from tests.walk import walk


def test_sessions_share_the_api_models_they_read() -> None:
    first, second = (new_session().get_component("data_loader") for _ in range(2))
    assert first is second


def test_a_models_folder_of_the_users_own_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert str(tmp_path) in new_session().get_component("data_loader").search_paths


def test_a_profile_that_is_missing_is_no_error_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert new_session("missing").profile == "missing"


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.getvalue()


@walk(
    "instance",
    [
        {"InstanceArn": []},
        {"InstanceArn": {"a": 1}},
        {"InstanceArn": 1},
        {"InstanceArn": "arn", "Regions": [{"RegionName": []}]},
        {"InstanceArn": "arn", "Regions": [None]},
    ],
)
def test_a_value_of_another_type_is_no_answer(instance: dict[str, Any]) -> None:
    session = new_session()
    session.set_credentials("key", "secret")
    client = make_client(session, "sso-admin", "us-east-1", Config())
    body = _Body(json.dumps({"Instances": [instance]}).encode())
    client.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {}, body))
    with pytest.raises(ResponseParserError):
        client.list_instances()


@pytest.mark.parametrize("profile", ["process", "role"])
def test_a_session_that_is_over_when_it_begins_has_expired(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: str
) -> None:
    """One that a process keeps too long; or any, where this machine's clock is hours ahead."""
    session = {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S", "Expiration": "2020-01-01T00:00:00Z"}
    (tmp_path / "session.json").write_text(json.dumps(session))
    (tmp_path / "config").write_text(
        f"[profile process]\ncredential_process = cat {tmp_path}/session.json\n"
        "[profile role]\nsource_profile = process\nrole_arn = arn:aws:iam::111122223333:role/x\n"
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert Account(SignIn("us-east-1", profile)).caller().kind == "expired"
