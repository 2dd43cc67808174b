"""What TrustedAccess does beyond its graph (test_components.py): a break-glass that is over, two owners of a switch."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import BreakGlassArgs, OrganizationSso, TrustedAccess
from pulumi_aws_identity_center.aws.results import NOT_IN_ORGANIZATION, Answer
from pulumi_aws_identity_center.components.aws_reader import UNKNOWN_SIGN_IN
from pulumi_aws_identity_center.components.config import parse

OVER: BreakGlassArgs = {"reason": "r", "expires": "2020-01-01"}


@pytest.mark.parametrize("whole", [False, True])
def test_an_update_past_break_glass_protects_then_fails(deploy: Any, whole: bool) -> None:
    resources: list[tuple[str, Any, Any]] = []

    def build() -> None:
        def note(args: pulumi.ResourceTransformationArgs) -> None:
            resources.append((args.type_.rpartition(":")[2], args.opts.protect, args.opts.retain_on_delete))

        opts = pulumi.ResourceOptions(transformations=[note])
        # The stack program's configuration first.
        parse({"breakGlass": '{"reason": "r", "expires": "2020-01-01"}'})
        (OrganizationSso if whole else TrustedAccess)("it", {"breakGlass": OVER}, opts)

    consequence = (
        "the next pulumi up then protects again what it opened" if deploy.preview else "This update has protected it"
    )
    with pytest.raises(Exception, match=f"2020-01-01, which is past: break-glass is over. .*{consequence}"):
        deploy(build)
    assert [row for row in resources if row[0] == "AwsServiceAccess"] == (
        [] if deploy.preview else [("AwsServiceAccess", True, True)]
    )


def test_past_break_glass_it_is_an_ordinary_owner(deploy: Any) -> None:
    deploy.preview = False
    shown: list[Any] = []

    def build() -> None:
        def note(args: pulumi.ResourceTransformationArgs) -> None:
            shown.append(args.props)

        TrustedAccess("it", {"breakGlass": OVER}, pulumi.ResourceOptions(transformations=[note]))
        with pytest.raises(pulumi.RunError, match="TrustedAccess it and Organization org of this stack own the same"):
            aws.organizations.Organization("org", aws_service_access_principals=["ram.amazonaws.com"])

    with pytest.raises(pulumi.RunError, match="break-glass is over"):
        deploy(build)
    assert "breakGlass" not in shown[0]


@pytest.mark.parametrize("makes_one", [False, True])
def test_without_an_organization_the_preview_says_what_to_do(
    deploy: Any, makes_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy.preview = True
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: messages.append(text))
    deploy.aws.trusted = lambda: Answer(kind="other", code=NOT_IN_ORGANIZATION)

    def build() -> Any:
        access = TrustedAccess("it")
        if makes_one:
            aws.organizations.Organization("org", aws_service_access_principals=["sso.amazonaws.com"])
        return access.urn

    deploy(build)
    assert ["This account is in no AWS organization" in text for text in messages] == ([] if makes_one else [True])


DENIED: Answer[Any] = Answer(kind="denied", code="AccessDeniedException", message="no")
THROTTLED: Answer[Any] = Answer(kind="throttled", code="TooManyRequestsException", message="slow down")
SECRET_SERVICE = "hunter2.amazonaws.com"


@pytest.mark.parametrize(
    ("why", "service", "said"),
    [
        (DENIED, "ram.amazonaws.com", ["Whether ram.amazonaws.com", "Only the organization's management account can"]),
        (THROTTLED, "ram.amazonaws.com", ["Whether ram.amazonaws.com", "slow down)."]),
        (THROTTLED, SECRET_SERVICE, ["Whether its service is trusted already"]),
        (UNKNOWN_SIGN_IN, "ram.amazonaws.com", []),
    ],
)
def test_failed_look_ups_are_warnings_with_a_remedy(
    deploy: Any, why: Answer[Any], service: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy.preview = True
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: warned.append(text))
    deploy.aws.trusted = lambda: why

    def build() -> Any:
        service_output = pulumi.Output.secret(service) if service == SECRET_SERVICE else service
        return TrustedAccess("it", {"servicePrincipal": service_output}).urn

    deploy(build)
    assert len(warned) == bool(said)
    for text in warned:
        assert all(part in text for part in said)
        assert ("management account" in text) is (why is DENIED)
        assert SECRET_SERVICE not in text
