"""A saved `aws iam get-account-authorization-details`, read piece by piece: one entry of its lists at a time is in
memory. Takes one object, several one after the other (a loop over --no-paginate), or a list of them (jq --slurp).

What isn't JSON, is cut off, or is something else raises NotAuthorizationDetails, in one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.json_stream import JsonStream

from .account import Account
from .authorization_details import LISTS, NotAuthorizationDetails, read_account

_SAYS_MORE = ("IsTruncated", "NextToken")
_SAVE_AGAIN = "Save it again with `aws iam get-account-authorization-details`, without --filter."


def read_saved(stream: TextIO, actions: Iterable[str]) -> Account:
    """`lacks` says what a filtered or shortened file lacks: nobody left out may be taken for harmless."""
    present: set[str] = set()

    def noted() -> Iterator[Any]:
        for page in pages(stream):
            yield page  # refused if it is no object
            # The page that closes an object has one of the lists for form's sake.
            if "IsTruncated" not in page:
                present.update(page)

    account = read_account(noted(), actions)
    account.lacks = _what_is_missing(account, present)
    return account


def _what_is_missing(account: Account, present: set[str]) -> str:
    absent = [name for name in LISTS if name not in present]
    if absent:
        return f"The input has no {' and no '.join(absent)}, so it is not the whole account. {_SAVE_AGAIN}"
    accounts = sorted({principal.account for principal in account.principals})
    if len(accounts) > 1:
        names = f"{count(len(accounts), 'account')} ({', '.join(accounts[:3])})"
        return f"The input has principals of {names}: a file is for one account. Save each in a file of its own."
    # AWS makes AWSServiceRoleForOrganizations and AWSServiceRoleForSSO in every management account
    # (organizations/latest/userguide/orgs_integrate_services-using_slrs.html).
    if not any(principal.is_service_linked for principal in account.principals):
        return (
            "The input has no service-linked role, and every management account has some: roles are missing, or it is "
            f"another account's. {_SAVE_AGAIN}"
        )
    return ""


def pages(stream: TextIO) -> Iterator[Any]:
    """Small pages, with one entry of one list each; a page's other members come by themselves."""
    text, is_empty = _SavedText(stream), True
    while text.peek():
        for _ in text.elements() if text.peek() == "[" else [None]:
            is_empty = False
            yield from _page(text)
    if is_empty:
        raise NotAuthorizationDetails(
            "The input is empty; it takes what aws iam get-account-authorization-details prints."
        )


def _page(text: _SavedText) -> Iterator[Any]:
    """One object, entry by entry; at its end a page that says whether there is more, if it is one of AWS's."""
    if text.peek() != "{":
        yield text.value()
        return
    has_lists = has_more = False
    for name in text.members():
        if name in LISTS:
            has_lists = True
            yield from _entries(name, text)
        elif name in _SAYS_MORE:
            has_more = bool(text.value()) or has_more
    yield {LISTS[0]: [], "IsTruncated": has_more} if has_lists else {}


def _entries(name: str, text: _SavedText) -> Iterator[Any]:
    """The list of that name, by small pages; as it is if it is none, for the reader to refuse."""
    if text.peek() != "[":
        yield {name: text.value()}
        return
    yield {name: []}
    for entry in text.items():
        yield {name: [entry]}


class _SavedText(JsonStream):
    error = NotAuthorizationDetails
    cut_off = not_json = too_deep = (
        "The input is cut off or is not JSON; save it again with aws iam get-account-authorization-details."
    )
    not_text = "The input is not text; save it with aws iam get-account-authorization-details."
    chunk = 1 << 18
