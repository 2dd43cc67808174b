"""A saved `aws iam get-account-authorization-details`, read piece by piece: one entry of its lists at a time is in
memory. Takes one object, several one after the other (a loop over --no-paginate), or a list of them (jq --slurp).

What isn't JSON, is cut off, or is something else raises NotAuthorizationDetails, in one sentence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from pulumi_aws_identity_center.errors import count

from .account import Account
from .authorization_details import LISTS, NotAuthorizationDetails, read_account

_CHUNK = 1 << 18
_SAYS_MORE = ("IsTruncated", "NextToken")
_CUT_OFF = "The input is cut off or is not JSON; save it again with aws iam get-account-authorization-details."


_SAVE_AGAIN = "Save it again with `aws iam get-account-authorization-details`, without --filter."


def read_saved(stream: TextIO, actions: Iterable[str]) -> Account:
    """The account in a saved file. `lacks` says what a filtered or shortened file lacks: nobody may be taken for
    harmless because the file leaves them out."""
    present: set[str] = set()

    def noted() -> Iterator[Any]:
        for page in pages(stream):
            # The page that closes an object has one of the lists for form's sake.
            is_closing = isinstance(page, dict) and "IsTruncated" in page
            present.update(page if isinstance(page, dict) and not is_closing else ())
            yield page

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
    if not any(":role/aws-service-role/" in principal.arn for principal in account.principals):
        return (
            "The input has no service-linked role, and every management account has some: roles are missing, or it is "
            f"another account's. {_SAVE_AGAIN}"
        )
    return ""


def pages(stream: TextIO) -> Iterator[Any]:
    """Small pages, with one entry of one list each; a page's other members come by themselves."""
    text, empty = _Text(stream), True
    while text.peek() != "":
        if text.peek() == "[":
            for _ in text.items("[", "]"):
                empty = False
                yield from _page(text)
        else:
            empty = False
            yield from _page(text)
    if empty:
        raise NotAuthorizationDetails(
            "The input is empty; it takes what aws iam get-account-authorization-details prints."
        )


def _page(text: _Text) -> Iterator[Any]:
    """One object, entry by entry; at its end a page that says whether there is more, if it is one of AWS's."""
    if text.peek() != "{":
        yield text.value()
        return
    has_lists = has_more = False
    for _ in text.items("{", "}"):
        name = text.value()
        text.skip(":")
        if name in LISTS:
            has_lists = True
            yield from _entries(name, text)
        else:
            value = text.value()
            has_more = has_more or (name in _SAYS_MORE and bool(value))
    yield {LISTS[0]: [], "IsTruncated": has_more} if has_lists else {}


def _entries(name: str, text: _Text) -> Iterator[Any]:
    """The list of that name, by small pages; as it is if it is none, for the reader to refuse."""
    if text.peek() != "[":
        yield {name: text.value()}
        return
    yield {name: []}
    for _ in text.items("[", "]"):
        yield {name: [text.value()]}


class _Text:
    """A JSON text of which only a part is in memory."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._text, self._at, self._ended = stream, "", 0, False
        self._decoder = json.JSONDecoder()
        self._more()
        self._text = self._text.lstrip("\ufeff")

    def _more(self) -> bool:
        try:
            piece = self._stream.read(max(_CHUNK, len(self._text) - self._at))
        except UnicodeDecodeError:
            raise NotAuthorizationDetails(
                "The input is not text; save it with aws iam get-account-authorization-details."
            ) from None
        self._text, self._at = self._text[self._at :] + piece, 0
        self._ended = not piece
        return not self._ended

    def peek(self) -> str:
        """The next character that isn't white space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self, wanted: str) -> None:
        """Goes past this character, which has to be the next one."""
        if self.peek() != wanted:
            raise NotAuthorizationDetails(_CUT_OFF)
        self._at += 1

    def items(self, opening: str, closing: str) -> Iterator[None]:
        """Once for each item of a list or an object, which the caller takes."""
        self.skip(opening)
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            if self.peek() == closing:
                self._at += 1
                return
            self.skip(",")

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                # A number's end is only known by what follows it.
                if end < len(self._text) or self._ended or self._text[end - 1] in '"]}':
                    self._at = end
                    return value
            except (ValueError, RecursionError):
                if self._ended:
                    raise NotAuthorizationDetails(_CUT_OFF) from None
            self._more()
