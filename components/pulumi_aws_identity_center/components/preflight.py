"""What `OrganizationSso` reads before it declares any resource: an unsuitable account is an error, and nothing is half
created. The calls run in parallel; `domain/preconditions.py` judges the answers."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.preconditions import (
    check_delegated_administrator,
    explain_read_failure,
    require_all_features,
    require_management_account,
)
from pulumi_aws_identity_center.errors import NotKnownYet, NotPossibleHere
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, PACKAGE, SSO_SERVICE_PRINCIPAL

from .aws_reader import ask_aws, trusted_services
from .instance_checks import find_organization_instance, judge, list_regional_instances, organization_of, why_not_here
from .lookups import account_of, ask
from .program import current_program
from .stack_state import outputs_of_type

_ADMINISTRATORS = "organizations/getDelegatedAdministrators:getDelegatedAdministrators"


async def preflight(component: pulumi.Resource, when_not_enabled: str, administrator: str | None) -> None:
    """Raises NotPossibleHere if the account is unsuitable. Declares nothing."""
    if pulumi.runtime.is_dry_run():
        current_program().shared("read ahead", lambda: asyncio.ensure_future(read_ahead(component)))
    looks: list[Any] = [
        current_program().state(),
        account_of(component),
        organization_of(component, accounts=administrator is not None),
    ]
    if when_not_enabled == "error":
        looks.append(list_regional_instances(component))
    answers: list[Any] = await asyncio.gather(*looks, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, NotKnownYet):
            pulumi.log.warn(str(answer), component)
            return
    _, account, organization, *instances = answers
    _require_organization(account, organization)
    for regional in instances:
        await _require_instance(component, regional)
    if administrator is not None:
        await check_administrator(component, administrator)


def _require_organization(account: Any, organization: Any) -> None:
    """account, organization: the answer, or the error."""
    for answer in (account, organization):
        if isinstance(answer, BaseException):
            raise explain_read_failure(str(answer)) from None
    require_management_account(account, organization["masterAccountId"])
    require_all_features(organization["featureSet"])


async def _require_instance(component: pulumi.Resource, regional: Any) -> None:
    """regional: the Region's instances, or the error."""
    if isinstance(regional, BaseException):
        raise regional
    instance = await find_organization_instance(component, regional)
    if instance is None:
        raise NotPossibleHere(await why_not_here(component, regional.region))
    judge(instance.described, instance.arn)


async def read_ahead(component: pulumi.Resource) -> None:
    """Asks AWS, while the engine starts the provider, what the preview's components will ask."""
    await ask_aws(component, lambda account: account.warm_up())
    await trusted_services(component)
    with contextlib.suppress(NotPossibleHere):  # the component that needs it raises it
        await find_organization_instance(component, await list_regional_instances(component))


async def check_administrator(component: pulumi.Resource, account: str) -> bool:
    """Whether it is registered already. Raises NotPossibleHere for one that can't be the one delegated administrator.

    A program looks once for an account; what it registers itself meanwhile changes nothing of the answer it needs.
    """
    return await current_program().once_for(
        component, ("administrator", account), lambda: _check_administrator(component, account)
    )


async def _check_administrator(component: pulumi.Resource, account: str) -> bool:
    answers: Any = await asyncio.gather(
        organization_of(component, accounts=True),
        ask(component, _ADMINISTRATORS, {"servicePrincipal": SSO_SERVICE_PRINCIPAL}),
        return_exceptions=True,
    )
    if any(isinstance(answer, NotKnownYet) for answer in answers):
        return False  # the update looks again
    organization, delegated = answers
    if not isinstance(organization, BaseException):
        # First, because AWS doesn't list administrators of an organization with consolidated billing only.
        require_all_features(organization["featureSet"])
    for answer in answers:
        if isinstance(answer, BaseException):
            raise explain_read_failure(str(answer)) from None
    registered = [row["id"] for row in delegated["delegatedAdministrators"]]
    members = {row["id"]: row.get("state") or row.get("status") for row in organization["accounts"]}
    if set(registered) - {account}:
        # AWS allows one at a time. Pulumi deregisters this stack's own before it registers another.
        replaced = await _of_this_stack() - {account}
        registered = [administrator for administrator in registered if administrator not in replaced]
    check_delegated_administrator(account, organization["masterAccountId"], members, registered)
    return account in registered


async def _of_this_stack() -> set[str]:
    """The administrators that a DelegatedAdministrator of this stack has registered."""
    rows = outputs_of_type(await current_program().state(), DELEGATED_ADMINISTRATOR_TYPE)
    return {
        str(row.get("accountId"))
        for urn, row in rows.items()
        if f"{PACKAGE}:index:DelegatedAdministrator${DELEGATED_ADMINISTRATOR_TYPE}::" in urn
        and row.get("servicePrincipal") == SSO_SERVICE_PRINCIPAL
    }
