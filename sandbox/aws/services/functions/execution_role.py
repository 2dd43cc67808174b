"""The credentials of a function's role: Lambda assumes it, if its trust policy lets Lambda. IAM is enforced on them
whether or not the sandbox enforces it on others: a permission that the role lacks is found here, not in production."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

from sandbox.aws.authorization.service_principals import service_may
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.world import World
from sandbox.aws.services.sts.sessions import credentials_of, session_of_role

SERVICE = "lambda.amazonaws.com"
_HOURS = 6


def credentials_of_role(world: World, function: Any) -> tuple[dict[str, str], float]:
    """Fresh credentials, and when they end. Raises AwsError if there is no such role, or it doesn't trust Lambda."""
    role = trusting_role(function.account_id, str(function.role), str(function.function_arn))
    session = session_of_role(world, role, function.function_name, _HOURS * 3600, enforced=True)
    credentials = {name: str(value) for name, value in credentials_of(world, session).items()}
    return credentials, session.expires


def trusting_role(account: str, role_arn: str, function_arn: str) -> Any:
    """The role, if it is there and trusts Lambda; AwsError if not, in the words of CreateFunction."""
    refusal = "The role defined for the function cannot be assumed by Lambda."
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    except ServiceException:
        raise AwsError("InvalidParameterValueException", refusal) from None
    trust = role.assume_role_policy_document
    if not service_may(SERVICE, "sts:AssumeRole", role_arn, trust, source=function_arn, account=account):
        raise AwsError("InvalidParameterValueException", refusal)
    return role
