"""organizations: policies (service control policies and their kin), and what they are attached to.

Calls and ids as the bridged provider has them: a policy's id is AWS's, an attachment's TARGET-ID:POLICY-ID.
"""

from __future__ import annotations

from sandbox.provider.calls import none_if_gone, pages
from sandbox.provider.record import Clients, Properties, ResourceType, retag, tag_list, tag_map


def _create_policy(aws: Clients, inputs: Properties) -> str:
    policy = aws("organizations").create_policy(
        Name=inputs["name"],
        Content=inputs["content"],
        Description=inputs.get("description") or "",
        Type=inputs["type"],
        Tags=tag_list(inputs.get("tagsAll")),
    )
    return str(policy["Policy"]["PolicySummary"]["Id"])


def _read_policy(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("organizations")
    answer = none_if_gone("PolicyNotFoundException")(client.describe_policy)(PolicyId=id_)
    if answer is None:
        return None
    policy = answer["Policy"]
    summary = policy["PolicySummary"]
    tags = tag_map(pages(client, "list_tags_for_resource", "Tags", ResourceId=id_))
    return {
        "arn": summary["Arn"],
        "content": policy["Content"],
        "description": summary.get("Description", ""),
        "name": summary["Name"],
        "type": summary["Type"],
        "tags": tags,
        "tagsAll": tags,
    }


def _update_policy(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("organizations")
    changed = {
        argument: inputs.get(name) or ""
        for name, argument in (("content", "Content"), ("description", "Description"), ("name", "Name"))
        if (inputs.get(name) or "") != (state.get(name) or "")
    }
    if changed:
        client.update_policy(PolicyId=id_, **changed)
    retag(state, inputs, client.untag_resource, client.tag_resource, ResourceId=id_)


def _delete_policy(aws: Clients, id_: str, state: Properties) -> None:
    if not state.get("skipDestroy"):
        aws("organizations").delete_policy(PolicyId=id_)


def _create_attachment(aws: Clients, inputs: Properties) -> str:
    aws("organizations").attach_policy(PolicyId=inputs["policyId"], TargetId=inputs["targetId"])
    return f"{inputs['targetId']}:{inputs['policyId']}"


@none_if_gone("PolicyNotFoundException")
def _read_attachment(aws: Clients, id_: str, state: Properties) -> Properties | None:
    target, _, policy = id_.partition(":")
    targets = pages(aws("organizations"), "list_targets_for_policy", "Targets", PolicyId=policy)
    is_attached = any(row["TargetId"] == target for row in targets)
    return {"policyId": policy, "targetId": target} if is_attached else None


def _delete_attachment(aws: Clients, id_: str, state: Properties) -> None:
    target, _, policy = id_.partition(":")
    if not state.get("skipDestroy"):
        aws("organizations").detach_policy(PolicyId=policy, TargetId=target)


def _update_attachment(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    """Only skipDestroy can change in place, and AWS does not know of it."""


RECORDS = (
    ResourceType(
        token="aws:organizations/policy:Policy",
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
        replaces=frozenset({"type"}),
        documents=frozenset({"content"}),
        defaults={"type": "SERVICE_CONTROL_POLICY"},
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:organizations/policyAttachment:PolicyAttachment",
        create=_create_attachment,
        read=_read_attachment,
        update=_update_attachment,
        delete=_delete_attachment,
        replaces=frozenset({"policyId", "targetId"}),
    ),
)
