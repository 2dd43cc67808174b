"""What the components cost: a preview through them, importing the package, and a thousand of them. JSON.

    python benchmarks/components.py [ROUNDS] [MANY]     # default 3 and 1000

Each ratio is of one run: the ways alternate, so that a busy machine slows all of them, and the least of each counts.
`raw` declares what `OrganizationSso` declares, with the same inputs, by pulumi_aws alone, and asks AWS nothing (the
provider asks who signs in); `raw, same outputs` also finds the instance and its status, which are outputs of
`OrganizationSso`; `raw, same looks` asks AWS all that it asks. `engine` is a thousand pairs of a bare component and its
one resource: the engine's own cost.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.session import Session  # noqa: E402 - found from wherever this is started

THROUGH = """
from pulumi_aws_identity_center import OrganizationSso
OrganizationSso("sso")
"""
RAW = """
import pulumi, pulumi_aws as aws
def component(type, name, parent=None):
    made = pulumi.ComponentResource("raw:index:" + type, name, None, pulumi.ResourceOptions(parent=parent))
    made.register_outputs({{}})
    return made
sso = component("OrganizationSso", "sso")
access = component("TrustedAccess", "sso-trusted-access", sso)
options = pulumi.ResourceOptions(parent=access, protect=True, retain_on_delete=True)
aws.organizations.AwsServiceAccess("sso", service_principal="sso.amazonaws.com", opts=options)
component("Instance", "sso-instance", sso)
operators = component("OperatorPermissions", "sso-operators", sso)
for name, text in {documents!r}.items():
    aws.iam.Policy(name, name=name, description=name, policy=text, opts=pulumi.ResourceOptions(parent=operators))
"""
OUTPUTS = """
import botocore.session
region, found = aws.get_region(), aws.ssoadmin.get_instances()
session = botocore.session.Session()
status = session.create_client("sso-admin", "us-east-1").describe_instance(InstanceArn=found.arns[0])["Status"]
for name, value in {"arn": found.arns[0], "store": found.identity_store_ids[0], "status": status}.items():
    pulumi.export(name, value)
"""
LOOKS = """
aws.get_caller_identity(); aws.organizations.get_organization(return_organization_only=True); aws.get_partition()
session.create_client("organizations", "us-east-1").list_aws_service_access_for_organization()
"""
MANY = """
from pulumi_aws_identity_center import TrustedAccess
for number in range({many}):
    TrustedAccess(f"service-{{number}}", {{"servicePrincipal": f"service-{{number}}.amazonaws.com"}})
"""
BARE = """
import pulumi, pulumi_aws as aws
for number in range({many}):
    name = f"service-{{number}}"
    parent = pulumi.ComponentResource("raw:index:TrustedAccess", name)
    options = pulumi.ResourceOptions(parent=parent, protect=True, retain_on_delete=True)
    made = aws.organizations.AwsServiceAccess(name, service_principal=f"{{name}}.amazonaws.com", opts=options)
    parent.register_outputs({{"servicePrincipal": made.service_principal, "dateEnabled": made.date_enabled}})
"""
IMPORTS = {
    "pulumi_aws": "import pulumi_aws",
    "both": "import pulumi_aws, pulumi_aws_identity_center",
    # All of the package that a program of its components loads, beside the parts of pulumi_aws that it stands on.
    "pulumi_aws, used": "import pulumi_aws as a; a.organizations.Organization; a.iam.Policy; a.ssoadmin.get_instances",
    "both, used": "import pulumi_aws as a; a.organizations.Organization; a.iam.Policy; a.ssoadmin.get_instances\n"
    "from pulumi_aws_identity_center import *",
}


def alternately(ways: dict[str, Callable[[], Any]], rounds: int, clock: Callable[[], float]) -> dict[str, float]:
    """The least of each way, by that clock."""
    times_by_name: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started = clock()
            way()
            times_by_name[name].append(clock() - started)
    return {name: round(min(times), 3) for name, times in times_by_name.items()}


def processor() -> float:
    """Processor seconds of all that has been run, the engine's plugins and programs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def stack(session: Session, folder: Path, name: str, program: str) -> Callable[[], Any]:
    """A project with that program; gives its preview."""
    project = folder / name
    project.mkdir()
    (project / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (project / "__main__.py").write_text(program)
    session.pulumi("stack", "init", "bench", cwd=project)
    return lambda: session.pulumi("preview", "--suppress-progress", "--stack", "bench", cwd=project)


def documents() -> dict[str, str]:
    from pulumi_aws_identity_center import disable_document, enable_document, guard_document, observe_document

    built = {"enable": enable_document(), "disable": disable_document(), "observe": observe_document()}
    built |= {"guard": guard_document(), "guard-boundary": guard_document(boundary=True)}
    return {f"identity-center-{kind}": json.dumps(document, sort_keys=True) for kind, document in built.items()}


def main() -> None:
    rounds, many = (int(text) for text in (sys.argv[1:] + ["3", "1000"][len(sys.argv) - 1 :]))
    figures: dict[str, Any] = {"rounds": rounds}
    imports: dict[str, Callable[[], Any]] = {
        name: partial(subprocess.run, [sys.executable, "-c", code], check=True) for name, code in IMPORTS.items()
    }
    times = alternately(imports, rounds * 2, time.perf_counter)
    figures["import"] = {
        "seconds": times,
        "milliseconds added (target 50)": round((times["both"] - times["pulumi_aws"]) * 1000),
        "milliseconds added, everything used": round((times["both, used"] - times["pulumi_aws, used"]) * 1000),
    }
    with tempfile.TemporaryDirectory() as temporary, Session() as session:
        folder, raw = Path(temporary), RAW.format(documents=documents())
        programs = {
            "raw": raw,
            "raw-same-outputs": raw + OUTPUTS,
            "raw-same-looks": raw + OUTPUTS + LOOKS,
            "through": THROUGH,
        }
        previews = {name: stack(session, folder, name, text) for name, text in programs.items()}
        shown = figures["preview of OrganizationSso"] = {}
        for unit, clock in (("seconds", time.perf_counter), ("processor seconds", processor)):
            times = alternately(previews, rounds, clock)
            shown[unit] = times
            for baseline in ("raw", "raw-same-outputs", "raw-same-looks"):
                shown[f"{unit}, through / {baseline} (target 1.05)"] = round(times["through"] / times[baseline], 3)
        programs = {"engine": BARE.format(many=many), "components": MANY.format(many=many)}
        previews = {name: stack(session, folder, name, text) for name, text in programs.items()}
        times = alternately(previews, 1, processor)
        own = times["components"] - times["engine"]
        figures[f"preview of {many} TrustedAccess"] = {
            "processor seconds": times,
            "milliseconds a resource, the engine's own": round(times["engine"] / many / 2 * 1000, 2),
            "milliseconds a resource, the component's": round(own / many / 2 * 1000, 2),
            "component's / engine's own (target 1)": round(own / times["engine"], 3),
        }
    print(json.dumps({"components": figures}, indent=2))


if __name__ == "__main__":
    main()
