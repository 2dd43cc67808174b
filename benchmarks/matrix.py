"""`matrix` and `import-matrix` on the sandbox with AWS's rates: seconds against what the pages take at 20 a second.

JSON. pages: the calls to sso-admin without which the matrix can't be told, so not those that choose the way;
pages_seconds: at 20 a second. The embedded AWS runs in this process: server_cpu_seconds is its share.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pulumi_aws_identity_center.aws.rates import DOCUMENTED
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.page import as_html

from benchmarks.tools.measured import by_operation, run
from sandbox.aws import EmbeddedAws

TARGETS = {"seconds_ratio": 1.2, "megabytes": 500}
# accounts, groups, users, permission sets, grants
SIZES = {"10,000 grants": (200, 50, 0, 10, 10_000), "100,000 grants": (1000, 500, 500, 20, 100_000)}


@contextmanager
def organization(accounts: int, groups: int, users: int, sets: int, grants: int) -> Iterator[EmbeddedAws]:
    with TemporaryDirectory() as folder:
        seed = Path(folder, "seed.yaml")
        seed.write_text(
            f"organization: {{feature_set: ALL}}\naccount_count: {accounts}\ntrusted_services: [sso.amazonaws.com]\n"
            f"identity_center: {{region: us-east-1, group_count: {groups}, user_count: {users}, "
            f"permission_set_count: {sets}, assignment_count: {grants}}}\n"
        )
        with EmbeddedAws(seed, throttle=True) as cloud:
            load_code(cloud)
            yield cloud


def load_code(cloud: EmbeddedAws) -> None:
    """The embedded AWS loads a service's code at its first call, for a third of a second in which others pile up."""
    instance = cloud.client("sso-admin").list_instances()["Instances"][0]
    cloud.client("sts").get_caller_identity()
    cloud.client("organizations").describe_organization()
    cloud.client("identitystore").list_groups(IdentityStoreId=instance["IdentityStoreId"])


def measure(sizes: tuple[int, int, int, int, int], *arguments: str) -> dict[str, Any]:
    with organization(*sizes) as cloud:
        measured = run([sys.executable, "-m", "pulumi_aws_identity_center", *arguments], cloud)
    assert measured.code == 0
    operations = by_operation(measured.calls)
    choosing = "sso-admin:ListAccountsForProvisionedPermissionSet"
    pages = sum(count for name, count in operations.items() if name.startswith("sso-admin:") and name != choosing)
    seconds = pages / DOCUMENTED["sso-admin"]
    return {
        **measured.figures(),
        "pages": pages,
        "pages_seconds": round(seconds, 1),
        "seconds_ratio": round(measured.seconds / seconds, 2),
        "busiest_second": measured.busiest_second(),
        "operations": operations,
    }


def page() -> dict[str, Any]:
    """The HTML page alone."""
    groups = [Principal("GROUP", f"id-{number}", f"group-{number:04}") for number in range(500)]
    grants = [
        Grant(group, "ReadOnly", f"{number:012}", f"account-{number}") for group in groups for number in range(200)
    ]
    start = time.perf_counter()
    text = as_html(grants, "benchmark", "now")
    return {
        "grants": len(grants),
        "seconds": round(time.perf_counter() - start, 2),
        "megabytes": round(len(text) / 1e6, 1),
    }


def main() -> None:
    figures: dict[str, Any] = {"targets": TARGETS, "html": page()}
    for name, sizes in SIZES.items():
        figures[f"matrix, {name}"] = measure(sizes, "matrix", "--format", "json")
        figures[f"import-matrix, {name}"] = measure(sizes, "import-matrix")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
