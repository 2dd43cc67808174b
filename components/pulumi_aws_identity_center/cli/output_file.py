"""Files that commands write for a person: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from pulumi_aws_identity_center.errors import InvalidInput


def write_whole(file: Path, text: str) -> None:
    """Through a symbolic link, to what it points to. Raises InvalidInput where that can't be written."""
    check_writable(file)
    try:
        target = file.resolve()
        partial = target.with_name(f".{target.name}.partial")
        try:
            partial.write_text(text, "utf-8")
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, in Python 3.11 and 3.12
        raise _not_written(file, getattr(error, "strerror", None) or str(error)) from None


def check_writable(file: Path) -> None:
    """Raises InvalidInput for a device, a pipe or a folder: a file would take its place, as that of /dev/null."""
    try:
        is_other = file.exists() and not file.is_file()
    except OSError as error:
        raise _not_written(file, error.strerror or "the system refused") from None
    if is_other:
        what = "a folder" if file.is_dir() else "a device or a pipe"
        raise _not_written(file, f"it is {what}. Name a file")


def _not_written(file: Path, reason: str) -> InvalidInput:
    return InvalidInput([f"{file} can't be written: {reason}."])
