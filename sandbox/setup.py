"""`python3 sandbox/setup.py`: makes `.venv` from requirements.txt and has the engine ready. `make setup` runs it.

Standard library only, since it runs before anything is installed. Safe to repeat (nothing to do takes a moment), to
interrupt (what is half made is not stamped as made) and to run twice at once (the second waits for the first).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
INPUTS = (ROOT / "requirements.txt", ROOT / "components" / "pyproject.toml", Path(__file__))


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - it runs on whatever python3 the machine has
        return _refuse(
            f"Python {sys.version.split()[0]} is too old: 3.11 or newer is needed. "
            "Install it, or name it: make setup PYTHON=python3.11"
        )
    try:
        with (ROOT / ".setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _install() or _engine()
    except KeyboardInterrupt:
        return 130


def _install() -> int:
    stamp = VENV / "installed"
    wanted = _digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    # A virtual environment of another Python, or moved here with the checkout, can't be mended in place.
    shutil.rmtree(VENV, ignore_errors=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = {
        "making a virtual environment in .venv": [sys.executable, "-m", "venv", str(VENV)],
        f"installing {_packages()} packages into .venv (pip prints nothing for 1 to 5 minutes)": [
            *pip,
            "--require-hashes",
            "-r",
            str(ROOT / "requirements.txt"),
        ],
        # pip has no hash for a folder: ours is installed by itself, and its dependencies are the locked ones above.
        "installing this project's package": [
            *pip,
            "--no-deps",
            "--no-build-isolation",
            "--editable",
            str(ROOT / "components"),
        ],
    }
    for title, step in steps.items():
        print(f"setup: {title}", file=sys.stderr, flush=True)
        code = subprocess.run(step).returncode
        if code != 0:
            return _refuse(
                f"`{' '.join(step)}` ended with {code}; what it said is above. "
                "A package index must be reachable the first time; run `make setup` again when it is."
            )
    stamp.write_text(wanted)
    return 0


def _packages() -> int:
    """How many packages requirements.txt pins."""
    return sum("==" in line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines())


def _engine() -> int:
    return subprocess.run([str(VENV / "bin" / "python"), "-m", "sandbox.engine"], cwd=ROOT).returncode


def _digest() -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in INPUTS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _refuse(sentence: str) -> int:
    print(f"setup: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    # A build or a download that outlives an interrupted make would race with the next one.
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
