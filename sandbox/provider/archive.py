"""What the engine sends for a `pulumi.Archive`, as the bytes of a zip file that are the same for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .record import Refused
from .values import ARCHIVE, ASSET, SIGNATURE

_EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can hold
_FILE_MODE = 0o644 << 16


def is_archive(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == ARCHIVE


def same_archive(old: Any, new: Any) -> bool:
    """Whether two archives have the same content, by the hash that the engine gives them."""
    if not is_archive(old) or not is_archive(new):
        return False
    return bool(old.get("hash")) and old["hash"] == new.get("hash")


def zipped(archive: Any) -> bytes:
    """The zip file. Raises Refused for an archive that is neither in the program nor on this machine."""
    if not is_archive(archive):
        raise Refused("The sandbox's aws provider takes a function's code as a pulumi.Archive only.")
    if "path" in archive and Path(archive["path"]).is_file():
        return Path(archive["path"]).read_bytes()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(_files(archive)):
            entry = zipfile.ZipInfo(name, _EARLIEST_TIME)
            entry.external_attr = _FILE_MODE
            file.writestr(entry, data)
    return content.getvalue()


def _files(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Name in the archive and content of each file. prefix: the name of the folder in the archive."""
    if "uri" in value:
        raise Refused(f"The sandbox is offline: it can't fetch {value['uri']}.")
    if value.get(SIGNATURE) == ASSET:
        yield prefix, value["text"].encode() if "text" in value else Path(value["path"]).read_bytes()
    elif "path" in value:
        yield from _files_on_disk(Path(value["path"]), prefix)
    else:
        for name, asset in value.get("assets", {}).items():
            yield from _files(asset, f"{prefix}/{name}".lstrip("/"))


def _files_on_disk(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{prefix}/{path.relative_to(folder)}".lstrip("/"), path.read_bytes()
