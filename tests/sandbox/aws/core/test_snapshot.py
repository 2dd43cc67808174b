"""A saved world continues where it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.aws import EmbeddedAws


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
