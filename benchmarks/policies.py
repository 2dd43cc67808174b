"""What the policy pack costs a preview: without a pack, with an empty pack, with eight trivial rules, with ours. JSON.

    python benchmarks/policies.py [RESOURCES] [ROUNDS] [PROGRAM]    # default 100, 1 and both: ordinary, documents

The ratio that counts is ours to the empty pack in the same run, at 2,000 ordinary resources: at most 1.05. The rounds
alternate, and the ratio is the median of the rounds' own ratios, so that a busy machine slows both sides of each; of
CPU time too (of the engine and all that it starts), which a busy machine changes less. The SDK takes no pack without a
rule: "empty" has one, of one `if`. `documents` is the worst case: every resource carries an IAM document.

`where` tells where an empty pack's time goes: CPU milliseconds a resource by process, with the pack minus without.
"""

from __future__ import annotations

import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.session import Session  # noqa: E402 - found from wherever this is started

TARGET = 1.05
ORDINARY = """
import pulumi_aws as aws
for number in range({count}):
    aws.iam.Group(f"group-{{number}}", name=f"group-{{number}}", path="/a/")
"""
DOCUMENTS = """
import json
import pulumi_aws as aws
for number in range({count}):
    read = {{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": f"arn:aws:s3:::bucket-{{number}}/*"}}
    document = json.dumps({{"Version": "2012-10-17", "Statement": [read]}})
    aws.iam.Policy(f"policy-{{number}}", name=f"policy-{{number}}", policy=document)
"""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
def look(args, report):
    if args.resource_type == "none:of/these:Types":
        report("no")
PolicyPack("bench", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy(name=f"rule-{{number}}", description="looks at a type", validate=look)
    for number in range({rules})
])
"""


def project(folder: Path, name: str, program: str) -> Path:
    project_folder = folder / name
    project_folder.mkdir()
    (project_folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (project_folder / "__main__.py").write_text(program)
    return project_folder


def pack(folder: Path, rules: int) -> str:
    pack_folder = folder / f"pack-{rules}"
    pack_folder.mkdir()
    (pack_folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack_folder / "__main__.py").write_text(PACK.format(rules=rules))
    return str(pack_folder)


Spent = dict[str, float]


def spend(session: Session, folder: Path, policy_pack: str | None) -> Spent:
    """One preview: wall seconds, CPU seconds, and CPU seconds by process."""
    more = ["--policy-pack", policy_pack] if policy_pack else []
    command = ["pulumi", "preview", "--suppress-progress", "--stack", "bench", "--non-interactive", *more]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    engine = subprocess.Popen(command, cwd=folder, env=session.environment, **quiet)
    by_process = _watch(engine)
    if engine.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed, so its time is no figure")
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, **by_process}


def _watch(engine: subprocess.Popen[bytes]) -> Spent:
    """CPU seconds of the engine and of what it starts, by what it is, looked at until the engine ends."""
    seconds_by_process: dict[int, tuple[str, float]] = {}
    root = psutil.Process(engine.pid)
    while engine.poll() is None:
        with contextlib.suppress(psutil.Error):
            for process in [root, *root.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    seconds_by_process[process.pid] = (_name(process), sum(process.cpu_times()[:2]))
        time.sleep(0.05)
    spent: Spent = {}
    for name, seconds in seconds_by_process.values():
        spent[name] = spent.get(name, 0.0) + seconds
    return spent


def _name(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    names = {"run_policy_pack": "pack", "run_program": "program", "sandbox.provider": "provider", "preview": "engine"}
    return next((name for part, name in names.items() if part in line), "language host")


def measure(session: Session, folder: Path, packs: dict[str, str | None], rounds: int) -> list[dict[str, Spent]]:
    session.pulumi("stack", "init", "bench", cwd=folder)
    return [{name: spend(session, folder, pack) for name, pack in packs.items()} for _ in range(rounds)]


def ratio(rounds: list[dict[str, Spent]], pack: str, baseline: str, kind: str) -> float:
    return round(statistics.median(times[pack][kind] / times[baseline][kind] for times in rounds), 2)


def figures(rounds: list[dict[str, Spent]], count: int) -> dict[str, Any]:
    median = {
        name: {kind: round(statistics.median(times[name][kind] for times in rounds), 2) for kind in ("wall", "cpu")}
        for name in rounds[0]
    }
    processes = sorted({kind for times in rounds for kind in times["empty"]} - {"wall", "cpu"})
    where = {
        name: statistics.median(times["empty"].get(name, 0) - times["none"].get(name, 0) for times in rounds)
        for name in processes
    }
    return {
        "seconds": median,
        "ratios": {
            f"ours / empty, {kind} (target {TARGET:.2f})": ratio(rounds, "ours", "empty", kind)
            for kind in ("wall", "cpu")
        }
        | {"empty / none, cpu": ratio(rounds, "empty", "none", "cpu")},
        "where": {name: round(seconds / count * 1000, 2) for name, seconds in where.items()},
    }


def main() -> None:
    arguments = sys.argv[1:]
    count, rounds = (int(text) for text in (arguments + ["100", "1"][len(arguments) :])[:2])
    programs = {"ordinary": ORDINARY, "documents": DOCUMENTS}
    figures_by_program: dict[str, Any] = {"resources": count, "rounds": rounds}
    with tempfile.TemporaryDirectory() as temporary, Session() as session:
        folder = Path(temporary)
        packs = {
            "none": None,
            "empty": pack(folder, 1),
            "ours": str(ROOT / "policies"),
            "eight trivial": pack(folder, 8),
        }
        for name in arguments[2:] or programs:
            program_folder = project(folder, name, programs[name].format(count=count))
            figures_by_program[name] = figures(measure(session, program_folder, packs, rounds), count)
    print(json.dumps({"policies": figures_by_program}, indent=2))


if __name__ == "__main__":
    main()
