"""What commands and components ask AWS, through botocore (boto3 is built on it, and takes twice as long to start).

One method a question; each returns an `Answer` and raises nothing. All of them read, but for `enable`, which `recover`
calls.
Retries are botocore's adaptive mode (backoff with jitter, and a client-side rate once AWS throttles), unless
AWS_RETRY_MODE or AWS_MAX_ATTEMPTS say otherwise; components' reads ignore these (`_retries`). No call goes out above
the documented rates (`rates.py`). Nothing here decides anything, and nothing prints.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials

from pulumi_aws_identity_center.names import ENABLE_ACTION, LIST_ACTION, SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

from . import rates
from .calls import Row, ask, bare, needing, paged
from .results import Answer
from .sign_in import DEFAULT_REGION, make_client, new_session, region_of, signed_in
from .sign_in_settings import ENVIRONMENT, SignIn

# Accounts looked into at a time.
VISITORS = 32


class Patience(NamedTuple):
    """How often a call is made, and how many seconds AWS may take to be reached and to answer."""

    attempts: int = 5
    connect: int = 5
    read: int = 10


PATIENT = Patience()


def _retries(patience: Patience) -> dict[str, Any] | None:
    """None leaves them to AWS_RETRY_MODE and AWS_MAX_ATTEMPTS. A component's read that only warns must not keep a
    preview waiting, whatever these say."""
    if patience != PATIENT:
        return {"mode": "standard", "total_max_attempts": patience.attempts}
    if {"AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"} & set(os.environ):
        return None
    return {"mode": "adaptive", "total_max_attempts": patience.attempts}


class Account:
    """One set of credentials' view of AWS; thread-safe. Raises what botocore raises for a profile that isn't there."""

    def __init__(self, sign_in: SignIn = ENVIRONMENT, patience: Patience = PATIENT) -> None:
        self._patience = patience
        self._windows = rates.windows()
        self._session = rates.keep_within(self._windows, signed_in(sign_in, self._config()))
        self._session.get_scoped_config()
        self.region: str = region_of(self._session, sign_in.region) or DEFAULT_REGION
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._visitors: tuple[Any, Any, _ThreadsOwn] | None = None

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service; one a Region. Threads share it."""
        key = (service, region or self.region)
        with self._lock:  # making clients is not thread-safe, using them is
            if key not in self._clients:
                self._clients[key] = make_client(self._session, service, key[1], self._config())
            return self._clients[key]

    def _config(self, **retries: Any) -> Config:
        return Config(
            retries=retries or _retries(self._patience),
            connect_timeout=self._patience.connect,
            read_timeout=self._patience.read,
            max_pool_connections=VISITORS,
        )

    def visit(self, role_arn: str) -> Answer[Row]:
        """What sign-in needs in another account, through a role there: {"role": the service-linked role's Answer,
        "saml": `sign_in_provider`'s}. An error that may pass is the whole visit's; whoever visits tries it again."""

        def assume() -> Row:
            client = self._visiting()[0]
            session = client.assume_role(
                RoleArn=role_arn, RoleSessionName="identity-center-status", DurationSeconds=900
            )
            return needing(session["Credentials"], "AccessKeyId", "SecretAccessKey", "SessionToken")

        assumed = ask(assume, f"sts:AssumeRole on {role_arn}")
        if assumed.value is None:
            return assumed
        _, iam, credentials = self._visiting()
        credentials.exchange(assumed.value)
        role = ask(lambda: service_linked_role(iam), f"iam:GetRole as {role_arn}")
        saml = role if role.kind in PASSING else ask(lambda: sign_in_provider(iam), f"{_SAML_ACTIONS} as {role_arn}")
        return saml if saml.kind in PASSING else Answer({"role": role, "saml": saml})

    def sign_in_provider(self) -> Answer[Row]:
        """`sign_in_provider` of the caller's own account."""
        return ask(lambda: sign_in_provider(self.client("iam")), _SAML_ACTIONS)

    def _visiting(self) -> tuple[Any, Any, _ThreadsOwn]:
        """STS, without retries of its own; and one IAM client for all accounts, with credentials a thread: making a
        client an account would take longer than asking."""
        with self._lock:
            if self._visitors is None:
                credentials = _ThreadsOwn("-", "-", "-")
                session = rates.keep_within(self._windows, new_session(self._session.profile))
                session.register_component("credential_provider", credentials)
                sts = make_client(
                    self._session, "sts", self.region, self._config(mode="standard", total_max_attempts=1)
                )
                iam = self._config(mode="standard", total_max_attempts=self._patience.attempts)
                self._visitors = (sts, make_client(session, "iam", self.region, iam), credentials)
            return self._visitors

    # ---- what status asks

    def caller(self) -> Answer[Row]:
        return ask(lambda: needing(self.client("sts").get_caller_identity(), "Account", "Arn"))

    def organization(self) -> Answer[Row]:
        def question() -> Row:
            organization = self.client("organizations").describe_organization()["Organization"]
            return needing(organization, "Id", "MasterAccountId", "FeatureSet")

        return ask(question, "organizations:DescribeOrganization")

    def trusted(self) -> Answer[list[Row]]:
        """The services with trusted access."""

        return ask(lambda: trusted_services(self.client("organizations")), LIST_ACTION)

    def administrators(self) -> Answer[list[Row]]:
        """The delegated administrators for Identity Center, without their e-mail addresses."""

        def question() -> list[Row]:
            client, about = self.client("organizations"), {"ServicePrincipal": SSO_SERVICE_PRINCIPAL}
            rows = paged(client, "list_delegated_administrators", "DelegatedAdministrators", **about)
            return [{name: value for name, value in needing(row, "Id").items() if name != "Email"} for row in rows]

        return ask(question, "organizations:ListDelegatedAdministrators")

    def instances(self, region: str | None = None) -> Answer[list[Row]]:
        """The instances that a Region knows of; without one, those of all Regions, as asked in the given one."""
        if region is not None:
            return self._instances(region)
        answer = self.instances_anywhere()
        # An endpoint from before that parameter (2026) refuses it; the Region itself is still to be had.
        return self._instances(None) if answer.code == "ValidationException" else answer

    def instances_anywhere(self) -> Answer[list[Row]]:
        """Those of all Regions (docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html)."""
        return self._instances(None, RegionScope="ALL_REGIONS")

    def _instances(self, region: str | None, **scope: str) -> Answer[list[Row]]:
        def question() -> list[Row]:
            rows = paged(self.client("sso-admin", region), "list_instances", "Instances", **scope)
            return [needing(row, "InstanceArn") for row in rows]

        return ask(question, "sso:ListInstances")

    def status(self, arn: str, region: str | None = None) -> Answer[Row]:
        """DescribeInstance's answer: Status and, where something failed, StatusReason."""
        return ask(
            lambda: needing(self.client("sso-admin", region).describe_instance(InstanceArn=arn), "InstanceArn"),
            "sso:DescribeInstance",
        )

    def role(self) -> Answer[Row]:
        """The service-linked role in the caller's account."""
        return ask(lambda: service_linked_role(self.client("iam")), "iam:GetRole")

    def directories(self, region: str) -> Answer[list[Row]]:
        """Directory Service's directories in a Region."""

        def question() -> list[Row]:
            rows = paged(self.client("ds", region), "describe_directories", "DirectoryDescriptions")
            return [needing(row, "DirectoryId", "Type") for row in rows]

        return ask(question, "ds:DescribeDirectories")

    def enabled_regions(self) -> Answer[list[str]]:
        """The Regions that the caller's account can use."""

        def question() -> list[str]:
            states = ["ENABLED", "ENABLED_BY_DEFAULT"]
            rows = paged(self.client("account"), "list_regions", "Regions", RegionOptStatusContains=states)
            return [row["RegionName"] for row in rows]

        return ask(question, "account:ListRegions")

    def known_regions(self, partition: str) -> list[str]:
        """The Regions in which botocore knows Identity Center to be."""
        return list(self._session.get_available_regions("sso-admin", partition))

    def authorization_details(self) -> Answer[list[Row]]:
        """All of the account's IAM, by pages."""
        return ask(
            lambda: [needing(page, "RoleDetailList") for page in self.authorization_pages()],
            "iam:GetAccountAuthorizationDetails",
        )

    def authorization_pages(self) -> Iterator[Row]:
        """The same, page by page. Raises what botocore raises."""
        for page in self.client("iam").get_paginator("get_account_authorization_details").paginate():
            yield bare(page)

    def account_pages(self) -> Iterator[list[Row]]:
        """The organization's accounts, page by page. Raises what botocore raises."""
        for page in self.client("organizations").get_paginator("list_accounts").paginate():
            yield [needing(row, "Id") for row in page["Accounts"]]

    # ---- what components ask besides

    def warm_up(self) -> Answer[list[Any]]:
        """Makes clients, which takes a while, ahead of the questions."""
        return ask(lambda: [self.client(service) for service in ("organizations", "sso-admin")])

    def event_rows(self, operation: str, key: str, region: str, **parameters: str) -> Answer[list[Any]]:
        """EventBridge's rows of an operation such as list_rules, whose action is events:ListRules."""
        action = f"events:{operation.title().replace('_', '')}"
        return ask(lambda: list(paged(self.client("events", region), operation, key, **parameters)), action)

    def logging_trails(self, region: str) -> Answer[list[str]]:
        """The CloudTrail trails whose logging is on in the Region, those of every Region among them."""

        def question() -> list[str]:
            client = self.client("cloudtrail", region)
            trails = client.describe_trails(includeShadowTrails=True)["trailList"]
            return [trail["Name"] for trail in trails if client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]]

        return ask(question, "cloudtrail:DescribeTrails, cloudtrail:GetTrailStatus")

    def metrics(self, region: str, queries: list[Row], age: datetime.timedelta) -> Answer[list[Row]]:
        """CloudWatch's rows by the hour, from so long ago until now; one query's may be several."""

        def question() -> list[Row]:
            hour = datetime.datetime.now(datetime.UTC).replace(minute=0, second=0, microsecond=0)
            times = {"StartTime": hour - age, "EndTime": hour + datetime.timedelta(hours=1)}
            client = self.client("cloudwatch", region)
            rows = list(paged(client, "get_metric_data", "MetricDataResults", MetricDataQueries=queries, **times))
            if any(row["StatusCode"] not in ("Complete", "PartialData") for row in rows):
                raise RuntimeError("CloudWatch could not read a metric")
            return rows

        return ask(question, "cloudwatch:GetMetricData")

    def unreserved_concurrency(self, region: str) -> Answer[int]:
        """How many runs at once of all Lambda functions without a reservation the Region allows."""

        def question() -> int:
            limits = self.client("lambda", region).get_account_settings()["AccountLimit"]
            return int(limits["UnreservedConcurrentExecutions"])

        return ask(question, "lambda:GetAccountSettings")

    def has_attributes(self, arn: str) -> Answer[bool]:
        """Whether the instance has access-control attributes, however they came there."""

        def question() -> bool:
            client = self.client("sso-admin")
            try:
                client.describe_instance_access_control_attribute_configuration(InstanceArn=arn)
            except client.exceptions.ResourceNotFoundException:
                return False
            return True

        return ask(question, "sso:DescribeInstanceAccessControlAttributeConfiguration")

    def existing_in_iam(self, arns: Iterable[str]) -> Answer[list[str]]:
        """Those of the policies and roles that exist: a call for each."""
        return ask(
            lambda: [arn for arn in arns if _exists_in_iam(self.client("iam"), arn)], "iam:GetPolicy, iam:GetRole"
        )

    # ---- what recover does

    def enable(self) -> Answer[None]:
        """Turns trusted access for Identity Center on: the one call here that changes anything, and one call only."""

        def question() -> None:
            once = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=5, read_timeout=30)
            with self._lock:
                client = make_client(self._session, "organizations", self.region, once)
            client.enable_aws_service_access(ServicePrincipal=SSO_SERVICE_PRINCIPAL)

        return ask(question, ENABLE_ACTION)


class _ThreadsOwn(Credentials):  # type: ignore[misc]
    """Credentials of which each thread has its own; and the provider of just these."""

    def __init__(self, *initial: str) -> None:
        super().__init__(*initial)
        self._own = threading.local()

    def load_credentials(self) -> _ThreadsOwn:
        return self

    def exchange(self, made: Row) -> None:
        """This thread's, from AssumeRole's answer."""
        self._own.now = ReadOnlyCredentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return self._own.now


def trusted_services(client: Any) -> list[Row]:
    """ServicePrincipal and DateEnabled of each service with trusted access. client: Organizations'."""
    rows = paged(client, "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    return [needing(row, "ServicePrincipal") for row in rows]


def service_linked_role(client: Any) -> Row:
    """iam:GetRole's answer for AWSServiceRoleForSSO."""
    return needing(client.get_role(RoleName=SERVICE_LINKED_ROLE_NAME)["Role"], "Arn")


# Errors after which it is worth asking the same again.
PASSING = ("throttled", "unreachable", "unavailable")
_SAML_ACTIONS = "iam:ListSAMLProviders and iam:ListRoles"
_SAML_PROVIDER = re.compile(r"arn:[\w-]+:iam::\d+:saml-provider/AWSSSO_\w+_DO_NOT_DELETE")


def sign_in_provider(client: Any) -> Row:
    """{"provider": the ARN of a SAML provider by which the portal signs people in to a role of this account; "role":
    the ARN of an AWSReservedSSO role whose trust policy names only providers that are gone}, "" for none. A role that
    names none of them (no AWS page says that it does) counts as trusting any.

    The names: docs.aws.amazon.com/singlesignon/latest/userguide/howtoremoveaccess.html, and AWSReservedSSO's path in
    referencingpermissionsets.html.
    """
    providers = {row["Arn"] for row in client.list_saml_providers()["SAMLProviderList"]}
    providers = set(filter(_SAML_PROVIDER.fullmatch, providers))
    sign_in = {"provider": "", "role": ""}
    for page in client.get_paginator("list_roles").paginate(PathPrefix="/aws-reserved/sso.amazonaws.com/"):
        for role in page["Roles"]:
            trusted = set(_SAML_PROVIDER.findall(json.dumps(role["AssumeRolePolicyDocument"]))) or providers
            if trusted & providers:
                sign_in["provider"] = min(trusted & providers)
            else:
                sign_in["role"] = role["Arn"]
    return sign_in


def _exists_in_iam(client: Any, arn: str) -> bool:
    kind, _, name = arn.rpartition(":")[2].partition("/")
    try:
        if kind == "role":
            client.get_role(RoleName=name)
        else:
            client.get_policy(PolicyArn=arn)
    except client.exceptions.NoSuchEntityException:
        return False
    return True


def open_account(sign_in: SignIn, patience: Patience = PATIENT) -> Answer[Account]:
    """The account of those credentials, or what is wrong with them."""
    opened = ask(lambda: Account(sign_in, patience))
    if opened.value is None or sign_in.account is None:
        return opened
    caller = opened.value.caller()
    if caller.value is None:
        return caller.as_error()
    if caller.value["Account"] == sign_in.account:
        return opened
    message = f"{caller.value['Account']}; the component's provider signs in to {sign_in.account}"
    return Answer(kind="other-account", message=message)
