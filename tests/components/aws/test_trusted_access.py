"""Which refusals come of trusted access being off."""

from __future__ import annotations

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.aws.trusted_access import Services, explain_refusal, is_trusted

from tests.walk import walk

ON: Services = Answer([{"ServicePrincipal": "ram.amazonaws.com"}, {"ServicePrincipal": "sso.amazonaws.com"}])
OFF: Services = Answer([{"ServicePrincipal": "ram.amazonaws.com"}])
BROKEN_OFF: Services = Answer([{"ServicePrincipal": "ram.amazonaws.com"}], kind="throttled")


@walk(
    ("services", "expected"),
    [
        (ON, True),
        (OFF, False),
        (BROKEN_OFF, None),
        (Answer(kind="denied"), None),
        (Answer(ON.value, kind="throttled"), True),
    ],
)
def test_a_list_that_broke_off_proves_no_absence(services: Services, expected: bool | None) -> None:
    assert is_trusted(services) is expected


@walk(
    ("service", "kind", "services", "is_explained"),
    [
        ("sso-admin", "denied", OFF, True),
        ("sso-admin", "denied", ON, False),
        ("sso-admin", "denied", BROKEN_OFF, False),
        ("sso-admin", "throttled", OFF, False),
        ("organizations", "denied", OFF, False),
    ],
)
def test_only_what_is_certain_is_told(service: str, kind: str, services: Services, is_explained: bool) -> None:
    explanation = explain_refusal(service, Answer(kind=kind), lambda: services)
    assert (explanation is not None) is is_explained
