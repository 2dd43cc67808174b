"""The judgements, on a healthy organization that each test breaks in one place."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.results import KINDS, Answer
from pulumi_aws_identity_center.domain.stack_config import StackConfig
from pulumi_aws_identity_center.status.checks import Check, judge, parse_remedy, verdict
from pulumi_aws_identity_center.status.facts import Facts, Instances, Member, Members

from tests.walk import walk

Judged = Callable[..., dict[str, Check]]
NOT_IN_USE: Answer[Any] = Answer(kind="other", code="AWSOrganizationsNotInUseException")
NO_ROLE: Answer[Any] = Answer(kind="other", code="NoSuchEntity")
DENIED: Answer[Any] = Answer(kind="denied", code="AccessDeniedException", message="No.", action="x:Y")
MEMBER = Answer({"Account": "222233334444", "Arn": "arn:aws:iam::222233334444:user/bob"})
# A command, or an address to open; words follow as a comment.
# A shell's Region needn't be the one that a command is about.
PASTEABLE = re.compile(
    r"(aws (iam|organizations) [^#]*|aws [^#]* --region [^#]*|(identity-center|pulumi) [a-z][^#]*)(  # .*)?$"
    r"|https://\S+  # .*$"
)


def test_a_good_organization_passes_every_check(
    good: Facts,
) -> None:
    checks = judge(good)
    assert verdict(checks) == "healthy"
    assert [check.id for check in checks] == [
        "caller",
        "organization",
        "all-features",
        "trusted-access",
        "instance",
        "delegated-administrator",
        "service-linked-role",
        "identity-source",
        "portal",
        "sentinel",
    ]
    assert {check.result for check in checks} == {"pass"}
    with_stack = judge(good, None, StackConfig("Pulumi.prod.yaml"))
    assert [check.id for check in with_stack if check not in checks] == ["break-glass"]
    for check in checks:
        assert (check.remedy == "") == (check.result == "pass")
        assert check.subject
        assert check.detail.endswith(".")


def _directory(id_: str, stage: str, kind: str = "MicrosoftAD") -> Answer[list[dict[str, Any]]]:
    return Answer([{"DirectoryId": id_, "Type": kind, "Stage": stage, "Name": "corp.example.com"}])


@walk(
    ("changes", "id_", "said"),
    [
        ({"trusted": Answer([])}, "trusted-access", "Trusted access is OFF"),
        ({"trusted": Answer([{"ServicePrincipal": "ram.amazonaws.com"}])}, "trusted-access", "Trusted access is OFF"),
        ({"trusted": NOT_IN_USE, "organization": NOT_IN_USE}, "trusted-access", "without an organization"),
        ({"instances": Instances(Answer([]), ("eu-west-1",))}, "instance", "no Identity Center instance"),
        ({"status": Answer({"Status": "CREATE_FAILED", "StatusReason": "KMS"})}, "instance", "CREATE_FAILED (KMS)"),
        ({"status": Answer({"Status": "DELETE_IN_PROGRESS"})}, "instance", "DELETE_IN_PROGRESS (AWS gives no reason)"),
        ({"organization": NOT_IN_USE}, "organization", "in no organization"),
        ({"organization": NOT_IN_USE}, "all-features", "no organization to have them"),
        ({"organization": NOT_IN_USE}, "instance", "none without an organization"),
        (
            {"administrators": Answer([{"Id": "222233334444", "Status": "SUSPENDED"}])},
            "delegated-administrator",
            "SUSP",
        ),
        (
            {"administrators": Answer([{"Id": "222233334444", "State": "CLOSED", "Status": "ACTIVE"}])},
            "delegated-administrator",
            "CLOSED",
        ),
        ({"role": NO_ROLE}, "service-linked-role", "AWSServiceRoleForSSO is not in 111122223333"),
        ({"directories": _directory("d-1", "Impaired")}, "identity-source", "state is Impaired"),
    ],
)
def test_what_is_broken_fails_and_says_what_to_do(judged: Judged, changes: dict[str, Any], id_: str, said: str) -> None:
    checks = judged(**changes)
    assert checks[id_].result == "fail"
    assert said in checks[id_].detail
    assert verdict(list(checks.values())) == "unhealthy"
    for check in checks.values():
        if check.result == "fail":
            assert check.remedy
            assert all(map(PASTEABLE.match, check.remedy.splitlines()))
            assert not check.remedy.startswith("aws ds ") or "--region us-east-1 " in check.remedy


def test_consolidated_billing_fails_the_features_and_what_needs_them(judged: Judged) -> None:
    billing = Answer({"Id": "o", "MasterAccountId": "111122223333", "FeatureSet": "CONSOLIDATED_BILLING"})
    checks = judged(organization=billing, trusted=DENIED, instances=Instances(Answer([]), ("eu-west-1",)))
    assert checks["instance"].remedy == checks["all-features"].remedy
    assert checks["all-features"].result == checks["trusted-access"].result == "fail"
    assert "enable-all-features" in checks["all-features"].remedy
    assert "recover" in checks["trusted-access"].remedy


@walk("kind", sorted(KINDS))
@walk(
    ("field", "id_"),
    [
        ("caller", "caller"),
        ("organization", "organization"),
        ("organization", "all-features"),
        ("organization", "instance"),
        ("trusted", "trusted-access"),
        ("status", "instance"),
        ("role", "service-linked-role"),
        ("administrators", "delegated-administrator"),
    ],
)
def test_an_error_is_undetermined_says_its_kind_and_never_passes(
    judged: Judged, field: str, id_: str, kind: str
) -> None:
    checks = judged(**{field: Answer(kind=kind, code="Code", message="message", action="organizations:Some")})
    assert checks[id_].result == "undetermined"
    assert f"{KINDS[kind][0]} (Code: message)" in checks[id_].detail
    assert checks[id_].remedy == KINDS[kind][1].format(action="organizations:Some")
    assert verdict(list(checks.values())) == "undetermined"


def test_every_kind_of_error_has_its_own_words() -> None:
    assert len({meaning for meaning, _ in KINDS.values()}) == len(KINDS)
    assert all(remedy for _, remedy in KINDS.values())


def test_what_only_informs_may_be_untold_without_changing_the_verdict(judged: Judged) -> None:
    checks = judged(directories=DENIED)
    assert checks["identity-source"].result == "undetermined"
    assert "x:Y" in checks["identity-source"].remedy
    assert verdict(list(checks.values())) == "healthy"


def test_a_failure_outweighs_what_could_not_be_told(judged: Judged) -> None:
    assert verdict(list(judged(trusted=Answer([]), role=DENIED).values())) == "unhealthy"


def test_no_checks_or_only_undetermined_ones_are_not_healthy() -> None:
    assert verdict([]) == "undetermined"
    assert verdict([Check("sentinel", "s", "undetermined", "d", "r", required=False)]) == "undetermined"


def test_since_when_it_is_on_is_told_in_utc(judged: Judged) -> None:
    elsewhere = datetime.datetime(2024, 1, 2, 5, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    row = {"ServicePrincipal": "sso.amazonaws.com", "DateEnabled": elsewhere}
    assert "since 2024-01-02T03:04:05Z" in judged(trusted=Answer([row]))["trusted-access"].detail
    assert "no date" in judged(trusted=Answer([{"ServicePrincipal": "sso.amazonaws.com"}]))["trusted-access"].detail


def test_the_way_back_names_the_call_and_who_can(judged: Judged) -> None:
    remedy = judged(trusted=Answer([]), enablers=Answer(["arn:aws:iam::1:user/ann"]))["trusted-access"].remedy
    call = "aws organizations enable-aws-service-access --service-principal sso.amazonaws.com"
    advice = parse_remedy(remedy)
    assert advice.commands == ("identity-center recover", call)
    for part in ("management account 111122223333", "user/ann", "continues as before"):
        assert part in advice.explanation
    assert (
        "No other IAM user or role of this account can: if these credentials can't, sign in as its root user."
        in judged(trusted=Answer([]), enablers=Answer([]))["trusted-access"].remedy
    )
    assert "access was denied" in judged(trusted=Answer([]), enablers=DENIED)["trusted-access"].remedy


def test_an_instance_in_another_region_is_found_and_said(judged: Judged, instance: dict[str, Any]) -> None:
    regional = {**instance, "PrimaryRegion": "eu-west-1", "Regions": [{"RegionName": "eu-west-1"}, {"RegionName": "x"}]}
    check = judged(instances=Instances(Answer([regional])))["instance"]
    assert check.result == "pass"
    assert "It is in eu-west-1 (not in us-east-1, the Region asked for) and ACTIVE, and also in x." in check.detail


def test_an_instance_names_the_kms_key_that_it_needs(judged: Judged, instance: dict[str, Any]) -> None:
    key = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/1"}
    for encryption, sentence in (
        ({**key, "EncryptionStatus": "ENABLED"}, f" It needs the KMS key {key['KmsKeyArn']}, ENABLED."),
        (
            {**key, "EncryptionStatus": "UPDATE_FAILED", "EncryptionStatusReason": "the key is disabled"},
            f" It needs the KMS key {key['KmsKeyArn']}, UPDATE_FAILED (the key is disabled).",
        ),
        ({**key, "KeyType": "AWS_OWNED_KMS_KEY", "EncryptionStatus": "ENABLED"}, ""),
        (None, ""),
    ):
        check = judged(status=Answer({**instance, "EncryptionConfigurationDetails": encryption}))["instance"]
        assert check.result == "pass"
        assert check.detail == f"It is in us-east-1 and ACTIVE.{sentence}"


def test_an_account_instance_is_not_taken_for_the_organizations(judged: Judged, instance: dict[str, Any]) -> None:
    own = {**instance, "OwnerAccountId": "222233334444"}
    check = judged(instances=Instances(Answer([own]), ("eu-west-1",)))["instance"]
    assert check.result == "fail"
    assert "1 account instance," in check.detail
    both = judged(instances=Instances(Answer([own, instance])))
    assert both["instance"].result == "pass"


def test_whose_instance_it_is_takes_the_organization(judged: Judged) -> None:
    check = judged(organization=DENIED)["instance"]
    assert "whether the instance in us-east-1 is the organization's or an account's own" in check.detail


def test_no_instance_is_undetermined_while_a_region_is_silent(judged: Judged) -> None:
    check = judged(instances=Instances(Answer([]), ("me-south-1",), {"me-south-1": DENIED}))["instance"]
    assert check.result == "undetermined"
    assert "me-south-1" in check.detail
    assert "access was denied" in check.detail


def test_an_instance_without_a_status_is_undetermined(judged: Judged) -> None:
    assert judged(status=Answer({}))["instance"].result == "undetermined"


def test_a_member_account_is_told_where_to_ask(judged: Judged) -> None:
    checks = judged(caller=MEMBER, trusted=DENIED, administrators=DENIED, instances=Instances(Answer([])))
    assert "member account" in checks["caller"].detail
    for id_ in ("trusted-access", "delegated-administrator"):
        assert checks[id_].result == "undetermined"
        assert "222233334444 is a member account" in checks[id_].detail
        assert "111122223333" in checks[id_].detail
        assert "delegated administrator's account can read it too" in checks[id_].detail
        assert DENIED.code in checks[id_].detail
        assert "management account. `identity-center document observe`" in checks[id_].remedy
    assert "delegated administrator" not in checks["sentinel"].detail
    assert checks["instance"].result == "undetermined"
    assert "111122223333" in checks["instance"].remedy


def test_the_delegated_administrator_is_told_as_such_and_sees_all(judged: Judged) -> None:
    checks = judged(caller=MEMBER, administrators=Answer([{"Id": "222233334444", "Status": "ACTIVE"}]))
    assert "delegated administrator" in checks["caller"].detail
    assert verdict(list(checks.values())) == "healthy"


@walk(
    ("registered", "expected", "result"),
    [
        ([], None, "pass"),
        ([], "none", "pass"),
        ([], "222233334444", "fail"),
        (["222233334444"], None, "pass"),
        (["222233334444"], "222233334444", "pass"),
        (["333344445555"], "222233334444", "fail"),
        (["222233334444"], "none", "fail"),
        (["222233334444", "333344445555"], "222233334444", "fail"),
    ],
)
def test_the_expected_administrator_is_checked(
    judged: Judged, registered: list[str], expected: str | None, result: str
) -> None:
    rows = Answer([{"Id": account, "Status": "ACTIVE"} for account in registered])
    check = judged(expected, administrators=rows)["delegated-administrator"]
    assert check.result == result
    wanted = {expected} - {None, "none"}
    for account in registered if result == "fail" else ():
        is_superfluous = account not in wanted
        assert (f"deregister-delegated-administrator --account-id {account}" in check.remedy) == is_superfluous
    for missing in wanted - set(registered) if result == "fail" else ():
        assert f" register-delegated-administrator --account-id {missing}" in f" {check.remedy}"


def test_of_two_administrators_the_inactive_one_fails(judged: Judged) -> None:
    good, bad = {"Id": "222233334444", "State": "ACTIVE"}, {"Id": "333344445555", "State": "SUSPENDED"}
    for rows in ([good, bad], [bad, good]):
        check = judged(administrators=Answer(rows))["delegated-administrator"]
        assert (check.result, check.subject) == ("fail", "333344445555")


PROVIDER = "arn:aws:iam::1:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
SIGNS_IN: Answer[dict[str, Any]] = Answer({"provider": PROVIDER, "role": ""})


@walk(
    ("changes", "use"),
    [
        ({"instances": Instances(Answer([]), ("eu-west-1",))}, "is not in use"),
        ({"trusted": Answer([])}, "is not in use"),
        ({"trusted": DENIED}, "may not be in use"),
        ({"instances": Instances(DENIED)}, "may not be in use"),
        ({"organization": DENIED}, "may not be in use"),
    ],
)
def test_an_unused_identity_center_needs_no_service_linked_role(good: Facts, changes: dict[str, Any], use: str) -> None:
    members = Members(Answer(2), (Member("1", "ACTIVE", NO_ROLE, SIGNS_IN),), SIGNS_IN)
    checks = judge(dataclasses.replace(good, role=NO_ROLE, members=members, **changes))
    for check in [check for check in checks if check.id == "service-linked-role"]:
        assert (check.result, check.required) == ("undetermined", False)
        assert f"Identity Center {use}." in check.detail


@walk("unknown", ["organization", "caller"])
def test_a_missing_instance_is_no_fault_in_an_account_of_no_known_kind(judged: Judged, unknown: str) -> None:
    """A member account, which can't be told from the management account then, sees no instance."""
    for services in (Answer[Any]([]), DENIED):
        checks = judged(**{unknown: DENIED}, instances=Instances(Answer([]), ("eu-west-1",)), trusted=services)
        assert checks["instance"].result == "undetermined"
        assert checks["trusted-access"].result == ("fail" if services.ok else "undetermined")
        assert "never enabled" not in checks["trusted-access"].detail


@walk(
    ("saml", "result"),
    [
        (SIGNS_IN, "pass"),
        (
            Answer({"provider": "", "role": "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_1"}),
            "fail",
        ),
        (Answer({"provider": PROVIDER, "role": "arn:aws:iam::1:role/AWSReservedSSO_A_1"}), "undetermined"),
        (Answer({"provider": "", "role": ""}), "pass"),
        (DENIED, "undetermined"),
    ],
)
def test_an_account_without_its_saml_provider_is_cut_off(good: Facts, saml: Answer[Any], result: str) -> None:
    member = Member("1", "ACTIVE", Answer({"Arn": "a"}), saml)
    checks = judge(dataclasses.replace(good, members=Members(Answer(2), (member,), saml)))
    checks = [check for check in checks if check.id == "saml-provider"]
    assert {check.subject: check.result for check in checks} == {"1": result, "111122223333": result}
    assert all(PASTEABLE.match(check.remedy) for check in checks if check.result == "fail")


def test_members_are_judged_one_by_one(good: Facts) -> None:
    role: Answer[dict[str, Any]] = Answer({"Arn": "a"})
    accounts = (
        Member("1", "ACTIVE", role, SIGNS_IN),
        Member("2", "ACTIVE", NO_ROLE, SIGNS_IN),
        Member("3", "ACTIVE", DENIED, DENIED),
        Member("4", "SUSPENDED", Answer(kind="not-asked"), Answer(kind="not-asked")),
    )
    checks = judge(dataclasses.replace(good, members=Members(Answer(5), accounts)))
    results = {check.subject: (check.result, check.required) for check in checks if check.id == "service-linked-role"}
    assert results == {
        "111122223333": ("pass", True),
        "1": ("pass", True),
        "2": ("fail", True),
        "3": ("undetermined", True),
        "4": ("undetermined", False),
    }


def test_a_broken_off_list_of_members_is_undetermined(good: Facts) -> None:
    broken = Members(Answer(kind="throttled"), (Member("1", "ACTIVE", Answer({"Arn": "a"}), SIGNS_IN),))
    checks = judge(dataclasses.replace(good, members=broken))
    assert [check.result for check in checks if check.subject == "other accounts"] == ["undetermined"]
    assert verdict(checks) == "undetermined"


@walk(
    ("directories", "result", "said"),
    [
        (Answer([]), "pass", "Its own store, or an external identity provider."),
        (_directory("d-1", "Active"), "pass", "AWS Managed Microsoft AD"),
        (_directory("d-1", "Active", "ADConnector"), "pass", "AD"),
        (_directory("d-2", "Active"), "undetermined", "d-2 (Active)"),
        (_directory("d-2", "Active", "SimpleAD"), "pass", "Its own store"),
    ],
)
def test_the_identity_source_says_what_an_api_shows(
    judged: Judged, directories: Answer[Any], result: str, said: str
) -> None:
    check = judged(directories=directories)["identity-source"]
    assert check.result == result
    assert said in check.detail


@walk(
    ("partition", "address"),
    [
        ("aws", "https://d-1.awsapps.com/start"),
        ("aws-us-gov", "https://start.us-gov-home.awsapps.com/directory/d-1"),
        ("aws-cn", "https://start.home.awsapps.cn/directory/d-1"),
    ],
)
def test_the_portal_is_that_of_the_partition(judged: Judged, partition: str, address: str) -> None:
    caller = Answer({"Account": "111122223333", "Arn": f"arn:{partition}:iam::111122223333:user/ann"})
    assert judged(caller=caller)["portal"].subject == address


def test_without_a_store_source_and_portal_are_not_required(judged: Judged) -> None:
    checks = judged(instances=Instances(DENIED))
    for id_ in ("identity-source", "portal"):
        assert (checks[id_].result, checks[id_].required) == ("undetermined", False)


def test_a_store_without_an_id_has_no_portal(judged: Judged, instance: dict[str, Any]) -> None:
    checks = judged(instances=Instances(Answer([{**instance, "IdentityStoreId": None}])))
    assert checks["portal"].result == "undetermined"


def test_another_account_can_not_see_the_management_accounts_role(judged: Judged, good: Facts) -> None:
    facts = dataclasses.replace(good, caller=MEMBER, administrators=Answer([{"Id": "222233334444"}]))
    roles = {c.subject: (c.result, c.required) for c in judge(facts) if c.id == "service-linked-role"}
    assert roles == {"222233334444": ("pass", True), "111122223333": ("undetermined", False)}


@pytest.mark.parametrize(
    "changes",
    [{"caller": MEMBER}, {"administrators": Answer([{"Id": "222233334444"}])}],
    ids=["asked as the administrator", "asked as the management account"],
)
def test_a_directory_may_be_where_the_caller_cannot_see_it(judged: Judged, changes: dict[str, Any]) -> None:
    check = judged(**changes)["identity-source"]
    assert (check.result, check.required) == ("undetermined", False)
    assert ("111122223333" if "caller" in changes else "222233334444") in check.remedy


NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


@walk(
    ("given", "result", "said"),
    [
        (None, "pass", "not open"),
        ({"reason": "move", "expires": "2026-01-03"}, "fail", "OPEN until 2026-01-03T23:59:59Z (move)"),
        ({"reason": "move", "expires": "2026-01-01"}, "fail", "which is past"),
        ({"reason": "move"}, "fail", "breakGlass.expires"),
        ({"secure": "v1:abc"}, "undetermined", "encrypted"),
    ],
)
def test_break_glass_is_judged_by_the_owning_stacks_configuration(
    good: Facts, given: Any, result: str, said: str
) -> None:
    is_secret = given == {"secure": "v1:abc"}
    stack = StackConfig("Pulumi.prod.yaml", break_glass=given, is_break_glass_secret=is_secret)
    check = judge(good, None, stack, NOW)[-1]
    assert (check.id, check.subject, check.result, check.required) == ("break-glass", "Pulumi.prod.yaml", result, True)
    assert said in check.detail
    assert (check.remedy == "") == (result == "pass")


def test_the_stacks_administrator_is_expected_unless_another_is_named(good: Facts) -> None:
    stack = StackConfig("Pulumi.prod.yaml", "222233334444")
    results = [
        next(check.result for check in judge(good, expected, stack) if check.id == "delegated-administrator")
        for expected in (None, "none")
    ]
    assert results == ["fail", "pass"]


@walk(
    ("trusted", "result"),
    [
        (Answer([{"ServicePrincipal": "ram.amazonaws.com"}, {"ServicePrincipal": "sso.amazonaws.com"}]), "pass"),
        (Answer([{"ServicePrincipal": "sso.amazonaws.com"}]), "fail"),
        (Answer(kind="throttled"), "undetermined"),
    ],
)
def test_services_that_the_stack_guards_are_checked_too(good: Facts, trusted: Answer[Any], result: str) -> None:
    stack = StackConfig("Pulumi.prod.yaml", guarded_services=("ram.amazonaws.com",))
    checks = judge(dataclasses.replace(good, trusted=trusted), stack=stack)
    results = {check.subject: check.result for check in checks if check.id == "trusted-access"}
    assert results["ram.amazonaws.com"] == result
    assert set(results) == {"ram.amazonaws.com", "sso.amazonaws.com"}
