"""docs/policies.md: its fixes, as they stand there, each a program on its language's host under the pack."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from rules.registry import RULES

from sandbox.engine import Engine, official_node_host, official_yaml_host, prepare_home
from sandbox.session import ROOT
from tests import node_packages

TEXT = (ROOT / "docs/policies.md").read_text("utf-8")
TYPESCRIPT = ROOT / "tests/engine/typescript"
EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
OWNED = {"ownerStacks": ["test/*"], "managementAccountId": "111122223333"}
CONFIG = {"last-administrator-kept": OWNED, "trusted-access-declared": {"ownerStacks": ["test/*"]}}

# Fixes that one program can have together.
JOINED = (
    "organization-keeps-sso",
    "no-disable-grant",
    "delegated-administrator-valid",
    "last-administrator-kept",
    "service-linked-role-untouched",
)
COMMENT = re.compile(r" +(#|//) .*")
# A preview for almost each rule, and the machine may be busy.
pytestmark = pytest.mark.timeout(900)


def _fixes(language: str) -> dict[str, str]:
    """The program by the rule's name."""
    fence = rf"^## ([a-z-]+)\n(?:(?!^## ).)*?^```{language}\n(.*?)^```"
    fixes = dict(re.findall(fence, TEXT, re.MULTILINE | re.DOTALL))
    shared = r"^## ([a-z-]+)\n(?:(?!^## ).)*?^Fix: that of \[([a-z-]+)\]"
    fixes |= {rule: fixes[other] for rule, other in re.findall(shared, TEXT, re.MULTILINE | re.DOTALL)}
    assert set(fixes) == {rule.id for rule in RULES}
    return fixes


def _programs(language: str) -> Iterator[tuple[list[str], list[str]]]:
    """Rules, and the fixes of theirs that one preview takes: joined, or the same but for a comment."""
    fixes = _fixes(language)
    rules: dict[str, list[str]] = {}
    for rule, program in fixes.items():
        rules.setdefault("joined" if rule in JOINED else COMMENT.sub("", program), []).append(rule)
    for key, names in rules.items():
        yield names, [fixes[rule] for rule in (names if key == "joined" else names[:1])]


def _preview(stack, policies: str, rules: list[str]) -> None:
    """Previews the stack's program, which has to declare something of AWS's and not to violate these rules."""
    config = stack.folder / "pack.json"
    config.write_text(json.dumps(CONFIG))
    pack = ("--policy-pack", policies, "--policy-pack-config", str(config))
    result = stack.pulumi("preview", "--json", *pack, check=False, env=EVENTS)
    events = [json.loads(line) for line in result.out.splitlines()]
    fired = {event["policyEvent"]["policyName"] for event in events if "policyEvent" in event}
    assert fired.isdisjoint(rules), result.text[-2000:]
    types = [event["resourcePreEvent"]["metadata"]["type"] for event in events if "resourcePreEvent" in event]
    assert any(type_.startswith("aws:") for type_ in types), f"{rules}: {result.text[-2000:]}"
    diagnostics = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
    errors = [row["message"].strip() for row in diagnostics if row["severity"] == "error"]
    assert errors == (["preview failed"] if fired else []), rules  # another rule may want more of the program


def test_every_python_fix_passes_its_rule(new_stack: Callable, policies: str) -> None:
    stack = new_stack("")
    for rules, programs in _programs("python"):
        stack.write("".join(programs))
        _preview(stack, policies, rules)


def test_every_yaml_fix_passes_its_rule(new_stack: Callable, policies: str, engine: Engine) -> None:
    stack = new_stack("")
    home = Path(stack.session.environment["PULUMI_HOME"])
    prepare_home(home, engine, stack.session.python, yaml_host=official_yaml_host())
    head = f"name: test\nruntime: yaml\npackages: {{aws-identity-center: {ROOT / 'components'}}}\n"
    for rules, programs in _programs("yaml"):
        parts = [yaml.safe_load(program) for program in programs]
        program = {
            key: {name: value for part in parts for name, value in part.get(key, {}).items()}
            for key in ("variables", "resources")
        }
        (stack.folder / "Pulumi.yaml").write_text(head + yaml.safe_dump(program, sort_keys=False))
        _preview(stack, policies, rules)


@pytest.mark.skipif(not node_packages.has_node, reason="Node.js is not installed")
def test_every_typescript_fix_has_the_right_types_and_passes_its_rule(
    new_stack: Callable, policies: str, engine: Engine
) -> None:
    stack = new_stack("")
    shutil.copytree(TYPESCRIPT, stack.folder, dirs_exist_ok=True)
    packages = node_packages.with_own_sdk(node_packages.installed(TYPESCRIPT / "package.json"), stack.folder)
    home = Path(stack.session.environment["PULUMI_HOME"])
    prepare_home(home, engine, stack.session.python, node_host=official_node_host())
    _serve_aws_as(json.loads((packages / "@pulumi/aws/package.json").read_text("utf-8"))["version"], home)
    runtime = "{name: nodejs, options: {typescript: false}}"  # it runs what the compiler has made of all fixes
    (stack.folder / "Pulumi.yaml").write_text(f"name: test\nmain: index.js\nruntime: {runtime}\n")
    for rule, program in _fixes("typescript").items():
        (stack.folder / f"{rule}.ts").write_text(program)
    node_packages.compile_typescript(stack.folder)
    for rules, programs in _programs("typescript"):
        compiled = rules[: len(programs)]
        (stack.folder / "index.js").write_text("".join(f'require("./{rule}");\n' for rule in compiled))
        _preview(stack, policies, rules)


def _serve_aws_as(version: str, home: Path) -> None:
    """npm's newest @pulumi/aws is older than pulumi_aws, and a program asks for the provider of its SDK's version."""
    plugins = home / "plugins"
    served = plugins / f"resource-aws-v{metadata.version('pulumi_aws')}"
    shutil.copytree(served, plugins / f"resource-aws-v{version}")
