"""What the policy pack costs a preview: without a pack, with an empty pack, with eight trivial rules, with ours. JSON.

    python benchmarks/policies.py [RESOURCES] [ROUNDS]     # default 100 and 1; the target is asked at 2,000

The ratio that counts is ours to the empty pack in the same run: at most 1.10. The rounds alternate, so that a busy
machine slows all four; the least of each counts. The SDK takes no pack without a rule: "empty" has
one, of one `if`. `documents` is the worst case: every resource carries an IAM document.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.session import Session  # noqa: E402 - found from wherever this is started

TARGET = 1.10
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
    made = folder / name
    made.mkdir()
    (made / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (made / "__main__.py").write_text(program)
    return made


def pack(folder: Path, rules: int) -> str:
    made = folder / f"pack-{rules}"
    made.mkdir()
    (made / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (made / "__main__.py").write_text(PACK.format(rules=rules))
    return str(made)


def seconds(session: Session, folder: Path, policy_pack: str | None) -> float:
    more = ["--policy-pack", policy_pack] if policy_pack else []
    started = time.perf_counter()
    session.pulumi("preview", "--suppress-progress", "--stack", "bench", *more, cwd=folder)
    return time.perf_counter() - started


def measure(session: Session, folder: Path, packs: dict[str, str | None], rounds: int) -> dict[str, float]:
    session.pulumi("stack", "init", "bench", cwd=folder)
    seen: dict[str, list[float]] = {name: [] for name in packs}
    for _ in range(rounds):
        for name, policy_pack in packs.items():
            seen[name].append(seconds(session, folder, policy_pack))
    return {name: round(min(times), 2) for name, times in seen.items()}


def main() -> None:
    count, rounds = (int(text) for text in (sys.argv[1:] + ["100", "1"][len(sys.argv) - 1 :]))
    found: dict[str, Any] = {"resources": count, "rounds": rounds}
    with tempfile.TemporaryDirectory() as temporary, Session() as session:
        folder = Path(temporary)
        packs = {
            "none": None,
            "empty": pack(folder, 1),
            "eight trivial": pack(folder, 8),
            "ours": str(ROOT / "policies"),
        }
        for name, program in (("ordinary", ORDINARY), ("documents", DOCUMENTS)):
            times = measure(session, project(folder, name, program.format(count=count)), packs, rounds)
            found[name] = {
                "seconds": times,
                "ratios": {
                    f"ours / empty (target {TARGET:.2f})": round(times["ours"] / times["empty"], 2),
                    "ours / eight trivial": round(times["ours"] / times["eight trivial"], 2),
                    "empty / none": round(times["empty"] / times["none"], 2),
                },
                "milliseconds a resource": round((times["ours"] - times["none"]) / count * 1000, 2),
            }
    print(json.dumps({"policies": found}, indent=2))


if __name__ == "__main__":
    main()
