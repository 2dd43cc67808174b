"""`python -m sandbox.provider.introspection TOKEN …`: types' schemas, read from pulumi_aws's classes, as JSON.

A program of its own: it needs all of the SDK and of a type's module in pulumi_aws, which take longer to import than a
provider may take to start. `schema.py` runs it once for a version.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import re
import sys
import typing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pulumi import _types

from .schema import Schema

_FUNCTION = re.compile(r"aws:(?P<module>\w+)/(?P<name>get\w+):(?P=name)")
_REGISTERED = re.compile(r'resource_modules="""\s*(\[.*?\])\s*"""', re.DOTALL)


@functools.cache
def _modules() -> dict[str, tuple[str, str]]:
    """Type token → the Python module and the class."""
    import pulumi_aws

    source = Path(pulumi_aws.__file__).read_text("utf-8")
    registration = _REGISTERED.search(source)
    if registration is None:
        raise RuntimeError("pulumi_aws/__init__.py no longer registers its modules as introspection.py expects.")
    return {
        token: (module["fqn"], name)
        for module in json.loads(registration[1])
        for token, name in module["classes"].items()
    }


def tokens() -> frozenset[str]:
    """Every resource type of pulumi_aws."""
    return frozenset(_modules())


def read(token: str) -> Schema | None:
    """The schema of a resource type or a function; None if pulumi_aws has neither."""
    if token not in _modules():
        return _read_function(token)
    module_name, class_name = _modules()[token]
    resource = getattr(importlib.import_module(module_name), class_name)
    arguments = _arguments_of(resource)
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments.__init__).parameters
    required = {name for name in names if name in parameters and parameters[name].default is inspect.Parameter.empty}
    outputs = set(_types.resource_types(resource))
    return Schema(
        frozenset(names.values()),
        frozenset(names[name] for name in required),
        frozenset(outputs),
        frozenset(_always(_outputs(resource)) & outputs),
    )


def _read_function(token: str) -> Schema | None:
    parts = _FUNCTION.fullmatch(token)
    if parts is None:
        return None
    name = parts["name"]
    folder = "pulumi_aws" if parts["module"] == "index" else f"pulumi_aws.{parts['module']}"
    python_name = re.sub(r"([A-Z])", r"_\1", name).lower()
    try:
        module = importlib.import_module(f"{folder}.{python_name}")
    except ImportError:
        return None
    parameters = inspect.signature(getattr(module, python_name)).parameters
    inputs = {_camel_case(parameter) for parameter in parameters if parameter != "opts"}
    outputs = _outputs(getattr(module, f"{name[0].upper()}{name[1:]}Result"))
    return Schema(frozenset(inputs), frozenset(), frozenset(outputs), frozenset(_always(outputs)))


def _camel_case(name: str) -> str:
    first, *later_words = name.split("_")
    return first + "".join(word.capitalize() for word in later_words)


def _arguments_of(resource: type) -> Any:
    """In the resource's own module: its package has, or shows, another type's by that name (BucketVersioningArgs)."""
    module, name = importlib.import_module(resource.__module__), resource.__name__
    return getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")


def _outputs(resource: type) -> dict[str, bool]:
    """The outputs by name, and whether each is set on every resource."""
    outputs = {}
    for _, member in inspect.getmembers(resource, lambda member: isinstance(member, property)):
        returned = getattr(member.fget, "__annotations__", {}).get("return")
        if returned is not None and hasattr(member.fget, "_pulumi_name"):
            is_optional = "Optional" in str(returned) or type(None) in typing.get_args(returned)
            outputs[member.fget._pulumi_name] = not is_optional
    return outputs


def _always(outputs: dict[str, bool]) -> set[str]:
    return {name for name, is_always in outputs.items() if is_always}


def main() -> None:
    """Prints token → schema, or null."""
    schemas = {token: read(token) for token in sys.argv[1:]}
    print(json.dumps({token: schema and asdict(schema) for token, schema in schemas.items()}, default=sorted))


if __name__ == "__main__":
    main()
