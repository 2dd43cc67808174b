"""Writes docs/reference.md from the plugin's schema: `python components/reference.py` (or `make reference`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_aws_identity_center.components.plugin import inferred_schema
from pulumi_aws_identity_center.provider.schema import merged_schema

FILE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
_DEFAULT = re.compile(r" ?Default: (?P<value>.+)\.$")
_INTRODUCTION = """\
# Reference: every component, resource, argument and output

`python components/reference.py` writes this page from the plugin's schema; change the schema, not the page. Arguments
have these names in YAML, TypeScript and this package's Python; the SDK that `pulumi package add` generates for Python
has them in snake_case. *plain*: a value that the program knows, never another resource's output. The stack program's
configuration: [README](../README.md). What each component does: [components.md](components.md).

In this package's Python, the arguments of a component are one dictionary, its second argument. An argument of the
tables as a keyword, such as `roles=[...]`, is a TypeError. For example:

```python
from pulumi_aws_identity_center import OperatorPermissions

operator = {
    "name": "operator",
    "permissions": ["enable", "observe"],
    "trustedPrincipals": ["arn:aws:iam::111122223333:root"],
}
OperatorPermissions("sso", {"roles": [operator]})
```
"""

Schema = Mapping[str, Any]


def schema() -> dict[str, Any]:
    """The plugin's schema, as the engine gets it."""
    parsed: dict[str, Any] = json.loads(merged_schema(inferred_schema()))
    return parsed


def render(schema: Schema) -> str:
    """The page."""
    resources, types = schema["resources"], schema["types"]
    components = {token: entry for token, entry in resources.items() if entry.get("isComponent")}
    others = {token: entry for token, entry in resources.items() if token not in components}
    objects = {token: entry for token, entry in types.items() if "enum" not in entry}
    enums = {token: entry for token, entry in types.items() if "enum" in entry}
    parts = [
        _INTRODUCTION,
        *_section("Components", components, _resource),
        *_section("Resources", others, _resource),
        *_section("Types", objects, _object),
        *_section("Fixed values", enums, _enum),
        "## The provider's configuration\n",
        f"{schema['provider']['description']}\n",
        _properties("key", schema["provider"]["inputProperties"], ()),
    ]
    return "\n".join(parts)


def _section(title: str, entries: Schema, describe: Any) -> Iterator[str]:
    yield f"## {title}\n"
    for token, entry in entries.items():
        yield f"### {_name(token)}\n"
        yield f"{entry['description']}\n"
        yield from describe(entry)


def _resource(entry: Schema) -> Iterator[str]:
    yield _properties("argument", entry["inputProperties"], entry["requiredInputs"])
    yield _outputs(entry["properties"])


def _object(entry: Schema) -> Iterator[str]:
    yield _properties("key", entry["properties"], entry.get("required", ()))


def _enum(entry: Schema) -> Iterator[str]:
    yield _table(("value", "meaning"), ((f"`{row['value']}`", row["description"]) for row in entry["enum"]))


def _properties(title: str, properties: Schema, required: Any) -> str:
    rows = []
    for name, entry in properties.items():
        description = entry["description"]
        default = _DEFAULT.search(description)
        shown = f"`{default['value']}`" if default else ""
        value = "**required**" if name in required else shown
        rows.append((f"`{name}`", _type(entry), value, _DEFAULT.sub("", description)))
    return _table((title, "type", "default", "description"), rows)


def _outputs(properties: Schema) -> str:
    rows = ((f"`{name}`", _type(entry), _DEFAULT.sub("", entry["description"])) for name, entry in properties.items())
    return _table(("output", "type", "description"), rows)


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(_cell(text) for text in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _type(entry: Schema) -> str:
    mark = ", plain" if entry.get("plain") else ", secret" if entry.get("secret") else ""
    if "$ref" in entry:
        if entry["$ref"].endswith("/Any"):
            return f"any{mark}"
        name = _name(entry["$ref"])
        return f"[{name}](#{name.lower()}){mark}"
    if entry["type"] == "array":
        return f"list of {_type(entry['items'])}"
    if entry["type"] == "object":
        return f"map of {_type(entry['additionalProperties'])}"
    return f"{entry['type']}{mark}"


def _name(token: str) -> str:
    return token.rpartition(":")[2]


if __name__ == "__main__":
    FILE.write_text(render(schema()), "utf-8")
    print(FILE)
