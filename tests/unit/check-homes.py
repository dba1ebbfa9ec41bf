# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what stands in the C files stands where one looks for it.

check-homes.py SOURCE FOLDER... looks through each folder of the source tree
and those below it, and speaks TAP.  x.c and x.h are one unit; a unit includes
another where one of its files has the other's header in an #include line.

- No unit includes itself by way of others, and ui includes nothing of plugin.
  x.c may include x-private.h, which includes x.h.

In the folders of PREFIXES, below:

- What a header declares is defined in the .c of its name.
- What a .c defines for others is declared in the header of its name, which it
  includes, so that the two cannot differ.
- Every function, type and DIF_ macro of a header begins with the prefix of its
  layer.
- No two types have one name; x-private.h may say x.h's again.
- No macro is called MOST, MANY or FEW of something: MAX_ or a name says it.

The compiler is not asked: names are read as this tree writes them, a
function's name at the beginning of the line where it is defined.
"""

import os
import re
import sys

# Files, by how they begin, that only the circles are looked for in.
OTHERS = ("ui/presets", "plugin/params", "plugin/procedure", "plugin/record",
          "plugin/settings")
PREFIXES = {"ui": ("dif_ui_", "DifUi", "DIF_UI_"),
            "plugin": ("dif_gimp_", "DifGimp", "DIF_GIMP_")}
MACRO = re.compile(r"^ *# *define +(DIF_\w+)", re.M)
VAGUE = re.compile(r"^ *# *define +((?:MOST|MANY|FEW)\w*)", re.M)
INCLUDE = re.compile(r'^ *# *include "([^"]+)"', re.M)
DEFINED = re.compile(r"^([a-z]\w*) +\([^;{]*\)\s*\{", re.M)
DECLARED = re.compile(r"\b([a-z]\w*) +\((?!\*)")


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def strip_macros(text):
    return re.sub(r"^ *#(?:.*\\\n)*.*$", "", text, flags=re.M)


def strip_bodies(text):
    """Without what is between braces: a body ends its statement."""
    out, depth = [], 0
    for char in text:
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                out.append(";" if out and "".join(out[-40:]).rstrip()[-1:] == ")"
                           else " ")
        elif depth == 0:
            out.append(char)
    return "".join(out)


def statements(text):
    text = re.sub(r"^G_(BEGIN|END)_DECLS *$", "", strip_macros(text), flags=re.M)
    text = re.sub(r"^(G_DE\w+ \(.*\))$", r"\1;", text, flags=re.M)
    return [s.strip() for s in strip_bodies(text).split(";")]


class File:
    def __init__(self, root, path):
        self.path = path
        self.unit = os.path.splitext(path)[0]
        with open(os.path.join(root, path), encoding="utf-8") as file:
            self.text = strip_comments(file.read())
        self.includes = INCLUDE.findall(self.text)

    def defined(self):
        """Functions that others can call."""
        text = strip_macros(self.text)
        found = set()
        for match in DEFINED.finditer(text):
            before = text[:match.start()].rstrip("\n").rsplit("\n\n", 1)[-1]
            last = re.split(r"[;}]", before)[-1]
            if not re.search(r"\bstatic\b", last):
                found.add(match[1])
        return found - {"main"}

    def declared(self):
        """Functions that a header declares."""
        found = set()
        for statement in statements(self.text):
            if re.match(r"(typedef|static|G_D\w+)\b", statement):
                continue
            match = DECLARED.search(statement)
            if match:
                found.add(match[1])
        return found

    def types(self):
        found = set()
        for statement in statements(self.text):
            match = re.match(r"G_DECLARE_FINAL_TYPE \((\w+)", statement)
            if match:
                found.add(match[1])
            if statement.startswith("typedef"):
                pointer = re.search(r"\(\* ?(\w+)\)", statement)
                name = pointer or re.search(r"(\w+)\s*$", statement)
                if name:
                    found.add(name[1])
        return found


def find_files(root, folders):
    found = {}
    for folder in folders:
        for place, _, names in os.walk(os.path.join(root, folder)):
            for name in names:
                if name.endswith((".c", ".h")):
                    path = os.path.relpath(os.path.join(place, name), root)
                    found[path] = File(root, path)
    return dict(sorted(found.items()))


def headers(file, files):
    """The headers that its #include lines mean: beside the file, below core
    or, for the plug-in, in ui."""
    found = set()
    for name in file.includes:
        beside = os.path.join(os.path.dirname(file.path), name)
        for path in (beside, os.path.join("core", name),
                     os.path.join("ui", name)):
            path = os.path.normpath(path)
            if path in files:
                found.add(path)
                break
    return found


def all_headers(file, files):
    """With those that these include."""
    seen, ahead = set(), [file.path]
    while ahead:
        for path in headers(files[ahead.pop()], files) - seen:
            seen.add(path)
            ahead.append(path)
    return seen


def find_circles(files):
    """Groups of units each of which includes all others by some way."""
    to = {}
    for file in files.values():
        others = {files[path].unit for path in headers(file, files)}
        to.setdefault(file.unit, set()).update(others - {file.unit})

    def reach(unit):
        seen, ahead = set(), [unit]
        while ahead:
            for other in to[ahead.pop()] - seen:
                seen.add(other)
                ahead.append(other)
        return seen

    reached = {unit: reach(unit) for unit in to}
    circles = {frozenset(o for o in reached[u] if u in reached[o])
               for u in to if u in reached[u]}
    return [" <-> ".join(sorted(circle)) for circle in sorted(circles, key=sorted)
            if len({unit.removesuffix("-private") for unit in circle}) > 1]


def check_ui(mine, files):
    return [f"{file.path} includes {name}" for file in mine.values()
            for name in file.includes if f"plugin/{name}" in files
            and f"ui/{name}" not in files]


def check_headers(mine, files):
    strays = []
    for file in mine.values():
        if file.path.endswith(".h"):
            code = files.get(file.unit + ".c")
            have = code.defined() if code else set()
            strays += [f"{file.path}: {name}() is not defined in "
                       f"{os.path.basename(file.unit)}.c"
                       for name in sorted(file.declared() - have)]
    return strays


def check_code(mine, files):
    strays = []
    for file in mine.values():
        if not file.path.endswith(".c"):
            continue
        header = files.get(file.unit + ".h")
        told = header.declared() if header else set()
        strays += [f"{file.path}: {name}() is not declared in "
                   f"{os.path.basename(file.unit)}.h"
                   for name in sorted(file.defined() - told)]
        if header and header.path not in all_headers(file, files):
            strays.append(f"{file.path} does not include its header")
    return strays


def check_prefixes(files, folder):
    return [f"{file.path}: {name}" for file in files.values()
            if file.path.endswith(".h")
            for name in sorted(file.declared() | file.types()
                               | set(MACRO.findall(file.text)))
            if not name.startswith(PREFIXES[folder])]


def check_types(mine, files):
    """Types of these files that have a namesake in any unit."""
    units = {}
    for file in files.values():
        for name in file.types():
            units.setdefault(name, set()).add(
                file.unit.removesuffix("-private"))
    return [f"{name}: {', '.join(sorted(units[name]))}"
            for name in sorted({n for f in mine.values() for n in f.types()})
            if len(units[name]) > 1]


def check_macros(files):
    return [f"{file.path}: {name}" for file in files.values()
            for name in VAGUE.findall(file.text)]


def main(root, folders):
    files = find_files(root, ("core", "ui", "plugin"))
    checks = []
    for folder in folders:
        mine = {p: f for p, f in files.items()
                if p.startswith(folder + "/") and not p.startswith(OTHERS)}
        checks.append((f"{folder} has no circles",
                       [c for c in find_circles(files) if folder + "/" in c]))
        if folder == "ui":
            checks.append(("ui includes nothing of plugin",
                           check_ui(mine, files)))
        if folder in PREFIXES:
            checks += [
                (f"{folder}: a header declares what the .c of its name defines",
                 check_headers(mine, files)),
                (f"{folder}: a .c is declared in the header of its name",
                 check_code(mine, files)),
                (f"{folder}: names have the prefix of the layer",
                 check_prefixes(mine, folder)),
                (f"{folder}: no two types have one name",
                 check_types(mine, files)),
                (f"{folder}: no macro is called MOST, MANY or FEW",
                 check_macros(mine))]
    print("TAP version 13")
    for n, (what, offenders) in enumerate(checks, 1):
        print("not ok" if offenders else "ok", n, "-", what)
        for line in offenders:
            print("#", line)
    print(f"1..{len(checks)}")
    return any(offenders for _, offenders in checks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
