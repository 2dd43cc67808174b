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
from pulumi_aws_identity_center.aws.sign_in import make_client, new_session


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


@pytest.mark.parametrize(
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
