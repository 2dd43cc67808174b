"""sns and sqs: topics, subscriptions, queues, and their policies.

The calls, and their order, are those of terraform-provider-aws, internal/service/sns and internal/service/sqs. Of a
topic's and a queue's attributes those are here that the tables name; another one is refused by AWS's own name.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from sandbox.provider.calls import is_error, none_if_gone
from sandbox.provider.record import Clients, Properties, Refused, ResourceType, retag, tag_list, tag_map

from .iam import document

_NO_TOPIC = ("NotFound", "NotFoundException")
_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")

# Input → the attribute's name in the API.
_TOPIC = {
    "displayName": "DisplayName",
    "policy": "Policy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "deliveryPolicy": "DeliveryPolicy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
_SUBSCRIPTION = {
    "rawMessageDelivery": "RawMessageDelivery",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "redrivePolicy": "RedrivePolicy",
    "deliveryPolicy": "DeliveryPolicy",
}
_QUEUE = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}
# Inputs that AWS fills in when a program doesn't give them.
_FILLED_IN = frozenset(
    {"policy", "signatureVersion", "tracingConfig", "redrivePolicy", "sqsManagedSseEnabled", "maxMessageSize"}
)
_NUMBERS = frozenset(name for name in _QUEUE if name.endswith(("Seconds", "Size")))
_FLAGS = frozenset({"sqsManagedSseEnabled", "rawMessageDelivery"})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else document(value) if isinstance(value, str) else str(value)


def _attributes(inputs: Properties, names: dict[str, str]) -> dict[str, str]:
    """The attributes that are given, as the APIs take them: texts all."""
    return {api: _text(inputs[name]) for name, api in names.items() if inputs.get(name) not in (None, "")}


def _properties(attributes: dict[str, str], names: dict[str, str]) -> Properties:
    properties: Properties = {}
    for name, api in names.items():
        if api in attributes:
            value = attributes[api]
            properties[name] = int(value) if name in _NUMBERS else value == "true" if name in _FLAGS else value
    return properties


def _changed(state: Properties, inputs: Properties, names: dict[str, str]) -> dict[str, str]:
    """Attributes to set; one that is no longer given is set to nothing, unless AWS then has a value of its own."""
    before, after = _attributes(state, names), _attributes(inputs, names)
    own = {names[name] for name in _FILLED_IN & set(names)}
    gone = dict.fromkeys(before.keys() - after.keys() - own, "")
    return {**{api: value for api, value in after.items() if before.get(api) != value}, **gone}


# --- Topic ------------------------------------------------------------------------------------------------------


def _create_topic(aws: Clients, inputs: Properties) -> str:
    if inputs.get("fifoTopic"):
        raise Refused("The sandbox has no FIFO topics.")
    client = aws("sns")
    topic = client.create_topic(
        Name=inputs["name"], Attributes=_attributes(inputs, _TOPIC), Tags=tag_list(inputs.get("tagsAll"))
    )
    return str(topic["TopicArn"])


def _read_topic(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("sns")
    answer = none_if_gone(*_NO_TOPIC)(client.get_topic_attributes)(TopicArn=id_)
    if answer is None:
        return None
    attributes = answer["Attributes"]
    tags = tag_map(client.list_tags_for_resource(ResourceArn=id_)["Tags"])
    names = {"arn": id_, "name": id_.rpartition(":")[2], "owner": attributes["Owner"]}
    return {**_properties(attributes, _TOPIC), **names, "tags": tags, "tagsAll": tags}


def _update_topic(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("sns")
    for api, value in _changed(state, inputs, _TOPIC).items():
        client.set_topic_attributes(TopicArn=id_, AttributeName=api, AttributeValue=value)
    retag(state, inputs, client.untag_resource, client.tag_resource, ResourceArn=id_)


def _delete_topic(aws: Clients, id_: str, state: Properties) -> None:
    aws("sns").delete_topic(TopicArn=id_)


def _put_topic_policy(aws: Clients, inputs: Properties) -> str:
    arn = str(inputs["arn"])
    aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document(inputs["policy"]))
    return arn


def _read_topic_policy(aws: Clients, id_: str, state: Properties) -> Properties | None:
    topic = _read_topic(aws, id_, state)
    return topic and {"arn": id_, "owner": topic["owner"], "policy": topic["policy"]}


def _update_topic_policy(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    _put_topic_policy(aws, inputs)


def _delete_topic_policy(aws: Clients, id_: str, state: Properties) -> None:
    """Puts the policy back that a new topic has (API_SetTopicAttributes.html: a topic is never without one)."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
        "Resource": id_,
        "Condition": {"StringEquals": {"AWS:SourceOwner": state["owner"]}},
    }
    policy = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
    aws("sns").set_topic_attributes(TopicArn=id_, AttributeName="Policy", AttributeValue=policy)


# --- TopicSubscription ------------------------------------------------------------------------------------------


def _create_subscription(aws: Clients, inputs: Properties) -> str:
    subscription = aws("sns").subscribe(
        TopicArn=inputs["topic"],
        Protocol=inputs["protocol"],
        Endpoint=inputs["endpoint"],
        Attributes=_attributes(inputs, _SUBSCRIPTION),
        ReturnSubscriptionArn=True,
    )
    return str(subscription["SubscriptionArn"])


@none_if_gone(*_NO_TOPIC)
def _read_subscription(aws: Clients, id_: str, state: Properties) -> Properties | None:
    attributes = aws("sns").get_subscription_attributes(SubscriptionArn=id_)["Attributes"]
    return {
        **_properties(attributes, _SUBSCRIPTION),
        "arn": id_,
        "topic": attributes["TopicArn"],
        "protocol": attributes["Protocol"],
        "endpoint": attributes["Endpoint"],
        "ownerId": attributes["Owner"],
        "pendingConfirmation": attributes["PendingConfirmation"] == "true",
        "confirmationWasAuthenticated": attributes.get("ConfirmationWasAuthenticated") == "true",
    }


def _update_subscription(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    for api, value in _changed(state, inputs, _SUBSCRIPTION).items():
        aws("sns").set_subscription_attributes(SubscriptionArn=id_, AttributeName=api, AttributeValue=value)


def _delete_subscription(aws: Clients, id_: str, state: Properties) -> None:
    aws("sns").unsubscribe(SubscriptionArn=id_)


# --- Queue ------------------------------------------------------------------------------------------------------


def _create_queue(aws: Clients, inputs: Properties) -> str:
    if inputs.get("fifoQueue"):
        raise Refused("The sandbox has no FIFO queues.")
    queue = aws("sqs").create_queue(
        QueueName=inputs["name"], Attributes=_attributes(inputs, _QUEUE), tags=inputs.get("tagsAll") or {}
    )
    return str(queue["QueueUrl"])


@none_if_gone(*_NO_QUEUE)
def _queue_attributes(aws: Clients, url: str) -> dict[str, str] | None:
    attributes: dict[str, str] = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return attributes


def _read_queue(aws: Clients, id_: str, state: Properties) -> Properties | None:
    attributes = _queue_attributes(aws, id_)
    if attributes is None:
        return None
    tags = aws("sqs").list_queue_tags(QueueUrl=id_).get("Tags") or {}
    arn = attributes["QueueArn"]
    names = {"arn": arn, "name": arn.rpartition(":")[2], "url": id_}
    return {**_properties(attributes, _QUEUE), **names, "tags": tags, "tagsAll": tags}


def _update_queue(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("sqs")
    if changed := _changed(state, inputs, _QUEUE):
        client.set_queue_attributes(QueueUrl=id_, Attributes=changed)
    before, after = state.get("tagsAll") or {}, inputs.get("tagsAll") or {}
    if set(before) - set(after):
        client.untag_queue(QueueUrl=id_, TagKeys=sorted(set(before) - set(after)))
    if after.items() - before.items():
        client.tag_queue(QueueUrl=id_, Tags=after)


def _delete_queue(aws: Clients, id_: str, state: Properties) -> None:
    try:
        aws("sqs").delete_queue(QueueUrl=id_)
    except ClientError as error:
        if not is_error(error, *_NO_QUEUE):
            raise


def _put_queue_policy(aws: Clients, inputs: Properties) -> str:
    url = str(inputs["queueUrl"])
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(inputs["policy"])})
    return url


def _read_queue_policy(aws: Clients, id_: str, state: Properties) -> Properties | None:
    attributes = _queue_attributes(aws, id_)
    return {"queueUrl": id_, "policy": attributes["Policy"]} if attributes and attributes.get("Policy") else None


def _update_queue_policy(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    _put_queue_policy(aws, inputs)


def _delete_queue_policy(aws: Clients, id_: str, state: Properties) -> None:
    aws("sqs").set_queue_attributes(QueueUrl=id_, Attributes={"Policy": ""})


RECORDS = (
    ResourceType(
        token="aws:sns/topic:Topic",
        create=_create_topic,
        read=_read_topic,
        update=_update_topic,
        delete=_delete_topic,
        replaces=frozenset({"name", "namePrefix", "fifoTopic"}),
        documents=frozenset({"policy", "deliveryPolicy"}),
        computed=frozenset({"namePrefix"}) | _FILLED_IN & set(_TOPIC),
        defaults={"fifoTopic": False},
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:sns/topicPolicy:TopicPolicy",
        create=_put_topic_policy,
        read=_read_topic_policy,
        update=_update_topic_policy,
        delete=_delete_topic_policy,
        replaces=frozenset({"arn"}),
        documents=frozenset({"policy"}),
    ),
    ResourceType(
        token="aws:sns/topicSubscription:TopicSubscription",
        create=_create_subscription,
        read=_read_subscription,
        update=_update_subscription,
        delete=_delete_subscription,
        replaces=frozenset({"topic", "protocol", "endpoint"}),
        documents=frozenset({"filterPolicy", "redrivePolicy", "deliveryPolicy"}),
        computed=frozenset({"filterPolicyScope"}),
        defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
    ),
    ResourceType(
        token="aws:sqs/queue:Queue",
        create=_create_queue,
        read=_read_queue,
        update=_update_queue,
        delete=_delete_queue,
        replaces=frozenset({"name", "namePrefix", "fifoQueue"}),
        documents=frozenset({"policy", "redrivePolicy"}),
        computed=frozenset({"namePrefix"}) | _FILLED_IN & set(_QUEUE),
        defaults={
            "delaySeconds": 0,
            "messageRetentionSeconds": 345600,
            "receiveWaitTimeSeconds": 0,
            "visibilityTimeoutSeconds": 30,
            "fifoQueue": False,
        },
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:sqs/queuePolicy:QueuePolicy",
        create=_put_queue_policy,
        read=_read_queue_policy,
        update=_update_queue_policy,
        delete=_delete_queue_policy,
        replaces=frozenset({"queueUrl"}),
        documents=frozenset({"policy"}),
    ),
)
