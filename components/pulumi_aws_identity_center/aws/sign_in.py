"""One way to sign in, to choose the Region, and to make clients: for commands, resource provider and components."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Mapping
from typing import Any

from botocore import exceptions as boto
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, Credentials, DeferredRefreshableCredentials
from botocore.loaders import Loader, create_loader
from botocore.parsers import ResponseParserError
from botocore.session import Session

from .sign_in_settings import ROLE_PARTS, SignIn

# Where the global services are, and where to begin if no Region is named anywhere.
DEFAULT_REGION = "us-east-1"


def new_session(profile: str | None = None) -> Session:
    """A session that reads no model of AWS's APIs which this process has read: that takes a tenth of a second."""
    session = Session(profile=profile)
    folders = None
    with contextlib.suppress(boto.BotoCoreError):  # a profile that isn't there: said where it is needed
        folders = session.get_config_variable("data_path")
    session.register_component("data_loader", _api_models(folders))
    return session


@functools.cache
def _api_models(folders: str | None) -> Loader:
    return create_loader(folders)


def signed_in(sign_in: SignIn, config: Config | None = None) -> Session:
    """A session. Its credentials are asked for at the first call. config: of the calls that assume roles."""
    session = new_session(sign_in.profile)
    if sign_in.access_key and sign_in.secret_key:
        session.set_credentials(sign_in.access_key, sign_in.secret_key, sign_in.token)
    for role in sign_in.assume_roles:
        session = _assume(session, role, sign_in.region, config)
    return session


def _assume(session: Session, role: Mapping[str, Any], region: str | None, config: Config | None) -> Session:
    arguments = {
        part.parameter: part.written(role[name])
        for name, part in ROLE_PARTS.items()
        if part.parameter and role.get(name)
    }

    def make_sts(service: str, **options: Any) -> Any:
        options = {"region_name": region or DEFAULT_REGION, **options}
        return session.create_client(service, config=config, **options)

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=make_sts,
        source_credentials=session.get_credentials() or Credentials("", ""),
        role_arn=role["roleArn"],
        extra_args=arguments,
    )
    assumed = new_session()
    assumed._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    return assumed


def region_of(session: Session, named: str | None = None) -> str | None:
    """The Region that is named, or the environment's. botocore reads AWS_DEFAULT_REGION only; every other SDK reads
    AWS_REGION, and first."""
    region: str | None = named or os.environ.get("AWS_REGION") or session.get_config_variable("region")
    return region


class _Unusable(boto.BotoCoreError):  # type: ignore[misc]
    """What botocore says of its configuration with a plain ValueError, such as an AWS_ENDPOINT_URL that is no URL."""

    fmt = "{reason}"


def make_client(session: Session, service: str, region: str | None, config: Config) -> Any:
    """Raises BotoCoreError only. The client's calls raise ResponseParserError for an answer that is none."""
    try:
        client = session.create_client(service, region, config=config)
    except boto.BotoCoreError:
        raise
    except (ValueError, TypeError) as error:
        raise _Unusable(reason=str(error)) from error
    client.meta.events.register("after-call", _refuse_what_is_no_answer)
    return client


def _refuse_what_is_no_answer(parsed: Mapping[str, Any], model: Any, http_response: Any, **_: Any) -> None:
    """A body that botocore can't parse is an empty answer to it: a proxy's page, or one that was cut off. An empty list
    would then be told of whoever is asked about. And where a text belongs, botocore takes any JSON value."""
    output = model.output_shape
    promised = getattr(output, "members", {})
    if http_response.status_code >= 300 or not promised:
        return
    if not set(parsed) & set(promised):
        raise ResponseParserError("The answer has nothing of what the operation returns.")
    if model.service_model.metadata["protocol"].endswith("json"):
        _check_types(output, parsed)


_TYPES: Mapping[str, type] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "list": list,
    "structure": dict,
    "map": dict,
}


def _check_types(shape: Any, value: Any) -> None:
    """Raises ResponseParserError for a value that isn't of the type in the API's model."""
    if not issubclass(type(value), _TYPES.get(shape.type_name, object)):
        raise ResponseParserError(f"{shape.name} is {type(value).__name__}, not {shape.type_name}.")
    if shape.type_name == "structure":
        for name in shape.members.keys() & value.keys():
            _check_types(shape.members[name], value[name])
    elif shape.type_name == "list":
        for item in value:
            _check_types(shape.member, item)
