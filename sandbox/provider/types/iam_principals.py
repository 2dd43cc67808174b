"""iam: what hangs on roles, users and groups (attachments and inline policies), and users and groups themselves.

The three kinds of principal differ in names only, so their records are made from one description each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.provider.calls import none_if_gone, pages, without_none
from sandbox.provider.record import Clients, Properties, ResourceType, retag, tag_list, tag_map

from .iam import NO_SUCH_ENTITY, document


def _attachment(kind: str) -> ResourceType:
    """RolePolicyAttachment and its kin. Id: NAME/POLICY-ARN, which is also the import id."""

    def arguments(id_: str) -> dict[str, str]:
        name, _, arn = id_.partition("/")
        return {f"{kind}Name": name, "PolicyArn": arn}

    def create(aws: Clients, inputs: Properties) -> str:
        id_ = f"{inputs[kind.lower()]}/{inputs['policyArn']}"
        getattr(aws("iam"), f"attach_{kind.lower()}_policy")(**arguments(id_))
        return id_

    @none_if_gone(*NO_SUCH_ENTITY)
    def read(aws: Clients, id_: str, state: Properties) -> Properties | None:
        name, _, arn = id_.partition("/")
        operation = f"list_attached_{kind.lower()}_policies"
        rows = pages(aws("iam"), operation, "AttachedPolicies", **{f"{kind}Name": name})
        is_attached = any(row["PolicyArn"] == arn for row in rows)
        return {kind.lower(): name, "policyArn": arn} if is_attached else None

    def delete(aws: Clients, id_: str, state: Properties) -> None:
        getattr(aws("iam"), f"detach_{kind.lower()}_policy")(**arguments(id_))

    return ResourceType(
        token=f"aws:iam/{kind.lower()}PolicyAttachment:{kind}PolicyAttachment",
        create=create,
        read=read,
        delete=delete,
        replaces=frozenset({kind.lower(), "policyArn"}),
    )


def _inline(kind: str) -> ResourceType:
    """RolePolicy and its kin. Id: NAME:POLICY-NAME, which is also the import id."""

    def create(aws: Clients, inputs: Properties) -> str:
        name, policy = inputs[kind.lower()], inputs["name"]
        arguments = {f"{kind}Name": name, "PolicyName": policy, "PolicyDocument": document(inputs["policy"])}
        getattr(aws("iam"), f"put_{kind.lower()}_policy")(**arguments)
        return f"{name}:{policy}"

    @none_if_gone(*NO_SUCH_ENTITY)
    def read(aws: Clients, id_: str, state: Properties) -> Properties | None:
        name, _, policy = id_.partition(":")
        inline_policy = getattr(aws("iam"), f"get_{kind.lower()}_policy")(**{f"{kind}Name": name, "PolicyName": policy})
        return {kind.lower(): name, "name": policy, "policy": document(inline_policy["PolicyDocument"])}

    def update(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
        create(aws, inputs)

    def delete(aws: Clients, id_: str, state: Properties) -> None:
        name, _, policy = id_.partition(":")
        getattr(aws("iam"), f"delete_{kind.lower()}_policy")(**{f"{kind}Name": name, "PolicyName": policy})

    return ResourceType(
        token=f"aws:iam/{kind.lower()}Policy:{kind}Policy",
        create=create,
        read=read,
        update=update,
        delete=delete,
        replaces=frozenset({kind.lower(), "name", "namePrefix"}),
        documents=frozenset({"policy"}),
        computed=frozenset({"namePrefix"}),
        named="name",
    )


def _create_user(aws: Clients, inputs: Properties) -> str:
    aws("iam").create_user(
        **without_none(
            UserName=inputs["name"],
            Path=inputs.get("path"),
            PermissionsBoundary=inputs.get("permissionsBoundary"),
            Tags=tag_list(inputs.get("tagsAll")),
        )
    )
    return str(inputs["name"])


@none_if_gone(*NO_SUCH_ENTITY)
def _read_user(aws: Clients, id_: str, state: Properties) -> Properties | None:
    user = aws("iam").get_user(UserName=id_)["User"]
    tags = tag_map(user.get("Tags"))
    return {
        "arn": user["Arn"],
        "name": user["UserName"],
        "path": user["Path"],
        "permissionsBoundary": (user.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", ""),
        "uniqueId": user["UserId"],
        "forceDestroy": bool(state.get("forceDestroy", False)),
        "tags": tags,
        "tagsAll": tags,
    }


def _update_user(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("iam")
    before, after = state.get("permissionsBoundary") or "", inputs.get("permissionsBoundary") or ""
    if after and before != after:
        client.put_user_permissions_boundary(UserName=id_, PermissionsBoundary=after)
    elif before and not after:
        client.delete_user_permissions_boundary(UserName=id_)
    retag(state, inputs, client.untag_user, client.tag_user, UserName=id_)


def _delete_user(aws: Clients, id_: str, state: Properties) -> None:
    aws("iam").delete_user(UserName=id_)


def _create_group(aws: Clients, inputs: Properties) -> str:
    aws("iam").create_group(**without_none(GroupName=inputs["name"], Path=inputs.get("path")))
    return str(inputs["name"])


@none_if_gone(*NO_SUCH_ENTITY)
def _read_group(aws: Clients, id_: str, state: Properties) -> Properties | None:
    group: dict[str, Any] = aws("iam").get_group(GroupName=id_)["Group"]
    return {"arn": group["Arn"], "name": group["GroupName"], "path": group["Path"], "uniqueId": group["GroupId"]}


def _delete_group(aws: Clients, id_: str, state: Properties) -> None:
    aws("iam").delete_group(GroupName=id_)


def _create_membership(aws: Clients, inputs: Properties) -> str:
    """Id: USER/GROUP/…, which is also the import id."""
    _add_to_groups(aws, inputs["user"], inputs["groups"])
    return "/".join([inputs["user"], *sorted(inputs["groups"])])


def _add_to_groups(aws: Clients, user: str, groups: Iterable[str]) -> None:
    for group in groups:
        aws("iam").add_user_to_group(UserName=user, GroupName=group)


@none_if_gone(*NO_SUCH_ENTITY)
def _read_membership(aws: Clients, id_: str, state: Properties) -> Properties | None:
    """Other groups of the user are another resource's."""
    user, *named = id_.split("/")
    rows = pages(aws("iam"), "list_groups_for_user", "Groups", UserName=user)
    groups = {row["GroupName"] for row in rows}.intersection(state.get("groups") or named)
    return {"user": user, "groups": sorted(groups)} if groups else None


def _update_membership(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    before, after = set(state["groups"]), set(inputs["groups"])
    _add_to_groups(aws, inputs["user"], after - before)
    _delete_membership(aws, id_, {**state, "groups": before - after})


def _delete_membership(aws: Clients, id_: str, state: Properties) -> None:
    for group in state["groups"]:
        aws("iam").remove_user_from_group(UserName=state["user"], GroupName=group)


RECORDS = (
    *(_attachment(kind) for kind in ("Role", "User", "Group")),
    *(_inline(kind) for kind in ("Role", "User", "Group")),
    ResourceType(
        token="aws:iam/user:User",
        create=_create_user,
        read=_read_user,
        update=_update_user,
        delete=_delete_user,
        replaces=frozenset({"name", "path"}),
        defaults={"path": "/", "forceDestroy": False},
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:iam/group:Group",
        create=_create_group,
        read=_read_group,
        delete=_delete_group,
        replaces=frozenset({"name", "path"}),
        defaults={"path": "/"},
        named="name",
    ),
    ResourceType(
        token="aws:iam/userGroupMembership:UserGroupMembership",
        create=_create_membership,
        read=_read_membership,
        update=_update_membership,
        delete=_delete_membership,
        replaces=frozenset({"user"}),
        sets=frozenset({"groups"}),
    ),
)
