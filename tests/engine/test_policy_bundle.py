"""The bundled pack on the real engine, from a folder of its own: its own copy of the package decides."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.session import ROOT

PROGRAM = """
import pulumi_aws as aws
aws.organizations.Organization("org", aws_service_access_principals=["ram.amazonaws.com"])
"""


def test_a_bundle_works_from_anywhere(new_stack: Callable, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    subprocess.run([sys.executable, str(ROOT / "policies/bundle.py"), str(pack)], check=True, cwd=tmp_path)
    mark = '\nFIX = f"{FIX} (the bundle\'s)"\n'
    with (pack / "pulumi_aws_identity_center/organization_list.py").open("a") as copy:
        copy.write(mark)
    stack = new_stack(PROGRAM)
    env = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
    refused = stack.pulumi("preview", "--json", "--policy-pack", str(pack), check=False, env=env)
    assert refused.code != 0
    said = [json.loads(line).get("policyEvent") for line in refused.out.splitlines()]
    fired = {event["policyName"]: event for event in said if event}
    assert set(fired) == {"organization-keeps-sso", "guarded-resources-protected"}
    assert "(the bundle's)" in fired["organization-keeps-sso"]["message"]
    assert fired["organization-keeps-sso"]["policyPackVersion"] == "0.1.0"
