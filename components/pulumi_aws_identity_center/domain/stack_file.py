"""This package's configuration in a stack's file, read without Pulumi and without its secrets: for the CLI.

Pure, over the text of Pulumi.STACK.yaml. As Pulumi hands it to a program: text, and JSON for objects and lists.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import PACKAGE

from .configuration import KEYS, full_key, is_set, value_of

_MERGE = "<<"
_SETTINGS = ("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt")
"""The keys of a stack's file (pulumi.com/docs/iac/concepts/projects/stack-settings-file)."""


@dataclass(frozen=True)
class StackFile:
    """source: the file's name. texts: by key, without the namespace; secrets: our keys that only Pulumi can read."""

    source: str
    texts: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    def parsed(self, key: str, parse: Callable[[Any, str], Any]) -> Any:
        """What `parse` makes of a key's value; None where it isn't set. Raises InvalidInput, for a secret too."""
        if key in self.secrets:
            raise InvalidInput(
                f"{self.source}: {full_key(key)} holds a secret, which only Pulumi can read: set it without --secret."
            )
        text = self.texts.get(key)
        if text is None or not is_set(key, text):
            return None
        try:
            return parse(value_of(key, text), full_key(key))
        except InvalidInput as error:
            raise InvalidInput([f"{self.source}: {problem}" for problem in error.problems]) from None


def read(text: str, source: str) -> StackFile:
    """This package's keys. Raises InvalidInput for what isn't a stack's file."""
    texts: dict[str, str] = {}
    secrets: list[str] = []
    for key, value in _config(text, source).items():
        name = _name(str(key))
        if name is None:
            continue
        if _holds_a_secret(value):
            secrets.append(name)
        else:
            texts[name] = _text(value)
    return StackFile(source, texts, tuple(secrets))


def _config(text: str, source: str) -> Mapping[Any, Any]:
    """Every key, as the file has it. A stack's file without configuration is one with the defaults."""
    settings = _load(text, source)
    if settings is None or settings == "":
        return {}
    if problem := _why_no_stack(settings):
        raise _no_stack(source, problem)
    config = settings.get("config", "")
    if _is_null(config):
        config = {}
    if not isinstance(config, Mapping):
        raise _no_stack(source, "its config is not an object with keys and values")
    if _MERGE in settings or _MERGE in config:
        raise InvalidInput(f"{source} has a merge key ({_MERGE}), which only Pulumi reads: write out what it merges.")
    return config


def _load(text: str, source: str) -> Any:
    import yaml  # which pulumi brings

    try:
        # Pulumi takes 2026-12-01 for text; YAML would take it for a date.
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise _no_stack(source, f"it is not YAML ({str(error).splitlines()[0]})") from error


def _why_no_stack(settings: Any) -> str:
    """What tells that these are no stack's; "" if nothing does."""
    if not isinstance(settings, Mapping):
        return "it is not an object"
    if "runtime" in settings:
        return "it is a project's file"
    if settings and settings.keys().isdisjoint(_SETTINGS):
        return f"it has none of {', '.join(_SETTINGS)}"
    return ""


def _no_stack(source: str, why: str) -> InvalidInput:
    return InvalidInput(f"{source} is not a stack's Pulumi.STACK.yaml: {why}. Name the file of the stack.")


def _name(key: str) -> str | None:
    """The key's own, if it is ours. Without a namespace it is the project's: ours, where we have such a key."""
    namespace, _, name = key.rpartition(":")
    if namespace in (PACKAGE, f"{PACKAGE}:config"):
        return name
    return name if not namespace and name in KEYS else None


def _is_null(value: Any) -> bool:
    return value in ("", "~", "null", "Null", "NULL")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    return "" if _is_null(value) else value


def _holds_a_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(map(_holds_a_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_a_secret, value))
