"""docs/gate.md lists the rules that the gate's code has, and no others."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = "".join(path.read_text() for path in (ROOT / "components/pulumi_aws_identity_center/gate").rglob("*.py"))


def test_every_rule_has_its_row() -> None:
    findings = (ROOT / "docs/gate.md").read_text().partition("## The guard")[0]
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", findings, re.MULTILINE))
    named = set(re.findall(r"\b[fF]inding\(\s*\"([a-z-]+)\"", CODE)) | {"value-unknown"}
    named |= set(re.findall(r"_lost\(\"\w+\", \"([a-z-]+)\"", CODE)) | set(re.findall(r"rule = \"([a-z-]+)\"", CODE))
    named |= set(re.findall(r"\bRULE: Final = \"([a-z-]+)\"", CODE))
    about = re.findall(r"leaves\(\s*change,\s*\"([a-z-]+)\"", CODE)
    about += re.findall(r"^    [A-Z_]+: \(\n +\"([a-z-]+)\",$", CODE, re.MULTILINE)  # gone for good
    named |= {f"{name}-{end}" for name in about for end in ("deleted", "unwatched")}
    assert listed == named
