"""Records what the engine really writes, in both JSON forms, from one stack's life in the sandbox: the files beside it.

    python tests/components/gate/captures/record.py

Left out of each: where in the source it was, when, dependencies, the accounts' list, and debug diagnostics.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3]))

from sandbox.session import ROOT, Session  # noqa: E402 - found from wherever this is started

EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
_NOISE = {"stackTrace", "sourcePosition", "created", "modified", "dependencies", "propertyDependencies", "provider"}
_NOISE |= {"accounts", "nonMasterAccounts", "roots", "duration", "durationSeconds", "timestamp", "assumeRolePolicy"}

HEAD = """
import json
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import TrustedAccess, guard_document
KEPT = pulumi.ResourceOptions(protect=True, import_="o-exampleorg01")
"""
INCIDENT = (
    HEAD + 'aws.organizations.Organization("org", aws_service_access_principals=["ram.amazonaws.com"], opts=KEPT)\n'
)
NEW = (
    HEAD
    + """
later = aws.iam.Group("later", name="later").arn
aws.organizations.Organization("org", aws_service_access_principals=["ram.amazonaws.com", later])
"""
)
PROGRAM = """
aws.organizations.Organization("org", aws_service_access_principals=LISTED, opts=KEPT)
access = aws.organizations.AwsServiceAccess(
    "sso", service_principal=SSO, opts=pulumi.ResourceOptions(protect=PROTECT, retain_on_delete=True)
)
aws.organizations.DelegatedAdministrator(
    "admin", account_id="222233334444", service_principal="sso.amazonaws.com",
    opts=pulumi.ResourceOptions(depends_on=[access]),
)
guard = aws.iam.Policy("guard", name="identity-center-guard", policy=json.dumps(guard_document()))
trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
for name in ("first", "second"):
    aws.iam.Role(name, name=name, assume_role_policy=json.dumps(trust))
aws.iam.RolePolicyAttachment("guarded", role=ROLE, policy_arn=guard.arn)
"""
_GOOD = {"LISTED": ["ram.amazonaws.com", "sso.amazonaws.com"], "PROTECT": True, "SSO": "sso.amazonaws.com"}
_GOOD |= {"ROLE": "first"}


def program(**changes: Any) -> str:
    values = {**_GOOD, **changes}
    return HEAD + "".join(f"{name} = {value!r}\n" for name, value in values.items()) + PROGRAM


def slim(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: slim(item) for key, item in value.items() if key not in _NOISE or _is_granted(key, item)}
    return [slim(item) for item in value] if isinstance(value, list) else value


def _is_granted(key: str, value: Any) -> bool:
    """The accounts of assignments, which are ids; an organization's are objects."""
    return key == "accounts" and isinstance(value, list) and all(isinstance(item, str) for item in value)


def small(text: str, form: str) -> str:
    if form == "digest":
        return json.dumps(slim(json.loads(text)), indent=1) + "\n"
    events = [slim(json.loads(line)) for line in text.splitlines()]
    kept = [event for event in events if event.get("diagnosticEvent", {}).get("severity") != "debug"]
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in kept)


class Life:
    """One stack; `both` records a command in both forms."""

    def __init__(self, session: Session, folder: Path, to: Path) -> None:
        self.session, self.folder, self.to = session, folder, to
        (folder / "Pulumi.yaml").write_text("name: gate\nruntime: python\n")
        self.pulumi("stack", "init", "dev")

    def pulumi(self, *arguments: str, env: dict[str, str] | None = None, check: bool = True) -> str:
        return self.session.pulumi(*arguments, cwd=self.folder, env=env, check=check).out

    def write(self, text: str) -> None:
        (self.folder / "__main__.py").write_text(text)

    def both(self, name: str, *command: str) -> None:
        for form, env in (("digest", None), ("events", EVENTS)):
            text = self.pulumi(*command, "--json", "--show-sames", env=env, check=False)
            (self.to / f"{name}.{form}.json").write_text(small(text, form))


def record(session: Session, folder: Path, to: Path) -> None:
    """The whole life; names say what each preview would do."""
    life = Life(session, folder, to)
    preview, destroy = ("preview",), ("destroy", "--preview-only")
    life.write(INCIDENT)
    life.both("import-of-an-incomplete-list", *preview)
    life.write(NEW)
    life.both("new-organization-with-an-unknown-principal", *preview)
    life.write(program())
    life.both("first-time", *preview)
    life.pulumi("up", "--yes", "--suppress-progress")
    life.both("nothing-changes", *preview)
    life.both("refresh-without-drift", "refresh", "--preview-only")
    life.both("destroy-refused-by-protect", *destroy)
    mistakes: dict[str, dict[str, Any]] = {
        "principal-dropped": {"LISTED": ["ram.amazonaws.com"]},
        "list-left-out": {"LISTED": None},
        "protect-dropped": {"PROTECT": False},
        "guard-moved-to-another-role": {"ROLE": "second"},
    }
    for name, changes in mistakes.items():
        life.write(program(**changes))
        life.both(name, *preview)
    life.write(program(LISTED=["ram.amazonaws.com"]))
    life.both("refused-by-the-pack", *preview, "--policy-pack", str(ROOT / "policies"))
    life.write("raise ValueError('no')\n")
    life.both("program-fails", *preview)
    life.write(program())
    organizations = session.aws.client("organizations")
    organizations.disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    life.both("refresh-finds-it-off", "refresh", "--preview-only")
    life.both("refresh-finds-it-off-and-this-turns-it-on", *preview, "--refresh")
    without = program(LISTED=["ram.amazonaws.com"]).replace("access = ", "access = None and ")
    life.write(without.replace("depends_on=[access]", ""))
    life.both("refresh-finds-it-off-and-this-leaves-it-off", *preview, "--refresh")
    life.write(program())
    organizations.enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    life.pulumi("state", "unprotect", "--all", "--yes")
    life.write(program(SSO="ram.amazonaws.com"))
    life.both("replaced-by-another-principal", *preview)
    life.both("destroy-without-protect", *destroy)


MATRIX = """
from pulumi_aws_identity_center import AccessMatrix
aws.organizations.DelegatedAdministrator("admin", account_id="222233334444", service_principal="sso.amazonaws.com")
policies = "arn:aws:iam::aws:policy"
ACCESS and AccessMatrix("access", {
    "permissionSets": {
        "Admin": {"managedPolicies": [f"{policies}/{POLICY}"]},
        "Read": {"managedPolicies": [f"{policies}/ReadOnlyAccess"]},
    },
    "assignments": [
        {"groups": ["Administrators"], "permissionSets": ["Admin"], "accounts": {"ids": ACCOUNTS}},
        {"groups": ["Auditors"], "permissionSets": ["Read"], "accounts": {"all": True}},
    ],
})
"""


def matrix(**changes: Any) -> str:
    values = {"ACCESS": True, "POLICY": "AdministratorAccess", "ACCOUNTS": ["111122223333", "222233334444"], **changes}
    return HEAD + "".join(f"{name} = {value!r}\n" for name, value in values.items()) + MATRIX


def record_access(session: Session, folder: Path, to: Path) -> None:
    """The life of a stack with an AccessMatrix. The provider refuses to take the last administrator away, so such a
    preview fails; it isn't asked about a matrix that the program no longer has, nor in a destroy."""
    life = Life(session, folder, to)
    plugin = f"{{name: aws-identity-center, path: {ROOT / 'components'}}}"
    (folder / "Pulumi.yaml").write_text(f"name: gate\nruntime: python\nplugins: {{providers: [{plugin}]}}\n")
    life.write(matrix())
    life.pulumi("up", "--yes", "--suppress-progress")
    life.both("access-nothing-changes", "preview")
    life.both("access-destroyed", "destroy", "--preview-only")
    changes: dict[str, dict[str, Any]] = {
        "access-in-one-account-less": {"ACCOUNTS": ["111122223333"]},
        "access-of-administrators-reduced": {"POLICY": "ViewOnlyAccess"},
        "access-matrix-removed": {"ACCESS": False},
    }
    for name, values in changes.items():
        life.write(matrix(**values))
        life.both(name, "preview")


def main() -> None:
    for scenes in (record, record_access):
        with tempfile.TemporaryDirectory() as folder, Session() as session:
            scenes(session, Path(folder), HERE)


if __name__ == "__main__":
    main()
