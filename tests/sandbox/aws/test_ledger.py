"""FIDELITY.md agrees with the code, and covers every operation of the API models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.session import get_session

from sandbox.aws import ledger
from sandbox.aws.core.registry import HANDLERS
from sandbox.aws.seeds import Assumptions
from sandbox.aws.services.identity_center.fidelity import LEDGER, record
from tests.walk import walk


def test_the_file_is_what_the_code_says() -> None:
    assert ledger.FILE.read_text() == ledger.render(), "run: python -m sandbox.aws.ledger"


@pytest.mark.parametrize("service", ledger.SERVICES)
def test_every_operation_of_the_model_is_in_the_file(service: str) -> None:
    section = ledger.FILE.read_text().partition(f"## {service}\n")[2].partition("\n## ")[0]
    listed = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")][1:]
    assert listed == get_session().get_service_model(service).operation_names


@pytest.mark.parametrize("service", ["sso-admin", "identitystore"])
def test_the_ledger_is_exactly_what_is_ours(service: str) -> None:
    ours = {operation for name, operation in HANDLERS if name == service}
    assert {operation for name, operation in LEDGER if name == service} == ours
    assert ours <= set(get_session().get_service_model(service).operation_names)


@walk("service", ledger.SERVICES)
def test_documented_names_a_page_and_assumed_a_reason(service: str) -> None:
    for line in ledger.lines(service):
        if line.basis == "documented":
            assert "API_" in line.note or ".html" in line.note or "github.com/" in line.note, line
        if line.basis == "assumed":
            assert line.note, line


@pytest.mark.parametrize("basis", ["documented", "assumed"])
def test_a_claim_without_its_source_or_reason_is_refused(basis: str) -> None:
    with pytest.raises(ValueError, match="needs the page that says so, or the reason"):
        record("sso-admin", "Nothing", basis)  # type: ignore[arg-type]


@pytest.mark.parametrize("service", ["organizations", "sso-admin", "identitystore"])
def test_what_the_file_calls_absent_is_answered_with_501(aws: Callable, code: Callable, service: str) -> None:
    """moto has ListCreateAccountStatus and IsMemberInGroups, of an organization and a directory that are empty."""
    absent = [line.operation for line in ledger.lines(service) if line.basis == "absent"]
    assert {"ListCreateAccountStatus", "AddRegion", "IsMemberInGroups"} & set(absent)
    client = aws("sso-enabled").client(service, config=Config(parameter_validation=False))
    for operation in absent:
        assert code(getattr(client, xform_name(operation))) == "SandboxNotImplemented", operation


# --- what nobody has verified ---


def test_the_open_facts_are_the_seeds_assumptions() -> None:
    assert set(ledger.OPEN_FACTS) == set(Assumptions.model_fields)


@pytest.mark.parametrize(("creates", "roles"), [("true", ["AWSServiceRoleForSSO"]), ("false", [])])
def test_enabling_creates_the_role_or_not(aws: Callable, tmp_path: Path, creates: str, roles: list[str]) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(f"organization: {{}}\nassumptions: {{enabling_creates_role: {creates}}}\n")
    cloud = aws(seed)
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    assert [row["RoleName"] for row in cloud.client("iam").list_roles()["Roles"]] == roles


@pytest.mark.parametrize("refuses", [True, False])
def test_disabling_while_there_is_a_delegated_administrator(aws: Callable, tmp_path: Path, refuses: bool) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "organization: {}\naccounts: [{id: '222233334444', name: a}]\ntrusted_services: [sso.amazonaws.com]\n"
        "delegated_administrator: '222233334444'\n"
        f"assumptions: {{refuse_disabling_while_delegated: {str(refuses).lower()}}}\n"
    )
    client = aws(seed).client("organizations")
    call = {"ServicePrincipal": "sso.amazonaws.com"}
    if refuses:
        with pytest.raises(client.exceptions.ConstraintViolationException):
            client.disable_aws_service_access(**call)
    else:
        client.disable_aws_service_access(**call)
    assert bool(client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]) is refuses
