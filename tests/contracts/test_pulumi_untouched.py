"""The package stands on what Pulumi's SDK documents, and changes nothing in it."""

from __future__ import annotations

import subprocess
import sys

SNAPSHOT = """
import importlib, pkgutil, pulumi, pulumi.runtime
modules = [pulumi, pulumi.runtime]
names = [found.name for found in pkgutil.iter_modules(pulumi.runtime.__path__)]
modules += [importlib.import_module(f"pulumi.runtime.{name}") for name in names]
def snapshot():
    names = {(module.__name__, name): value for module in modules for name, value in vars(module).items()}
    classes = [value for value in names.values() if isinstance(value, type) and value.__module__.startswith("pulumi")]
    return names, {(cls, name): value for cls in classes for name, value in vars(cls).items()}
before = snapshot()
from pulumi_aws_identity_center import *
import pulumi_aws_identity_center.testing
after = snapshot()
for old, new in zip(before, after):
    print([key for key, value in new.items() if key not in old or old[key] is not value])
"""


def test_importing_all_of_it_changes_nothing_in_pulumi() -> None:
    done = subprocess.run([sys.executable, "-c", SNAPSHOT], check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
