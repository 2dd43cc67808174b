"""`make shell`: the prompt says where one is, and how the last command ended is no error of make's."""

from __future__ import annotations

import os
import pty
import subprocess

from sandbox.session import ROOT

COMMAND = ["bash", str(ROOT / "sandbox" / "shell.sh")]


def test_a_failed_command_in_the_shell_is_no_error_of_make() -> None:
    done = subprocess.run(
        COMMAND, input="false\nexit\n", text=True, env={**os.environ, "SHELL": "/bin/bash"}, timeout=60
    )
    assert done.returncode == 0


def test_the_prompt_of_a_terminal_names_the_sandbox() -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "SHELL": "/bin/bash", "TERM": "dumb"}
    with subprocess.Popen(COMMAND, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True):
        os.close(theirs)
        os.write(ours, b"exit\n")
        text = b""
        try:
            while chunk := os.read(ours, 4096):
                text += chunk
        except OSError:  # the shell has ended
            pass
    os.close(ours)
    assert b"(sandbox) " in text
