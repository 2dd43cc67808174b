"""The plugin's process: it prints its port, and ends when whoever started it is gone."""

from __future__ import annotations

import subprocess
import sys

import psutil

from sandbox.session import ROOT

# A parent that starts the plugin, tells its process id and port, and is gone.
PARENT = f"""
import subprocess, sys
plugin = subprocess.Popen([sys.executable, "-P", {str(ROOT / "components")!r}, "127.0.0.1:1"], stdout=subprocess.PIPE)
print(plugin.pid, plugin.stdout.readline().decode().strip(), flush=True)
"""


def test_it_ends_when_its_parent_is_gone() -> None:
    output = subprocess.run(
        [sys.executable, "-c", PARENT], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    pid, port = output.split()
    assert port.isdigit()
    try:
        psutil.Process(int(pid)).wait(timeout=20)
    except psutil.NoSuchProcess:
        return


def test_a_start_imports_neither_the_components_nor_botocore() -> None:
    """The engine starts a second plugin only to check the provider's configuration."""
    code = """
import sys
from pulumi_aws_identity_center.components.on_demand import ComponentsOnDemand
from pulumi_aws_identity_center.provider.serving import Servicer
Servicer(ComponentsOnDemand(), [], "127.0.0.1:1")
print({"botocore", "pulumi_aws_identity_center.components.plugin"} & set(sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
