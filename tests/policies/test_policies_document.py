"""docs/policies.md: every rule has its section, and every fix in it passes its rule (Python, TypeScript, YAML)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi_aws_identity_center.domain.declared import Declared
from rules.registry import RULES

from tests.declared_resources import declare, messages

TEXT = (Path(__file__).resolve().parents[2] / "docs/policies.md").read_text()
SECTIONS = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
COMPONENT = "aws-identity-center:index:TrustedAccess"
# The program is run with these in the place of Pulumi's packages: each `new` is one line of JSON.
NODE = """
const declared = (type) => class {
  constructor(name, args, opts) {
    this.arn = `arn:${name}`;
    console.log(JSON.stringify({ type, name, args: { arn: this.arn, ...args }, opts: opts || {} }));
  }
};
const inside = (module) => new Proxy({}, {
  get: (_, name) => declared(`aws:${module}/${name[0].toLowerCase()}${name.slice(1)}:${name}`),
});
const aws = new Proxy({}, { get: (_, module) => inside(module) });
const instanceArn = "arn:aws:sso:::instance/ssoins-1111111111111111";
const TrustedAccess = declared("aws-identity-center:index:TrustedAccess");
"""
CONFIG: dict[str, dict[str, Any]] = {
    "trusted-access-declared": {"ownerStacks": ["dev"]},
    "no-disable-grant": {"ownerStacks": ["dev"], "managementAccountId": "111122223333"},
    "delegated-administrator-valid": {"managementAccountId": "111122223333"},
    "last-administrator-kept": {"ownerStacks": ["dev"], "managementAccountId": "111122223333"},
}


def _block(rule: str, language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", SECTIONS[rule], re.MULTILINE | re.DOTALL)
    return str(block)


def _full(token: str) -> str:
    """A type token as the engine has it: YAML takes a shorter form."""
    package, module, name = token.split(":")
    return f"{package}:{module}/{name[0].lower()}{name[1:]}:{name}" if package == "aws" else token


def _resource(type_: str, name: str, props: dict[str, Any] | None, options: dict[str, Any]) -> list[Declared]:
    ignored = tuple(options.get("ignoreChanges", ()))
    made = declare(type_, name, props=props or {}, protect=bool(options.get("protect")), ignore_changes=ignored)
    if type_ != COMPONENT:
        return [made]
    access = {"servicePrincipal": "sso.amazonaws.com"}
    child = "aws:organizations/awsServiceAccess:AwsServiceAccess"
    return [made, declare(child, name, props=access, parent=made.urn, protect=True)]


def _said(rule_id: str, resources: list[Declared]) -> list[str]:
    assert resources
    (rule,) = (rule for rule in RULES if rule.id == rule_id)
    return list(messages(rule, *resources, **CONFIG.get(rule_id, {})))


def test_every_rule_has_a_section_and_no_other_has_one() -> None:
    assert [name for name in SECTIONS if name != "which-account"] == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_section_says_what_is_taken_for_granted_and_every_key(rule: str) -> None:
    assert "Takes for granted: " in SECTIONS[rule]
    (config,) = (each.config for each in RULES if each.id == rule)
    for key in config:
        assert f"`{key}`" in SECTIONS[rule], key


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_yaml_fix_passes_its_rule(rule: str) -> None:
    resources = []
    for name, row in yaml.safe_load(_block(rule, "yaml")).items():
        assert set(row) <= {"type", "properties", "options"}
        resources += _resource(_full(row["type"]), name, row.get("properties"), row.get("options", {}))
    assert _said(rule, resources) == []


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_typescript_fix_passes_its_rule(rule: str) -> None:
    program = NODE + _block(rule, "typescript")
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    resources = [each for row in rows for each in _resource(row["type"], row["name"], row["args"], row["opts"])]
    assert _said(rule, resources) == []
