"""Pulumi's ResourceProvider protocol, over the records in `types/`.

Says to the engine that it takes secrets in plain text (the engine marks them again), and that it previews creates
and updates. Any type of pulumi_aws can be checked, diffed and previewed; creating one needs a record.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    EndpointConnectionError,
    HTTPClientError,
)
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from . import configuration, functions, inputs, schema, values
from .diff import changes
from .package_schema import package_schema
from .record import HalfMade, Properties, Refused, ResourceType
from .types import RECORDS
from .values import UNKNOWN

Method = TypeVar("Method", bound=Callable[..., Any])
_DIFF_KINDS: dict[str, Any] = {
    "add": 0,
    "add-replace": 1,
    "delete": 2,
    "delete-replace": 3,
    "update": 4,
    "update-replace": 5,
}

_IN_REGION = re.compile(r"(.+)@([a-z]{2}(?:-[a-z]+)+-\d)")
_DIFF_NONE: Any = provider_pb2.DiffResponse.DIFF_NONE
_DIFF_SOME: Any = provider_pb2.DiffResponse.DIFF_SOME


def _plain_errors(method: Method) -> Method:
    """What went wrong as one sentence for the engine to show; never a trace."""

    @functools.wraps(method)
    def wrapped(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except Refused as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except ClientError as error:
            context.abort(grpc.StatusCode.UNKNOWN, _sentence(error))
        except BotoCoreError as error:
            silent = isinstance(error, HTTPClientError | ConnectionError | EndpointConnectionError)
            said = "The sandbox's AWS did not answer" if silent else "The sandbox's aws provider can't ask AWS"
            context.abort(grpc.StatusCode.UNAVAILABLE, f"{said}: {error}")

    return wrapped  # type: ignore[return-value]


def _sentence(error: ClientError) -> str:
    answer = error.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    request = answer.get("ResponseMetadata", {}).get("RequestId", "")
    return (
        f"operation error: {error.operation_name}, https response error StatusCode: {status}, RequestID: {request}, "
        f"{answer['Error']['Code']}: {answer['Error'].get('Message', '')}"
    )


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, version: str) -> None:
        self._version = version
        self._session = configuration.Session({})

    # --- the provider itself ---

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=package_schema(self._version))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse()

    @_plain_errors
    def Configure(self, request: Any, context: Any) -> Any:
        given = values.read(request.args) if request.HasField("args") else {}
        known = {name: value for name, value in given.items() if not values.has_unknown(value)}
        configured = configuration.read(known)
        if len(known) == len(given):  # one that a preview can't know yet is checked by the update
            configuration.refuse_foreign_endpoints(configured)
        self._session = configuration.Session(configured)
        if len(known) == len(given):
            self._session.identify()
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    # --- functions ---

    @_plain_errors
    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = values.read(request.args)
        return provider_pb2.InvokeResponse(
            **{"return": values.write(functions.call(self._session, request.tok, arguments))}
        )

    # --- resources ---

    @_plain_errors
    def Check(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        found = schema.of(token, RECORDS)
        if found is None:
            raise Refused(f"pulumi_aws {self._version} has no resource type {token}.")
        news, olds = values.read(request.news), values.read(request.olds)
        failures = inputs.failures(token, found, news)
        checked = inputs.completed(RECORDS.get(token), found, news, olds, request, self._session.default_tags)
        return provider_pb2.CheckResponse(
            inputs=values.write(checked),
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures],
        )

    @_plain_errors
    def Diff(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        state, news = values.read(request.olds), values.read(request.news)
        record = RECORDS.get(token) or _previewed_only(token)
        names = _inputs_of(token)
        news = inputs.with_defaults(record, news, self._session.default_tags)
        ignored = inputs.ignored_properties(request.ignoreChanges, names)
        found = {path: kind for path, kind in changes(record, state, news, names).items() if _root(path) not in ignored}
        replaced_by = record.replaces | {"region"}
        replaces = sorted({_root(path) for path in found} & replaced_by) or (
            sorted(found) if found and record.update is None and token in RECORDS else []
        )
        detailed = {
            path: provider_pb2.PropertyDiff(kind=_DIFF_KINDS[f"{kind}-replace" if _root(path) in replaced_by else kind])
            for path, kind in found.items()
        }
        return provider_pb2.DiffResponse(
            changes=_DIFF_SOME if found else _DIFF_NONE,
            replaces=replaces,
            diffs=sorted({_root(path) for path in found}),
            detailedDiff=detailed,
            hasDetailedDiff=True,
            # As the bridged provider: only a name that the program gave is taken while the old one is there. Types
            # without one are made anew first, also where AWS then refuses the second (a delegated administrator).
            deleteBeforeReplace=bool(replaces) and inputs.is_named_by_program(record, news),
        )

    @_plain_errors
    def Create(self, request: Any, context: Any) -> Any:
        token, given = _token(request.urn), values.read(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(id="", properties=values.write(_previewed(token, given)))
        record, aws = _record(token), self._session.in_region(given.get("region"))
        try:
            id_ = record.create(aws, given)
        except HalfMade as error:
            self._keep_half_made(record, given, error, context)
            raise
        state = record.read(aws, id_, given)
        if state is None:
            raise Refused(f"{token} {id_} was created, and AWS does not know it when it is read back.")
        return provider_pb2.CreateResponse(id=id_, properties=values.write(self._state(token, given, state)))

    def _keep_half_made(self, record: ResourceType, given: Properties, error: HalfMade, context: Any) -> None:
        """Lets the engine keep what is there, so that the next up goes on and a destroy takes it away."""
        state = record.read(self._session.in_region(given.get("region")), error.id_, given) or {}
        kept = provider_pb2.ErrorResourceInitFailed(
            id=error.id_,
            properties=values.write(self._state(record.token, given, state)),
            inputs=values.write(given),
            reasons=[_sentence(error.cause)],
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=_sentence(error.cause))
        status.details.add().Pack(kept)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, _sentence(error.cause))

    def _state(self, token: str, given: Properties, read: Properties) -> Properties:
        """What AWS says, over what was given; tags that are the provider's defaults are in tagsAll alone. A resource
        whose type has a Region is in the provider's unless it names its own."""
        state = {**_without_meta(given), **read}
        if "region" in _inputs_of(token):
            state["region"] = state.get("region") or self._session.region
        defaults, own = self._session.default_tags, given.get("tags") or {}
        if defaults and isinstance(state.get("tags"), dict):
            state["tags"] = {
                key: value for key, value in state["tags"].items() if defaults.get(key) != value or key in own
            }
        return state

    @_plain_errors
    def Read(self, request: Any, context: Any) -> Any:
        record = _record(_token(request.urn))
        before, given = values.read(request.properties), values.read(request.inputs)
        id_, region = (request.id, before.get("region")) if before else _imported(request.id)
        state = record.read(self._session.in_region(region), id_, before)
        if state is None:
            return provider_pb2.ReadResponse(id="")
        names = _inputs_of(record.token)
        state = self._state(record.token, {**before, "region": region} if region else before, state)
        return provider_pb2.ReadResponse(
            id=id_,
            properties=values.write(state),
            inputs=values.write(inputs.as_read(record, given, state, names, importing=not before)),
        )

    @_plain_errors
    def Update(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        state, news = values.read(request.olds), values.read(request.news)
        record = RECORDS.get(token) or _previewed_only(token)
        # What the program leaves to others stays as it is, also when something else changes.
        for name in inputs.ignored_properties(request.ignoreChanges, _inputs_of(token)):
            news = {**{key: value for key, value in news.items() if key != name}, **_only(state, name)}
        if request.preview:
            kept = {name: value for name, value in state.items() if _survives(record, name)}
            return provider_pb2.UpdateResponse(properties=values.write(_without_meta({**kept, **news})))
        record = _record(token)
        if record.update is None:
            raise Refused(f"{token} can't be changed in place: every change replaces it.")
        aws = self._session.in_region(state.get("region"))
        record.update(aws, request.id, state, news)
        after = record.read(aws, request.id, news)
        if after is None:
            raise Refused(f"{token} {request.id} is gone: run pulumi refresh, then pulumi up.")
        return provider_pb2.UpdateResponse(properties=values.write(self._state(token, news, after)))

    @_plain_errors
    def Delete(self, request: Any, context: Any) -> Any:
        record, state = _record(_token(request.urn)), values.read(request.properties)
        try:
            record.delete(self._session.in_region(state.get("region")), request.id, state)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchEntity", "ResourceNotFoundException"):
                raise
        return empty_pb2.Empty()


def _token(urn: str) -> str:
    """A URN's last type: urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME."""
    return urn.split("::")[2].rpartition("$")[2]


def _root(path: str) -> str:
    return path.split("[")[0].split(".")[0]


def _inputs_of(token: str) -> frozenset[str]:
    found = schema.of(token, RECORDS)
    return found.inputs if found is not None else frozenset()


def _imported(id_: str) -> tuple[str, str | None]:
    """An import's id may end in @REGION."""
    found = _IN_REGION.fullmatch(id_)
    return (found[1], found[2]) if found else (id_, None)


def _record(token: str) -> ResourceType:
    if token not in RECORDS:
        raise Refused(
            f"The sandbox's aws provider previews {token} and can't make it: add a record to the file of its service "
            "in sandbox/provider/types/."
        )
    return RECORDS[token]


def _previewed_only(token: str) -> ResourceType:
    def refuse(*arguments: Any) -> Any:
        return _record(token)

    # Without a record nothing says what AWS fills in, so an input that is not given is taken for computed.
    return ResourceType(token=token, create=refuse, read=refuse, delete=refuse, computed=_inputs_of(token))


def _previewed(token: str, given: Properties) -> Properties:
    found = schema.of(token, RECORDS)
    assert found is not None
    return {**dict.fromkeys(found.always, UNKNOWN), **_without_meta(given)}


def _only(properties: Properties, name: str) -> Properties:
    return {name: properties[name]} if name in properties else {}


def _survives(record: ResourceType, name: str) -> bool:
    """Whether a property of the old state is still there after an update that does not give it."""
    return name not in _inputs_of(record.token) or name in record.computed


def _without_meta(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if name != "__defaults"}
