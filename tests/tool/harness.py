# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of gimp-diffusion share: TAP, a work folder, the call.

A module of tests gets the program and the folder of models as arguments.
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

TOOL = os.path.abspath(sys.argv[1])
MODELS = os.path.abspath(sys.argv[2])
PHOTO = os.path.join(MODELS, "photo")

CASES = []


class Skip(Exception):
    """What the machine lacks for this case."""


def case(name, *arguments):
    """Registers a function as a case, with arguments to call it with."""
    def register(function):
        CASES.append((name, function, arguments))
        return function
    return register


def main():
    """Runs the cases, each in an empty folder of its own."""
    print(f"1..{len(CASES)}", flush=True)
    failed = 0
    for number, (name, function, arguments) in enumerate(CASES, 1):
        result, started = f"ok {number} - {name}", time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dif-tool-") as folder:
            try:
                with working_in(folder):
                    function(*arguments)
            except Skip as reason:
                result += f" # SKIP {reason}"
            except Exception:  # pylint: disable=broad-except
                result = "not " + result
                failed += 1
                for line in traceback.format_exc().splitlines():
                    print("#", line)
        print(result, flush=True)
        print(f"# {time.monotonic() - started:.1f} s", flush=True)
    sys.exit(1 if failed else 0)


@contextlib.contextmanager
def working_in(folder):
    """Within, folder is the current one."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def environment(**changes):
    """No model but the bundled ones, no folder of the user's."""
    values = {name: value for name, value in os.environ.items()
              if name not in ("GIMP3_DIRECTORY", "DIF_CPU")}
    values.update(LC_ALL="C.UTF-8", GIMP_DIFFUSION_MODELS=MODELS,
                  HOME=os.path.join(os.getcwd(), "home"),
                  XDG_CONFIG_HOME=os.path.join(os.getcwd(), "config"))
    values.update(changes)
    return values


def start(*arguments, env=None, **more):
    """The running program."""
    return subprocess.Popen(
        [more.pop("program", TOOL), *map(str, arguments)],
        env=environment(**(env or {})), stdin=subprocess.DEVNULL,
        stdout=more.pop("stdout", subprocess.PIPE),
        stderr=more.pop("stderr", subprocess.PIPE), **more)


def run(*arguments, **more):
    """(status, standard output, standard error) of a whole run."""
    with start(*arguments, **more) as process:
        try:
            out, err = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return (process.returncode, (out or b"").decode(errors="replace"),
            (err or b"").decode(errors="replace"))


def good(*arguments, **more):
    """A run that must go well and say nothing; its standard output."""
    status, out, err = run(*arguments, **more)
    assert (status, err) == (0, ""), (arguments, status, out, err)
    return out


def warned(says, *arguments):
    """A run that goes well with one warning, which names the second of the
    arguments and says this."""
    status, out, err = run(*arguments)
    assert (status, out) == (0, ""), (arguments, status, out, err)
    assert err.startswith(f"gimp-diffusion: warning: {arguments[1]}: "), err
    assert err.count("\n") == 1 and says in err, err


def bad(status, *arguments, says=(), **more):
    """A run that must fail with this status and one message with all of
    says in it; the message."""
    found, out, err = run(*arguments, **more)
    assert found == status, (arguments, found, out, err)
    assert out == "", out
    lines = err.splitlines()
    assert lines and lines[0].startswith("gimp-diffusion: "), err
    if status == 2:
        assert len(lines) == 2 and "--help" in lines[1], err
    else:
        assert len(lines) == 1, err
    for text in says:
        assert text in lines[0], (text, err)
    return lines[0]


def expect_files(*names):
    """Exactly these lie in the current folder, hidden ones counted, beside
    the home folder where GEGL keeps caches."""
    found = set(os.listdir(".")) - {"home"}
    assert found == set(names), sorted(found)


def limit_file_size(size):
    """For preexec_fn: writing more than size bytes fails, as on a full
    disk."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def copy_model(folder):
    """A copy of the bundled model to spoil."""
    shutil.copytree(PHOTO, folder)
    return folder
