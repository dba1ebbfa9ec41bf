# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the closing line of a test run, "N passed, N failed, N skipped".

count.py TESTLOG reads the testlog.json that "meson test" writes, one JSON
object per program.  A program that speaks TAP counts once for each of its
test points, any other counts once.  The exit status is 1 if a test failed
or none ran.  The lines around each failed test point go to standard error,
since meson shows nothing of them.
"""

import json
import re
import sys

GOOD = {"OK", "EXPECTEDFAIL"}
CONTEXT = 4     # lines before a failure
MOST = 40       # lines about one
TAP = re.compile(r"1\.\.\d+|TAP version|Bail out!")
POINT = re.compile(r"(not )?ok\b(?:[^#\\]|\\.)*(?:#\s*(skip|todo)\b)?", re.I)


def count_tap(text):
    """Counts the test points of one program: passed, failed, skipped."""
    passed = failed = skipped = 0
    for line in text.splitlines():
        point = POINT.match(line)
        if not point:
            continue
        if point[2]:
            skipped += 1
        elif point[1]:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def show_failures(name, text):
    """Shows each failure with what is said of it, or how the program
    ended."""
    lines = text.splitlines()
    shown = set()
    for k, line in enumerate(lines):
        if not line.startswith(("not ok", "Bail out!")):
            continue
        shown.update(range(max(0, k - CONTEXT), k + 1))
        for later in range(k + 1, min(len(lines), k + MOST)):
            if not lines[later].startswith("#"):
                break
            shown.add(later)
    if not shown:
        shown.update(range(max(0, len(lines) - CONTEXT), len(lines)))
    print(f"--- {name}", file=sys.stderr)
    for k in sorted(shown):
        print(lines[k], file=sys.stderr)


def count_program(entry):
    """Counts one program of the log: passed, failed, skipped."""
    text = entry.get("stdout") or ""
    good = entry["result"] in GOOD
    if entry["result"] == "SKIP":
        return 0, 0, 1
    if not any(TAP.match(line) for line in text.splitlines()):
        return int(good), int(not good), 0
    passed, failed, skipped = count_tap(text)
    if failed or not good:
        show_failures(entry.get("name"), text)
    # A crash, a hang or a broken plan is a failure of its own.
    if not good and failed == 0:
        failed = 1
    return passed, failed, skipped


def main(path):
    passed = failed = skipped = 0
    try:
        with open(path, encoding="utf-8") as log:
            for line in log:
                p, f, s = count_program(json.loads(line))
                passed, failed, skipped = passed + p, failed + f, skipped + s
    except (OSError, ValueError, KeyError) as fault:
        print(f"cannot count the tests in {path}: {fault}", file=sys.stderr)
        failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
