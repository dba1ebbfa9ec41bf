# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line itself: help, versions, statuses, values out of range,
names of files to write."""

import re
import sys

import png
from harness import bad, case, expect_files, good, main, run

COMMANDS = ("vary", "noise", "generate", "restore", "models")

BAD_VALUES = {
    "--strength": ("-0.1", "1.1", "101%", "nan", "inf", "", "x", "0.4x",
                   "40%%", "%"),
    "--variations": ("0", "-1", "101", "1.5", "", "99999999999999999999"),
    "--seed": ("-1", "18446744073709551616", "0x10", "", "1 "),
    "--steps": ("0", "-3", "1001", "12x", ""),
    "--sampler": ("", "DDIM", "euler", "ddpm "),
    "--vary": ("-0.1", "1.1", "nan", "", "x"),
    "--vary-seed": ("-1", "18446744073709551616", ""),
    "--quality": ("", "Best", "custom"),
    "--scale-side": ("-1", "262145", "2147483648", ""),
    "--threads": ("-1", "1025", "two"),
    "--batch": ("-1", "257", ""),
}

BAD_PATTERNS = ("%s.png", "%n.png", "%d%d.png", "100%", "100%.png", "%",
                "%5d.png", "%0d.png", "%010d.png", "%*d.png", "%1$d.png",
                "%-3d.png", "%ld.png", "%x.png", "%%d.png", "plain.png",
                "%d-%02d.png", "%02.png")


@case("no command: usage")
def no_command():
    bad(2, says=["command"])


@case("unknown command: usage, named")
def unknown_command():
    bad(2, "paint", says=["paint"])


@case("--help tells the commands and the exit statuses")
def overall_help():
    text = good("--help")
    for word in COMMANDS + ("130", "--version"):
        assert word in text, word
    assert re.search(r"^Exit status:", text, re.M)
    assert text == good("-h")


@case("--version prints the project's version first")
def version():
    first = good("--version").splitlines()[0]
    assert first == f"gimp-diffusion {sys.argv[3]}", first


@case("output that cannot be written is a failure")
def full_output():
    with open("/dev/full", "wb") as full:
        status, _, err = run("--help", stdout=full)
    assert status == 1 and "standard output" in err, (status, err)


def command_help(command, options):
    text = good(command, "--help")
    assert f"gimp-diffusion {command}" in text
    for option in options:
        assert option in text, option


case("vary --help", "vary",
     list(BAD_VALUES) + ["--eta", "--output", "%%", "overwritten"])(
         command_help)
case("noise --help", "noise", ["--strength", "--seed"])(command_help)
case("generate --help", "generate", ["--size", "--steps"])(command_help)
case("restore --help", "restore",
     ["--amount", "--detail", "--colour-noise", "--regrain", "--blocks",
      "--draws", "--output"])(command_help)
case("models --help", "models", ["--json"])(command_help)


def bad_value(option, value):
    bad(2, "vary", "in.png", "-o", "%d.png", f"{option}={value}",
        says=[f"{option}={value}", "wanted"])


for _option, _values in BAD_VALUES.items():
    for _value in _values:
        case(f"{_option}={_value!r} is refused", _option, _value)(bad_value)


@case("--eta outside 0 to 1 is refused")
def bad_eta():
    for value in ("-0.1", "1.01", "50%", "nan"):
        bad(2, "vary", "in.png", "-o", "%d.png", "--made-of=model",
            "--sampler=ddim", f"--eta={value}", says=["--eta"])


@case("--eta without ddim is refused")
def lonely_eta():
    bad(2, "vary", "in.png", "-o", "%d.png", "--made-of=model", "--eta=0.5",
        says=["ddim"])


@case("what counts for the model alone is refused without, and the reverse")
def made_of():
    for option in ("--steps=3", "--sampler=ddim", "--eta=0", "--quality=best"):
        bad(2, "vary", "in.png", "-o", "%d.png", option,
            says=[option, "--made-of=model"])
    for option in ("--structure=10%", "--layout=1"):
        bad(2, "vary", "in.png", "-o", "%d.png", "--made-of=model", option,
            says=[option, "layer-finished"])


def bad_size(value):
    bad(2, "generate", "-o", "x.png", f"--size={value}", says=["WxH"])


for _value in ("", "10", "0x10", "10x0", "10x10x10", "-5x10", "10X10",
               "262145x1", "axb"):
    case(f"--size={_value!r} is refused", _value)(bad_size)


@case("missing and superfluous operands are usage errors")
def operands():
    bad(2, "vary", says=["missing"])
    bad(2, "vary", "in.png", says=["--output"])
    bad(2, "noise", "-o", "x.png", says=["missing"])
    bad(2, "vary", "a.png", "b.png", "-o", "%d.png", says=["b.png"])
    bad(2, "generate", "a.png", "-o", "x.png", "--size=4x4", says=["a.png"])
    bad(2, "generate", "-o", "x.png", says=["--size"])
    bad(2, "models", "photo", says=["photo"])


@case("options of other commands are unknown")
def foreign_options():
    bad(2, "noise", "a.png", "-o", "x.png", "--steps=3", says=["--steps"])
    bad(2, "vary", "a.png", "-o", "%d.png", "--size=3x3", says=["--size"])
    bad(2, "models", "--seed=3", says=["--seed"])
    bad(2, "restore", "a.png", "-o", "x.png", "-s0.5", says=["-s"])
    bad(2, "vary", "a.png", "-o", "%d.png", "--amount=1", says=["--amount"])
    bad(2, "vary", "--frobnicate", says=["--frobnicate"])


def bad_pattern(pattern):
    png.write("in.png", png.sample(4, 4))
    bad(2, "vary", "in.png", "-o", pattern, "-n", "2", "-s", "0",
        says=[f"--output={pattern}"])
    expect_files("in.png")


for _pattern in BAD_PATTERNS:
    case(f"output {_pattern!r} is refused", _pattern)(bad_pattern)


def directive_for_one(pattern):
    png.write("in.png", png.sample(4, 4))
    bad(2, "noise", "in.png", "-o", pattern, says=[f"--output={pattern}"])
    expect_files("in.png")


for _pattern in ("%s.png", "100%.png", "%n", ""):
    case(f"output {_pattern!r} is refused for one picture too",
         _pattern)(directive_for_one)


@case("%d, %03d and %% in the output's name")
def patterns():
    png.write("in.png", png.sample(4, 4))
    for pattern in ("a-%d.png", "b%%-%03d.png"):
        good("vary", "in.png", "-o", pattern, "-n", "2", "-s", "0")
    good("vary", "in.png", "-o", "c 100%%.png", "-n", "1", "-s", "0")
    expect_files("a-1.png", "a-2.png", "b%-001.png", "b%-002.png",
                 "c 100%.png", "in.png")


@case("strength as a share and as a percentage is the same")
def percent():
    png.write("in.png", png.sample(9, 7))
    good("noise", "in.png", "-o", "a.png", "-s", "0.25")
    good("noise", "in.png", "-o", "b.png", "--strength=25%")
    good("noise", "in.png", "-o", "c.png", "--strength=25 %")
    assert png.read("a.png").rows == png.read("b.png").rows
    assert png.read("a.png").rows == png.read("c.png").rows
    assert png.read("a.png").rows != png.read("in.png").rows


@case("letters with and without a space before their value")
def letters():
    png.write("in.png", png.sample(9, 7))
    good("noise", "in.png", "-oa.png", "-s25%")
    good("noise", "-s", "0.25", "-o", "b.png", "in.png")
    assert png.read("a.png").rows == png.read("b.png").rows
    good("noise", "in.png", "-o", "-n4.png", "-s0")
    expect_files("in.png", "a.png", "b.png", "-n4.png")
    bad(2, "vary", "in.png", "-o%d.png", "-n0", says=["--variations=0"])
    bad(2, "noise", "in.png", "-o", says=["-o"])


@case("a name that begins with a dash comes after --")
def dashes():
    png.write("-in.png", png.sample(4, 4))
    good("noise", "-o", "x.png", "-s", "0", "--", "-in.png")
    assert png.read("x.png").rows == png.read("-in.png").rows


main()
