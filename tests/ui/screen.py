#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen that no other program has.

screen.py PROGRAM [ARGUMENT...] runs a program on one, as xvfb-run does, of
which several that start at once may choose the same.
"""

import contextlib
import os
import subprocess
import sys


@contextlib.contextmanager
def screen():
    """A screen for as long as it takes; the variables that lead to it."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as number, subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24",
             "-nolisten", "tcp"], pass_fds=[writer], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            name = number.readline().strip()
            if not name:
                sys.exit("Xvfb does not start")
            yield {"DISPLAY": ":" + name}
        finally:
            server.terminate()


def main(command):
    """Runs a command on a screen; its exit status."""
    with screen() as place:
        return subprocess.run(command, check=False, env=dict(
            os.environ, **place, NO_AT_BRIDGE="1")).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
