"""Each fault at each call of `status`: undetermined, with words of its own; what it doesn't concern is still told.

One AWS and one account's view for all of them: a case costs the calls of one look.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from pulumi_aws_identity_center.aws import rates
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.concurrency import Clock
from pulumi_aws_identity_center.aws.results import KINDS
from pulumi_aws_identity_center.status.checks import Check, judge, verdict
from pulumi_aws_identity_center.status.gather import gather
from pulumi_aws_identity_center.status.members import look_into

from sandbox.aws import EmbeddedAws
from sandbox.aws.middleware.faults import Faults
from sandbox.aws.seeds import NAMES
from tests.walk import walk

ROLE = "arn:{partition}:iam::{account}:role/OrganizationAccountAccessRole"
# Where each call's answer goes; besides it, what can't be judged without it.
CALLS = {
    "sts:GetCallerIdentity": {"caller", "identity-source"},
    "organizations:DescribeOrganization": {"organization", "all-features", "instance"},
    "organizations:ListAWSServiceAccessForOrganization": {"trusted-access"},
    "organizations:ListDelegatedAdministrators": {"delegated-administrator"},
    "sso-admin:ListInstances": {"instance", "identity-source", "portal"},
    "iam:GetRole": {"service-linked-role"},
    "ds:DescribeDirectories": {"identity-source"},
    "events:ListRules": {"sentinel"},
}
ERRORS = {
    "AccessDeniedException": "denied",
    "ThrottlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "ExpiredTokenException": "expired",
    "UnrecognizedClientException": "invalid-credentials",
    "500": "unavailable",
    "reset": "unreachable",
    "malformed": "malformed",
}
INFORMING = ("ds:", "events:")
SCREEN = 24
Rows = Callable[[list[Check]], int]


class Look:
    """One organization that is looked at with a fault."""

    def __init__(self, cloud: EmbeddedAws) -> None:
        self.cloud, self.account = cloud, Account()

    def __call__(self, *faults: str, members: bool = False) -> list[Check]:
        # The server's own object: a new server would need new clients, which are what costs.
        self.cloud._application._faults = Faults(list(faults))
        clock = Clock(60)
        into = look_into(self.account, clock, ROLE) if members else None
        return judge(gather(self.account, clock, into))


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    with pytest.MonkeyPatch.context() as environment, EmbeddedAws("sso-enabled") as cloud:
        # The rates are kept elsewhere (test_rates.py): here they would only be waited for.
        environment.setattr(rates, "windows", dict)
        for name, value in {**cloud.environment(), "AWS_MAX_ATTEMPTS": "1"}.items():
            environment.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_RETRY_MODE"):
            environment.delenv(name, raising=False)
        yield Look(cloud)


LISTS = [call for call in CALLS if ":List" in call or "Directories" in call]


@walk(("call", "row"), itertools.product(LISTS, [None, {}, "text", 7]))
def test_rows_that_are_none_are_never_healthy(look: Look, call: str, row: object) -> None:
    def answer(parsed: dict[str, object], **_: object) -> None:
        parsed.update({name: [row] for name, value in parsed.items() if isinstance(value, list)})

    events = look.account.client(call.partition(":")[0]).meta.events
    events.register("after-call", answer, unique_id="half")
    try:
        checks = look()
    finally:
        events.unregister("after-call", unique_id="half")
    concerned = [check.result for check in checks if check.id in CALLS[call]]
    is_about_a_rule = call == "events:ListRules" and row == {}  # a rule without a pattern acts on nothing
    assert is_about_a_rule or "undetermined" in concerned
    assert verdict(checks) == "undetermined" or call.startswith(INFORMING)


@walk(("call", "error"), itertools.product(CALLS, ERRORS))
def test_a_fault_is_undetermined_and_leaves_the_other_checks(look: Look, rows: Rows, call: str, error: str) -> None:
    checks = look(f"{call}:{error}")
    open_ = [check for check in checks if check.result != "pass"]
    assert {check.id for check in open_} == CALLS[call]
    assert {check.result for check in open_} == {"undetermined"}
    assert KINDS[ERRORS[error]][0] in open_[0].detail
    assert verdict(checks) == ("healthy" if call.startswith(INFORMING) else "undetermined")
    assert rows(checks) <= SCREEN


@pytest.mark.parametrize("seed", [name for name in NAMES if name != "large"])
def test_every_seeds_report_fits_a_small_terminal(rows: Rows, bare_environment: pytest.MonkeyPatch, seed: str) -> None:
    with EmbeddedAws(seed) as cloud:
        for name, value in cloud.environment().items():
            bare_environment.setenv(name, value)
        assert rows(judge(gather(Account(), Clock(60), None))) <= SCREEN


PERSISTENT = {error: kind for error, kind in ERRORS.items() if kind != "throttled"}


@walk(("call", "error"), itertools.product(["sts:AssumeRole", "iam:GetRole"], PERSISTENT))
def test_a_fault_in_members_concerns_only_their_checks(
    look: Look, monkeypatch: pytest.MonkeyPatch, call: str, error: str
) -> None:
    monkeypatch.setattr("random.uniform", lambda _low, _high: 0.0)
    checks = look(f"{call}:{error}", members=True)
    roles = [check for check in checks if check.id == "service-linked-role"]
    own, *other_roles = roles
    assert own.result == ("pass" if call == "sts:AssumeRole" else "undetermined")
    assert len(other_roles) == 3
    for check in other_roles:
        assert check.result == "undetermined"
        assert KINDS[ERRORS[error]][0] in check.detail
    # Where the visit itself failed, nothing is known of the account.
    open_ids = {check.id for check in checks if check.result != "pass"}
    assert open_ids <= {"service-linked-role", "saml-provider"}
    assert verdict(checks) == "undetermined"


def test_a_member_that_denies_access_is_undetermined(look: Look) -> None:
    denied = look("sts:AssumeRole:AccessDenied:1", members=True)
    missing = look("iam:GetRole:NoSuchEntity", members=True)
    roles = sorted(check.result for check in denied if check.id == "service-linked-role")
    assert roles == ["pass", "pass", "pass", "undetermined"]
    assert verdict(denied) == "undetermined"
    assert {check.result for check in missing if check.id == "service-linked-role"} == {"fail"}
    assert verdict(missing) == "unhealthy"


@pytest.mark.parametrize("error", ["Throttling", "reset", "503"])
def test_what_passes_by_itself_is_asked_again_and_told(look: Look, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    monkeypatch.setattr("random.uniform", lambda _low, _high: 0.0)
    assert verdict(look(f"sts:AssumeRole:{error}:2", members=True)) == "healthy"


def test_a_broken_off_list_of_accounts_keeps_its_rows(look: Look) -> None:
    checks = look("organizations:ListAccounts:partial:1", "organizations:ListAccounts:503", members=True)
    roles = {check.subject: check.result for check in checks if check.id == "service-linked-role"}
    assert roles.pop("other accounts") == "undetermined"
    assert set(roles.values()) == {"pass"}
    assert verdict(checks) == "undetermined"


def test_pages_of_any_size_are_read_to_the_end(look: Look) -> None:
    faults = [
        f"{call}:partial"
        for call in (
            "organizations:ListAWSServiceAccessForOrganization",
            "organizations:ListDelegatedAdministrators",
            "organizations:ListAccounts",
            "sso-admin:ListInstances",
        )
    ]
    checks = look(*faults, members=True)
    assert verdict(checks) == "healthy"
    assert len([check for check in checks if check.id == "service-linked-role"]) == 4
