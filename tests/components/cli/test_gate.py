"""`identity-center gate`: its exit status and what it prints, also where it can't."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
DELETE = {
    "op": "delete",
    "urn": f"urn:pulumi:dev::p::{ACCESS}::x",
    "oldState": {"inputs": {"servicePrincipal": "sso.amazonaws.com"}},
}
SAFE, UNSAFE = '{"duration": 1}', json.dumps({"steps": [DELETE], "changeSummary": {"delete": 1}})


@pytest.mark.parametrize(
    ("text", "code", "verdict"), [(SAFE, 0, "safe"), (UNSAFE, 1, "unsafe"), ("", 2, "undetermined")]
)
def test_the_verdict_is_the_exit_status_in_both_formats(run: Callable, text: str, code: int, verdict: str) -> None:
    table, rows = run(None, "gate", stdin=text), run(None, "gate", "--format", "json", "-", stdin=text)
    assert (table.returncode, rows.returncode) == (code, code)
    assert table.stdout.endswith(f"verdict: {verdict}\n")
    found = json.loads(rows.stdout)
    assert found["verdict"] == verdict
    for finding in found["findings"]:
        assert all(word in table.stdout for word in finding.values())


def test_a_file_that_is_not_there_is_a_sentence(run: Callable, tmp_path) -> None:
    missing = run(None, "gate", str(tmp_path / "none"))
    assert missing.returncode == 2
    assert "can't be read: No such file or directory" in missing.stdout


@pytest.mark.parametrize("text", [SAFE, UNSAFE])
def test_a_verdict_that_cannot_be_written_is_a_sentence_and_could_not_tell(command: list[str], text: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "gate"], input=text, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "The verdict can't be written: No space left on device. Give it somewhere else to write to.\n"


@pytest.mark.parametrize("text", [SAFE, UNSAFE])
def test_standard_streams_that_are_closed_are_a_sentence_and_could_not_tell(command: list[str], text: str) -> None:
    for closed in ("-", ""):
        shell = f"exec {shlex.join([*command, 'gate', *([closed] if closed else [])])}"
        done = subprocess.run(["sh", "-c", f"{shell} <&-"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (2, "")
        assert "Standard input is closed" in done.stdout
        done = subprocess.run(["sh", "-c", f"{shell} >&-"], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith("The verdict can't be written: standard output is closed.")
        assert subprocess.run(["sh", "-c", f"{shell} <&- >&- 2>&-"], check=False).returncode == 2
