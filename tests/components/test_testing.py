"""`testing.HealthyOrganization`, as users' own unit tests have it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi.runtime import MockCallArgs
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.testing import ANSWERS, HealthyOrganization

from tests.walk import walk

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "components.md"


def test_the_documents_whole_example_passes_as_it_stands(tmp_path: Path) -> None:
    text = DOCUMENT.read_text("utf-8")
    [example] = re.findall(r"<!-- run by tests/components/test_testing.py -->\n```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "test_ours.py").write_text(example)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "test_ours.py"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_document_names_every_function_that_is_answered() -> None:
    table = DOCUMENT.read_text("utf-8").partition("## In unit tests")[2]
    assert set(re.findall(r"^\| `(aws:[^`]+)`", table, re.MULTILINE)) == set(ANSWERS)


@walk("token", ANSWERS)
def test_a_tests_own_answer_overrides_the_healthy_one(token: str) -> None:
    key = next(iter(ANSWERS[token]))
    mocks = HealthyOrganization({token: {key: "mine"}})
    assert mocks.call(MockCallArgs(token, {}, "")) == ({**ANSWERS[token], key: "mine"}, [])


@walk(
    "token",
    ["getRegion", "aws:getRegion", "aws:index:getRegion", "aws:index/getRegion", "aws:index/getRegion:getregion"],
)
def test_a_key_that_is_no_functions_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput, match="which no function is called by; write 'aws:index/getCallerIdentity:"):
        HealthyOrganization({token: {"region": "eu-west-1"}})


def test_a_function_that_nobody_answers_gives_its_arguments_back() -> None:
    assert HealthyOrganization().call(MockCallArgs("their:index:get", {"a": 1}, "")) == ({"a": 1}, [])
    own = HealthyOrganization({"their:index:get": {"b": 2}})
    assert own.call(MockCallArgs("their:index:get", {"a": 1}, "")) == ({"b": 2}, [])
