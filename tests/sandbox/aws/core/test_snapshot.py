"""A saved world continues where it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.aws import EmbeddedAws, SandboxError


def test_a_function_and_its_parameter_are_there_again(deploy: Callable, tmp_path: Path) -> None:
    saved = tmp_path / "snapshot"
    with EmbeddedAws(save=saved) as first:
        function = deploy(first, "def handle(event, context): return event")
        first.client("ssm").put_parameter(Name="/ledger", Type="String", Value="1")
        first.client("ssm").put_parameter(Name="/ledger", Value="2", Overwrite=True)
    with EmbeddedAws(load=saved) as second:
        loaded_function = second.client("lambda").get_function(FunctionName=function.arn)
        assert loaded_function["Configuration"]["FunctionName"] == function.name
        history = second.client("ssm").get_parameter_history(Name="/ledger")["Parameters"]
        assert [row["Value"] for row in history] == ["1", "2"]
        second.client("ssm").put_parameter(Name="/another", Type="String", Value="3")


def test_a_key_is_there_again_and_encrypts(tmp_path: Path) -> None:
    saved = tmp_path / "snapshot"
    with EmbeddedAws(save=saved) as first:
        keys = first.client("kms")
        key = keys.create_key()["KeyMetadata"]["KeyId"]
        secret = keys.encrypt(KeyId=key, Plaintext=b"correct horse")["CiphertextBlob"]
    with EmbeddedAws(load=saved) as second:
        assert second.client("kms").decrypt(CiphertextBlob=secret)["Plaintext"] == b"correct horse"


def test_what_can_t_be_saved_is_a_sentence_and_leaves_no_half(tmp_path: Path) -> None:
    saved = tmp_path / "snapshot"
    saved.write_bytes(b"before")
    aws = EmbeddedAws(save=saved)
    with pytest.raises(SandboxError, match="can't be kept"), aws:
        aws.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("snapshot", b"before")]
