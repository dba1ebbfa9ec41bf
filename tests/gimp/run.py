#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one file of tests inside a real GIMP and prints its TAP.

run.py [--window] [--tiny] [--language LANGUAGE] [--scheme SCHEME] MODULE
PLUGIN MODELS FOLDER stages the plug-in and a profile of its own in FOLDER,
starts GIMP there with MODULE in its Python interpreter, and copies out the
results that the module wrote.  With --window it is the real program on a
virtual screen, with --tiny a tiny model has the place of the bundled one.
GIMP's own words go to FOLDER/gimp.log and are shown only when something
failed.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import badmodels
import tinymodel

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "ui"))
# pylint: disable=wrong-import-position
from screen import screen  # noqa: E402

NEEDED = ("python-eval", "script-fu", "file-jpeg", "file-gif-export")

# Without docks the status bar ends at the window's corner, where the
# tests click its Cancel button.
WINDOW = "(hide-docks yes)\n(single-window-mode yes)\n"
TIMEOUT = 540


def fresh(folder):
    """Makes folder anew, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def pkg_config(question):
    """What pkg-config knows of GIMP."""
    return subprocess.run(["pkg-config", question, "gimp-3.0"], check=True,
                          capture_output=True, text=True).stdout.strip()


def program(*names):
    """The first of these programs that is there."""
    for name in names:
        if shutil.which(name):
            return name
    sys.exit(f"none of {', '.join(names)} is installed")


def stage(folder, plugin, models, scheme, tiny):
    """Lays out the plug-in and a profile that holds little else, since
    GIMP asks every plug-in it knows for its procedures at first start."""
    ours = fresh(os.path.join(folder, "plug-ins"))
    os.makedirs(os.path.join(ours, "diffusion"))
    shutil.copy2(plugin, os.path.join(ours, "diffusion", "diffusion"))
    if tiny:
        tinymodel.make(os.path.join(models, "photo"),
                       os.path.join(ours, "diffusion", "models", "photo"))
    else:
        shutil.copytree(models, os.path.join(ours, "diffusion", "models"))
    shutil.copytree(os.path.join(os.path.dirname(plugin), "po"),
                    os.path.join(ours, "diffusion", "locale"))
    shutil.copytree(os.path.join(os.path.dirname(plugin), "help", "en"),
                    os.path.join(ours, "diffusion", "help", "en"))
    for name in NEEDED:
        os.symlink(os.path.join(pkg_config("--variable=gimplibdir"),
                                "plug-ins", name), os.path.join(ours, name))

    profile = fresh(os.path.join(folder, "profile"))
    with open(os.path.join(profile, "gimprc"), "w", encoding="utf-8") as rc:
        # Of the version that runs, or it would show what is new in it.
        rc.write(f'(plug-in-path "{ours}")\n(show-welcome-dialog no)\n'
                 f'(config-version "{pkg_config("--modversion")}")\n'
                 f'(theme-color-scheme {scheme})\n')
    with open(os.path.join(profile, "sessionrc"), "w",
              encoding="utf-8") as rc:
        rc.write(WINDOW)
    return profile


def make_locale(folder, language):
    """Makes a language's locale in FOLDER/locales; its variables, or None
    where this system cannot make it."""
    if not language:
        return {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}
    name = f"{language}_{language.upper()}"
    locales = fresh(os.path.join(folder, "locales"))
    try:
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8",
                        os.path.join(locales, name + ".UTF-8")], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return {"LOCPATH": locales, "LC_ALL": name + ".UTF-8",
            "LANGUAGE": language}


def command(module, window):
    """The command line that runs module in GIMP."""
    code = (f"import sys; sys.path.insert(0, {HERE!r}); "
            f"import harness; harness.main({module!r})")
    name = "gimp" if window else "gimp-console"
    series = ".".join(pkg_config("--modversion").split(".")[:2])
    line = [program(f"{name}-{series}", name + "-3", name),
            "--no-splash" if window else "-i"]
    line += ["--quit", "--batch-interpreter=python-fu-eval", "-b", code]
    return ["dbus-run-session", "--"] + line if window else line


@contextlib.contextmanager
def display(window):
    """A screen and a folder for sockets that no other run has; the variables
    that lead there."""
    if not window:
        yield {"NO_AT_BRIDGE": "1"}
        return
    with tempfile.TemporaryDirectory() as sockets, screen() as place:
        yield dict(place, XDG_RUNTIME_DIR=sockets)


def run_gimp(args, folder, env):
    """Runs GIMP to its end or the time limit; the reason if it failed."""
    line = command(args.module, args.window)
    with open(os.path.join(folder, "gimp.log"), "wb") as log:
        with subprocess.Popen(line, env=env, stdin=subprocess.DEVNULL,
                              stdout=log, stderr=log,
                              start_new_session=True) as process:
            try:
                process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return f"GIMP did not end within {TIMEOUT} s"
    return None


def report(folder, results, reason):
    """Prints the results; the exit status."""
    text = ""
    if os.path.exists(results):
        with open(results, encoding="utf-8") as tap:
            text = tap.read()
    print(text, end="")
    if not reason and "\n1.." not in text:
        reason = "GIMP ended before the tests did"
    if reason or "\nnot ok" in "\n" + text:
        with open(os.path.join(folder, "gimp.log"), encoding="utf-8",
                  errors="replace") as log:
            said = [line for line in log.read().splitlines()
                    if line and "gimp_flush(): error" not in line]
            for line in said[-60:]:
                print("# gimp:", line)
    if reason:
        print("Bail out!", reason)
        return 1
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--language", default="")
    parser.add_argument("--scheme", default="dark")
    parser.add_argument("module")
    parser.add_argument("plugin")
    parser.add_argument("models")
    parser.add_argument("folder")
    args = parser.parse_args()

    folder = os.path.abspath(args.folder)
    os.makedirs(folder, exist_ok=True)
    profile = stage(folder, args.plugin, args.models, args.scheme,
                    args.tiny)
    if args.module in ("refusals", "screens"):
        badmodels.make_all(os.path.join(args.models, "photo"),
                           os.path.join(profile, "diffusion-models"))
    results = os.path.join(folder, "results.tap")
    if os.path.exists(results):
        os.remove(results)
    locale = make_locale(folder, args.language)
    if locale is None:
        print(f"1..0 # SKIP localedef cannot make {args.language}")
        return 0
    env = dict(os.environ, **locale, GIMP3_DIRECTORY=profile,
               TAP_FILE=results, SHOTS=fresh(os.path.join(folder, "shots")),
               DIF_FRAME_LOG=os.path.join(folder, "frames.log"))
    open(env["DIF_FRAME_LOG"], "w", encoding="ascii").close()
    env.pop("NO_AT_BRIDGE", None)
    with display(args.window) as place:
        reason = run_gimp(args, folder, dict(env, **place))
    return report(folder, results, reason)


if __name__ == "__main__":
    sys.exit(main())
