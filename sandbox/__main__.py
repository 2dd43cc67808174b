"""`python -m sandbox run|serve`: the sandbox as a command. `--help` of each says the rest."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from .aws import SandboxError
from .engine import EngineError
from .processes.keep import kept_run
from .processes.process import Reaper, end_with_parent, run_command
from .session import Session, is_foreign

app = typer.Typer(
    help="The real Pulumi engine on an embedded AWS, on 127.0.0.1 only. It never touches a real account.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# The other shell's own AWS_PROFILE or proxy, which we can't know, must not outlive the lines that `serve` prints.
_FORGET_FOREIGN = (
    "unset $(env | sed -n -E 's/^((AWS|PULUMI|AMAZON)_[A-Z0-9_]*|(HTTPS?|ALL|https?|all)_(PROXY|proxy))=.*/\\1/p')"
)
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Seed = Annotated[
    str,
    typer.Option(
        metavar="NAME-or-FILE",
        help="no-organization, consolidated-billing, organization, sso-enabled, member, large, or a YAML file.",
    ),
]
Log = Annotated[Path | None, typer.Option(metavar="CALLS.jsonl", help="Write every AWS call here, a line each.")]
Throttle = Annotated[bool, typer.Option("--throttle", help="Refuse calls above AWS's request rates, as AWS does.")]
Fault = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SERVICE:OPERATION:ERROR[:COUNT]",
        help="Make calls fail; may be given several times. ERROR: a code, a status such as 503, reset, timeout, slow, "
        "partial, empty or malformed. After it: ,after=N (calls that pass first) ,p=SHARE ,seed=N ,seconds=S.",
    ),
]
EnforceIam = Annotated[bool, typer.Option("--enforce-iam", help="Refuse what the caller's IAM policies don't allow.")]
Repeatable = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER", help="Repeatable ids, times and random numbers: the same calls give the same bytes."
    ),
]
Clock = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Start its clock at this ISO 8601 time, such as 2030-01-31T08:00:00Z."),
]
Keep = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Keep Pulumi's state and the AWS in FOLDER, for the next run."),
]
Load = Annotated[Path | None, typer.Option(metavar="FILE", help="Start from this snapshot instead of a seed.")]
Save = Annotated[Path | None, typer.Option(metavar="FILE", help="Write a snapshot of the AWS to FILE at the end.")]


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND …", help="What to run, with its arguments.")],
    seed: Seed = "sso-enabled",
    log: Log = None,
    throttle: Throttle = False,
    fault: Fault = None,
    enforce_iam: EnforceIam = False,
    repeatable: Repeatable = None,
    clock: Clock = None,
    load: Load = None,
    save: Save = None,
    keep: Keep = None,
    end_with_parent_: Annotated[bool, typer.Option("--end-with-parent", hidden=True)] = False,
) -> None:
    """Run COMMAND in a fresh sandbox, stop it all, and exit with COMMAND's status."""
    if end_with_parent_:
        end_with_parent()
    options = _aws_options(seed, log, throttle, fault, enforce_iam, repeatable, clock)
    with _plain_errors(), contextlib.ExitStack() as stack:
        _refuse_unwritable(log=log, save=save, keep=keep)
        if keep is not None:
            previous = stack.enter_context(kept_run(keep))
            session = Session(home=previous.home, **options, load=load or previous.load, save=save or previous.save)
        else:
            session = Session(**options, load=load, save=save)
        with session:
            reaper = Reaper(session.temporary)
            try:
                code = run_command(command, session.environment, reaper.mark)
            except (FileNotFoundError, PermissionError) as error:
                raise SandboxError(
                    f"{command[0]!r} can't be run: {error.strerror}. Give a command that is on PATH, after --."
                ) from None
            finally:
                reaper.finish()
    raise SystemExit(code)


@app.command()
def serve(
    seed: Seed = "sso-enabled",
    log: Log = None,
    throttle: Throttle = False,
    fault: Fault = None,
    enforce_iam: EnforceIam = False,
    repeatable: Repeatable = None,
    clock: Clock = None,
    load: Load = None,
    save: Save = None,
) -> None:
    """Keep a sandbox running until Ctrl-C. Prints its environment, for another shell."""
    options = _aws_options(seed, log, throttle, fault, enforce_iam, repeatable, clock)
    with _plain_errors(), contextlib.ExitStack() as stack:
        _refuse_unwritable(log=log, save=save)
        session = stack.enter_context(Session(**options, load=load, save=save))
        reaper = Reaper(session.temporary)
        try:
            print(_FORGET_FOREIGN)
            for name, value in sorted(_worth_printing(session).items()):
                print(f"export {name}={shlex.quote(value)}")
            print(
                "# The sandbox is up. Paste the lines above into another shell; Ctrl-C here ends it.",
                flush=True,
            )
            signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
            signal.sigwait(_ENDING)
        finally:
            reaper.finish()


def _aws_options(
    seed: str,
    log: Path | None,
    throttle: bool,
    fault: list[str] | None,
    enforce_iam: bool,
    repeatable: int | None,
    clock: str | None,
) -> dict[str, Any]:
    """What `run` and `serve` both pass on to the embedded AWS."""
    return {
        "seed": seed,
        "log": log,
        "throttle": throttle,
        "faults": fault or [],
        "enforce_iam": enforce_iam,
        "repeatable": repeatable,
        "clock": clock,
    }


def _refuse_unwritable(**options: Path | None) -> None:
    """Before anything starts: a run that loses its log or snapshot at its end is wasted."""
    for option, path in options.items():
        if path is None:
            continue
        if option == "keep":
            if path.exists() and not path.is_dir():
                raise SandboxError(f"--keep {path} is a file: give a folder, which is made if need be.")
        elif path.is_dir() or (option == "save" and _is_device(path)) or not os.access(path.parent, os.W_OK):
            raise SandboxError(f"--{option} {path} can't be written: give a file in a folder that is there.")


def _is_device(path: Path) -> bool:
    """Or a pipe: a snapshot is renamed to its place, which would take it away."""
    return path.exists() and not path.is_file()


def _worth_printing(session: Session) -> dict[str, str]:
    """What differs from the caller's own environment: the rest the other shell has already."""
    return {name: value for name, value in session.environment.items() if os.environ.get(name) != value}


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """A mistake of the user's, or a full disk, is one sentence on standard error and exit status 2, never a trace."""
    try:
        yield
    except (SandboxError, EngineError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def main(arguments: list[str] | None = None) -> Any:
    """Entry point, also for tests."""
    # Parts of moto make AWS sessions of their own: the caller's profile would be looked for, and might not be there.
    for name in filter(is_foreign, tuple(os.environ)):
        del os.environ[name]
    return app(args=arguments, prog_name="python -m sandbox")


if __name__ == "__main__":
    main()
