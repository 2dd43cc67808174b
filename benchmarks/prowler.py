"""`status` beside Prowler's nearest checks, on one sandbox and in one run: seconds, memory, calls, and what each says.

    python -m venv /tmp/prowler && /tmp/prowler/bin/pip install prowler==5.46.0
    python benchmarks/prowler.py /tmp/prowler/bin/prowler

JSON. Prowler stays out of this project's environment, since its dependencies are many: without a path it is looked for
on PATH, and where it isn't, that is said and nothing is compared. Its nearest checks are those of its service
`organizations`; it has none for Identity Center.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tools.measured import by_operation, organization, run
from sandbox.aws import EmbeddedAws

ACCOUNTS = 1000
_OPTIONS = ("--no-banner", "--no-color", "--ignore-exit-code-3", "--region", "us-east-1", "-M", "json-ocsf")


def prowler(executable: str, cloud: EmbeddedAws) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        command = [executable, "aws", "--services", "organizations", *_OPTIONS, "-o", folder, "-F", "found"]
        measured = run(command, cloud)
        rows = json.loads(Path(folder, "found.ocsf.json").read_text())
    results = {row["metadata"]["event_code"]: f"{row['status_code']}: {row['status_detail']}" for row in rows}
    return {**measured.figures(), "by_operation": by_operation(measured.calls), "says": results}


def status(cloud: EmbeddedAws) -> dict[str, Any]:
    measured = run([sys.executable, "-m", "pulumi_aws_identity_center", "status", "--format", "json"], cloud)
    checks = json.loads(measured.stdout)["checks"]
    results = {check["id"]: f"{check['result']}: {check['detail']}" for check in checks}
    return {**measured.figures(), "by_operation": by_operation(measured.calls), "says": results}


def main() -> None:
    executable = sys.argv[1] if len(sys.argv) > 1 else shutil.which("prowler")
    if executable is None:
        print(json.dumps({"prowler": "not on PATH, so not compared; how to install it is in benchmarks/prowler.py"}))
        return
    version = subprocess.run([executable, "--version"], capture_output=True, text=True, check=True).stdout
    figures: dict[str, Any] = {"version": version.strip().splitlines()[-1], "accounts": ACCOUNTS}
    for name, trusted in (("trusted access on", True), ("trusted access off", False)):
        with organization(ACCOUNTS, throttle=False) as cloud:
            if not trusted:
                cloud.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
            figures[name] = {"prowler": prowler(executable, cloud), "status": status(cloud)}
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
