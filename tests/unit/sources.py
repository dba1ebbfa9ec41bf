# SPDX-License-Identifier: GPL-3.0-or-later
"""The C files of the source tree, as far as check-house.py asks about them.

The compiler is not asked: names are read as this tree writes them, a
function's name at the beginning of the line where it is defined.
"""

import os
import re

MACRO = re.compile(r"^ *# *define +(\w+)", re.M)
INCLUDE = re.compile(r'^ *# *include "([^"]+)"', re.M)
LIBRARY = re.compile(r"^ *# *include <([^>]+)>", re.M)
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
    """A .c or .h; names in it are sets of strings."""

    def __init__(self, root, path):
        self.path = path
        self.folder = os.path.dirname(path)
        self.stem = os.path.splitext(path)[0]
        with open(os.path.join(root, path), encoding="utf-8") as file:
            self.text = strip_comments(file.read())
        self.includes = INCLUDE.findall(self.text)
        self.libraries = LIBRARY.findall(self.text)

    def is_header(self):
        return self.path.endswith(".h")

    def macros(self):
        return set(MACRO.findall(self.text))

    def defined(self):
        """Functions that others can call."""
        text = strip_macros(self.text)
        found = set()
        for match in DEFINED.finditer(text):
            before = text[:match.start()].rstrip("\n").rsplit("\n\n", 1)[-1]
            last = re.split(r"[;}]", before)[-1]
            if not re.search(r"\bstatic\b", last):
                found.add(match[1])
        quarks = re.findall(r"^G_DEFINE_QUARK \([\w-]+, (\w+)\)", text, re.M)
        return found - {"main"} | {name + "_quark" for name in quarks}

    def declared(self):
        """Functions that a header declares for a .c to define."""
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


class Tree:
    """The files below some folders of root, by path."""

    def __init__(self, root, folders, without=()):
        self.files = {}
        for folder in folders:
            for place, _, names in os.walk(os.path.join(root, folder)):
                for name in names:
                    path = os.path.relpath(os.path.join(place, name), root)
                    if name.endswith((".c", ".h")) and \
                            not path.startswith(without):
                        self.files[path] = File(root, path)
        self.files = dict(sorted(self.files.items()))

    def find(self, file, name):
        """The path that file means by #include "name": beside it, below core
        or, for the plug-in and the tests, in ui or plugin; or None."""
        for folder in (file.folder, "core", "ui", "plugin"):
            path = os.path.normpath(os.path.join(folder, name))
            if path in self.files:
                return path
        return None

    def headers(self, file):
        """The paths of what its #include lines mean."""
        found = (self.find(file, name) for name in file.includes)
        return {path for path in found if path}

    def all_headers(self, file):
        """With those that these include."""
        seen, ahead = set(), [file.path]
        while ahead:
            for path in self.headers(self.files[ahead.pop()]) - seen:
                seen.add(path)
                ahead.append(path)
        return seen
