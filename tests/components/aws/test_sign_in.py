"""What sessions share: botocore's models of AWS's APIs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_aws_identity_center.aws.sign_in import new_session


def test_sessions_share_the_api_models_they_read() -> None:
    first, second = (new_session().get_component("data_loader") for _ in range(2))
    assert first is second


def test_a_models_folder_of_the_users_own_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert str(tmp_path) in new_session().get_component("data_loader").search_paths


def test_a_profile_that_is_missing_is_no_error_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert new_session("missing").profile == "missing"
