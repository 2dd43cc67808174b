"""The only file of the audit that calls AWS, through botocore (boto3 is built on it, and takes twice as long to start).

One method an API call; each returns an `Answer` and raises nothing. All of them read, but for `enable`, which `recover`
calls.
Retries are botocore's adaptive mode (backoff with jitter, and a client-side rate once AWS throttles), unless
AWS_RETRY_MODE or AWS_MAX_ATTEMPTS say otherwise; no call goes out above the documented rates (`rates.py`). Nothing
here decides anything, and nothing prints.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from botocore import exceptions as boto
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.parsers import ResponseParserError
from botocore.session import Session

from pulumi_aws_identity_center.names import ENABLE_ACTION, LIST_ACTION, SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

from . import rates
from .results import Answer, kind_of_code
from .sign_in import DEFAULT_REGION, make_client, new_session, region_of, signed_in
from .sign_in_settings import SignIn

Value = TypeVar("Value")
Row = dict[str, Any]

ATTEMPTS = 5
# Accounts looked into at a time.
VISITORS = 32


class Account:
    """One set of credentials' view of AWS; thread-safe. Raises ProfileNotFound, from botocore."""

    def __init__(
        self,
        profile: str | None = None,
        region: str | None = None,
        attempts: int = ATTEMPTS,
        session: Session | None = None,
    ) -> None:
        """session: signed in already, instead of by the profile."""
        self._windows = rates.windows()
        self._session = rates.keep_within(self._windows, session or new_session(profile))
        self._session.get_scoped_config()
        self.region: str = region_of(self._session, region) or DEFAULT_REGION
        self._attempts = attempts
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
        if not retries and not {"AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"} & set(os.environ):
            retries = {"mode": "adaptive", "total_max_attempts": self._attempts}
        return Config(retries=retries or None, connect_timeout=5, read_timeout=10, max_pool_connections=VISITORS)

    def visit(self, role_arn: str) -> Answer[Row]:
        """What sign-in needs in another account, through a role there: {"role": the service-linked role's Answer,
        "saml": `sign_in_provider`'s}. An error that may pass is the whole visit's. Whoever visits paces it (`pace.py`).
        """

        def assume() -> Row:
            client = self._visiting()[0]
            session = client.assume_role(
                RoleArn=role_arn, RoleSessionName="identity-center-status", DurationSeconds=900
            )
            return _needing(session["Credentials"], "AccessKeyId", "SecretAccessKey", "SessionToken")

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
                iam = self._config(mode="standard", total_max_attempts=self._attempts)
                self._visitors = (sts, make_client(session, "iam", self.region, iam), credentials)
            return self._visitors

    # ---- what status asks

    def caller(self) -> Answer[Row]:
        return ask(lambda: _needing(self.client("sts").get_caller_identity(), "Account", "Arn"))

    def organization(self) -> Answer[Row]:
        def question() -> Row:
            organization = self.client("organizations").describe_organization()["Organization"]
            return _needing(organization, "Id", "MasterAccountId", "FeatureSet")

        return ask(question, "organizations:DescribeOrganization")

    def trusted(self) -> Answer[list[Row]]:
        """The services with trusted access."""

        return ask(lambda: trusted_services(self.client("organizations")), LIST_ACTION)

    def administrators(self) -> Answer[list[Row]]:
        """The delegated administrators for Identity Center, without their e-mail addresses."""

        def question() -> list[Row]:
            paginator = self.client("organizations").get_paginator("list_delegated_administrators")
            pages = paginator.paginate(ServicePrincipal=SSO_SERVICE_PRINCIPAL)
            rows = [_needing(row, "Id") for page in pages for row in page["DelegatedAdministrators"]]
            return [{name: value for name, value in row.items() if name != "Email"} for row in rows]

        return ask(question, "organizations:ListDelegatedAdministrators")

    def instances(self, region: str | None = None) -> Answer[list[Row]]:
        """The instances that a Region knows of; without one, those of all Regions, as asked in the given one."""

        def question(**scope: str) -> list[Row]:
            pages = self.client("sso-admin", region).get_paginator("list_instances").paginate(**scope)
            return [_needing(row, "InstanceArn") for page in pages for row in page["Instances"]]

        if region is not None:
            return ask(question, "sso:ListInstances")
        answer = ask(lambda: question(RegionScope="ALL_REGIONS"), "sso:ListInstances")
        # An endpoint from before that parameter (2026) refuses it; the Region itself is still to be had.
        return ask(question, "sso:ListInstances") if answer.code == "ValidationException" else answer

    def status(self, arn: str, region: str) -> Answer[Row]:
        def question() -> Row:
            return _needing(self.client("sso-admin", region).describe_instance(InstanceArn=arn), "InstanceArn")

        return ask(question, "sso:DescribeInstance")

    def role(self) -> Answer[Row]:
        """The service-linked role in the caller's account."""
        return ask(lambda: service_linked_role(self.client("iam")), "iam:GetRole")

    def directories(self, region: str) -> Answer[list[Row]]:
        """Directory Service's directories in a Region."""

        def question() -> list[Row]:
            pages = self.client("ds", region).get_paginator("describe_directories").paginate()
            return [_needing(row, "DirectoryId", "Type") for page in pages for row in page["DirectoryDescriptions"]]

        return ask(question, "ds:DescribeDirectories")

    def enabled_regions(self) -> Answer[list[str]]:
        """The Regions that the caller's account can use."""

        def question() -> list[str]:
            states = ["ENABLED", "ENABLED_BY_DEFAULT"]
            pages = self.client("account").get_paginator("list_regions").paginate(RegionOptStatusContains=states)
            return [row["RegionName"] for page in pages for row in page["Regions"]]

        return ask(question, "account:ListRegions")

    def known_regions(self, partition: str) -> list[str]:
        """The Regions in which botocore knows Identity Center to be."""
        return list(self._session.get_available_regions("sso-admin", partition))

    def authorization_details(self) -> Answer[list[Row]]:
        """All of the account's IAM, by pages."""

        def question() -> list[Row]:
            pages = self.client("iam").get_paginator("get_account_authorization_details").paginate()
            return [_needing(_bare(page), "RoleDetailList") for page in pages]

        return ask(question, "iam:GetAccountAuthorizationDetails")

    def account_pages(self) -> Iterator[list[Row]]:
        """The organization's accounts, page by page. Raises what botocore raises."""
        for page in self.client("organizations").get_paginator("list_accounts").paginate():
            yield [_needing(row, "Id") for row in page["Accounts"]]

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
    pages = client.get_paginator("list_aws_service_access_for_organization").paginate()
    return [_needing(row, "ServicePrincipal") for page in pages for row in page["EnabledServicePrincipals"]]


def service_linked_role(client: Any) -> Row:
    """iam:GetRole's answer for AWSServiceRoleForSSO."""
    return _needing(client.get_role(RoleName=SERVICE_LINKED_ROLE_NAME)["Role"], "Arn")


# Errors after which it is worth asking the same again.
PASSING = ("throttled", "unreachable", "unavailable")
_SAML_ACTIONS = "iam:ListSAMLProviders and iam:ListRoles"


def sign_in_provider(client: Any) -> Row:
    """{"provider": the ARN of the SAML provider by which the portal signs people in to this account, "" for none;
    "role": an AWSReservedSSO role there that needs it, "" for none}. One call where the provider is there.

    The names: docs.aws.amazon.com/singlesignon/latest/userguide/howtoremoveaccess.html, and AWSReservedSSO's path in
    referencingpermissionsets.html.
    """
    providers = [row["Arn"] for row in client.list_saml_providers()["SAMLProviderList"]]
    for arn in providers:
        if re.search(r":saml-provider/AWSSSO_\w+_DO_NOT_DELETE$", arn):
            return {"provider": arn, "role": ""}
    roles = client.list_roles(PathPrefix="/aws-reserved/sso.amazonaws.com/", MaxItems=1)["Roles"]
    return {"provider": "", "role": roles[0]["Arn"] if roles else ""}


def logging_trails(client: Any) -> list[str]:
    """The CloudTrail trails whose logging is on in the client's Region, those of every Region among them."""
    trails = client.describe_trails(includeShadowTrails=True)["trailList"]
    return [trail["Name"] for trail in trails if client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]]


def open_account(profile: str | None, region: str | None) -> Answer[Account]:
    """The account, or what is wrong with the profile."""
    return ask(lambda: Account(profile, region))


def open_account_as(sign_in: SignIn) -> Answer[Account]:
    """The account of those credentials, or what is wrong with them."""
    return ask(lambda: Account(region=sign_in.region, session=signed_in(sign_in)))


def ask(question: Callable[[], Value], action: str = "") -> Answer[Value]:
    """The answer, whatever happens. Anything that a parser trips over is malformed: these lambdas do nothing else."""
    try:
        return Answer(question(), action=action)
    except boto.ClientError as error:
        return _refused(error, action)
    except boto.BotoCoreError as error:
        return Answer(kind=_kind_of(error), message=str(error), action=action)
    except OSError as error:  # a file that the configuration names, such as a web identity token's
        return Answer(kind="configuration", message=str(error), action=action)
    except (ResponseParserError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else type(error).__name__
        return Answer(kind="malformed", message=what, action=action)


def answered(question: Callable[[], Answer[Value]]) -> Answer[Value]:
    """The question's own answer; malformed where the question itself trips over what AWS answered."""
    answer = ask(question)
    return answer.as_error() if answer.value is None else answer.value


def _refused(error: boto.ClientError, action: str) -> Answer[Any]:
    aws_error = error.response.get("Error") or {}
    code = str(aws_error.get("Code") or "")
    status = int((error.response.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0))
    # A profile with a role assumes it before the question is asked: then that is what was refused.
    if error.operation_name in _SIGNING_IN and error.operation_name not in action:
        action = f"sts:{error.operation_name} on the role of its profile"
    return Answer(
        kind=kind_of_code(code, status), code=code, message=str(aws_error.get("Message") or ""), action=action
    )


_SIGNING_IN = ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
_KINDS: tuple[tuple[str, tuple[type[Exception], ...]], ...] = (
    ("no-credentials", (boto.NoCredentialsError, boto.PartialCredentialsError, boto.ProfileNotFound)),
    ("expired", (boto.TokenRetrievalError, boto.UnauthorizedSSOTokenError, boto.SSOTokenLoadError, boto.LoginError)),
    ("no-credentials", (boto.CredentialRetrievalError, boto.NoAuthTokenError)),
    ("unreachable", (boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError)),
    ("malformed", (boto.PaginationError,)),
)


def _kind_of(error: boto.BotoCoreError) -> str:
    """What botocore itself could not do; all that is left is about how it is configured."""
    return next((kind for kind, types in _KINDS if isinstance(error, types)), "configuration")


def _needing(row: Row, *names: str) -> Row:
    """The row, if it has what AWS always gives. Raises KeyError, which makes the answer malformed."""
    for name in names:
        if not isinstance(row[name], (str, list)):
            raise KeyError(name)
    return _bare(row)


def _bare(answer: Row) -> Row:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
