# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tests of the launcher that need neither a network nor a build:
# test-dev.sh CHECKOUT, speaks TAP.
set -u

checkout=$1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
number=0

# check NAME WANTED FOUND
check ()
{
  number=$((number + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $number - $1"
  else
    echo "not ok $number - $1"
    printf 'wanted: %s\nfound: %s\n' "$2" "$3" | sed 's/^/# /'
  fi
}

# Runs the launcher; leaves its exit status, output and messages.
dev ()
{
  "$checkout/dev" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  status=$?
}

test_commands ()
{
  dev help
  check 'help succeeds' 0 $status
  check 'help names every command' \
    'run gui test bench install uninstall shell help' \
    "$(sed -n 's/^  \([a-z]*\) .*  .*/\1/p' "$scratch/out" | xargs)"
  dev
  check 'no command shows the help' 'Usage: ./dev COMMAND' \
    "$(head -n 1 "$scratch/out")"
  dev frobnicate
  check 'an unknown command is refused' \
    '2 dev: there is no command frobnicate' \
    "$status $(tail -n 1 "$scratch/err")"
  dev bench now
  check 'an argument too many is refused' \
    '1 dev: bench takes no arguments' "$status $(cat "$scratch/err")"
  dev run 'no such.png'
  check 'a missing image is refused' \
    '1 dev: there is no image no such.png' "$status $(cat "$scratch/err")"
  dev gui "$scratch"
  check 'a folder is not an image' \
    "1 dev: $scratch is not a file" "$status $(cat "$scratch/err")"
  mkdir "$scratch/a b"
  ln -s "$checkout/dev" "$scratch/a b/de v"
  "$scratch/a b/de v" help >"$scratch/out" 2>&1
  check 'works through a link with spaces' 'Usage: ./dev COMMAND' \
    "$(head -n 1 "$scratch/out")"
}

# closing NAME WANTED < LOG: the closing line and status for a test log.
closing ()
{
  local line
  cat >"$scratch/testlog.json"
  line=$(python3 "$checkout/tests/dev/count.py" "$scratch/testlog.json" \
           2>"$scratch/err")
  check "$1" "$2" "$? $line"
}

test_closing_line ()
{
  closing 'programs and test points are counted' \
    '0 4 passed, 0 failed, 2 skipped' <<'END'
{"result": "OK", "stdout": "1..4\n# 9\nok 1 /a\nok 2 # SKIP\nok 3\nok\n  ok\n"}
{"result": "OK", "stdout": "ok 1\nok 2\n"}
{"result": "SKIP", "stdout": ""}
END
  closing 'failures are counted' '1 2 passed, 3 failed, 0 skipped' <<'END'
{"name": "maths", "result": "ERROR", "stdout": "not ok\nok\nok\nnot ok\n1..4"}
{"result": "FAIL", "stdout": ""}
END
  check 'failures are shown' '--- maths' "$(head -n 1 "$scratch/err")"
  closing 'a crash and a hang are failures' \
    '1 3 passed, 4 failed, 0 skipped' <<'END'
{"result": "ERROR", "stdout": "ok 1\nBail out! Gone.\n"}
{"result": "ERROR", "stdout": "1..2\nok 1 /a\n"}
{"result": "TIMEOUT", "stdout": "1..2\nok 1 /a\n"}
{"result": "ERROR", "stdout": ""}
END
  closing 'no tests at all is a failure' \
    '1 0 passed, 0 failed, 0 skipped' </dev/null
  closing 'skips alone are a failure' \
    '1 0 passed, 0 failed, 2 skipped' <<'END'
{"result": "SKIP", "stdout": "1..0 # SKIP no display\n"}
{"result": "OK", "stdout": "1..1\nok 1 # SKIP no AVX\n"}
END
  closing 'an unreadable log is a failure' \
    '1 0 passed, 1 failed, 0 skipped' <<<'{"name": '
}

# chosen NAME... : the tests that are meant by names, of those in a list.
chosen ()
(
  die () { echo "$*"; exit 1; }
  # shellcheck source=tests/dev/choose.sh
  . "$checkout/tests/dev/choose.sh"
  chosen_tests "$(printf 'x:%s\n' 'unit / job' 'unit / job-memory' \
                    'ui / picks' 'dev / dev')" "$@" | xargs
)

test_names ()
{
  check 'a test is chosen by its name' 'job' "$(chosen job)"
  check 'so are all of a suite' 'job job-memory' "$(chosen unit)"
  check 'a name may be a pattern' 'job-memory' "$(chosen 'job-*')"
  check 'several names are taken together' 'picks dev' "$(chosen ui dev)"
  check 'an unknown name is refused' 'there is no test or suite picker' \
    "$(chosen picker)"
  check 'even among others' 'job there is no test or suite --list' \
    "$(chosen job --list)"
}

# choice RELEASE HOST SYSTEM: what is chosen where DIF_RELEASE and DIF_SYSTEM
# are those (empty: not set) and this system, HOST, can build.
choice ()
(
  DIF_RELEASE=$1 DIF_SYSTEM=$3 DIF_CACHE=/c
  host=$2
  [ -n "$1" ] || unset DIF_RELEASE
  [ -n "$3" ] || unset DIF_SYSTEM
  die () { echo "$*"; exit 1; }
  # shellcheck source=tests/dev/system.sh
  . "$checkout/tests/dev/system.sh"
  host_release () { echo "$host"; }
  have () { [ "$1" != apt-get ]; }
  can_build () { :; }
  prepare_root () { choose_release; printf '%s: ' "$debian in $root"; }
  choose_system && build_system
)

test_release ()
{
  check 'a system that can build is worked on' 'host debian forky' \
    "$(choice '' 'debian forky' '')"
  check 'a release is worked with in a root of its own' \
    'Debian forky in /c/debian-forky: root debian forky' \
    "$(choice forky 'debian trixie' '')"
  check 'so is the usual release where the system is another one' \
    'Debian 13 in /c/debian-13: root debian trixie' \
    "$(choice trixie 'debian forky' '')"
  check 'another distribution is never the release' \
    'Debian 13 in /c/debian-13: root debian trixie' \
    "$(choice trixie 'raspbian trixie' '')"
  check 'a system of the release is worked on' 'host debian forky' \
    "$(choice forky 'debian forky' '')"
  check 'a system of another release cannot be asked for' \
    "DIF_SYSTEM is host, but this system is not Debian forky, which \
DIF_RELEASE asks for" "$(choice forky 'debian trixie' host)"
  check 'a root can be asked for' \
    'Debian 13 in /c/debian-13: root debian trixie' \
    "$(choice '' 'debian trixie' root)"
  DIF_RELEASE=woody dev shell
  check 'an unknown release is refused' \
    "1 dev: the release 'woody' (DIF_RELEASE) is unknown; it may be trixie \
or forky" "$status $(cat "$scratch/err")"
  DIF_RELEASE=woody dev help
  check 'help is given whatever the release' 0 $status
}

# made FAULT: makes a root from a mirror that is sound, or whose package lists
# are expired, or that lacks a package; prints how often mmdebstrap was called,
# how often the date was to be overlooked, how often that was said, and what
# is in the root.
made ()
(
  set -o pipefail
  export PATH="$scratch/fake:$PATH" DIF_CACHE="$scratch/cache"
  export fault=$1 calls="$scratch/calls"
  DIF_RELEASE=forky
  say () { echo "$*"; }
  die () { echo "refused: $*"; exit 1; }
  # shellcheck source=tests/dev/system.sh
  . "$checkout/tests/dev/system.sh"
  host_mirror () { echo http://mirror.test; }
  missing_packages () { :; }
  choose_release
  mkdir -p "$cache"
  : >"$calls"
  (make_root) >"$scratch/out" 2>"$scratch/err"
  grep -c . "$calls"
  grep -c Valid-Until "$calls"
  grep -c 'past their date' "$scratch/out"
  [ ! -d "$root" ] || ls "$root"
)

test_lists ()
{
  mkdir "$scratch/fake"
  printf '#!/bin/sh\nexit 0\n' >"$scratch/fake/apt-config"
  cat >"$scratch/fake/mmdebstrap" <<'END'
#!/bin/sh
echo "$*" >>"$calls"
case "$fault $*" in
  expired*Valid-Until*|sound*) ;;
  expired*)
    echo "E: Release file for http://x/InRelease is expired (since 2d)." >&2
    exit 1 ;;
  *) echo "E: Unable to locate package gimp" >&2; exit 1 ;;
esac
cd "$(dirname "$calls")/fake" && exec tar -c apt-config
END
  chmod +x "$scratch/fake/"*
  check 'lists are taken within their date' '1 0 0 apt-config' \
    "$(made sound | xargs)"
  check 'lists past their date are taken with a word' '2 1 1 apt-config' \
    "$(made expired | xargs)"
  rm -rf "$scratch/cache"
  check 'other faults leave the date alone' '2 0 0' \
    "$(made missing | xargs)"
}

# series NAME... : the GIMP that own_series finds among programs of these
# names, each with the version after its colon.
series ()
(
  local name
  rm -rf "${scratch:?}/bin"
  mkdir "$scratch/bin"
  ln -s "$(command -v sed)" "$(command -v sort)" "$scratch/bin"
  for name in "$@"; do
    printf '#!/bin/sh\necho "GNU Image Manipulation Program version %s"\n' \
      "${name#*:}" >"$scratch/bin/${name%:*}"
    chmod +x "$scratch/bin/${name%:*}"
  done
  # shellcheck source=tests/dev/place.sh
  . "$checkout/tests/dev/place.sh"
  set -euo pipefail
  PATH=$scratch/bin
  hash -r
  own_series
)

test_own_gimp ()
{
  check 'the GIMP of this system is asked for its series' 3.2 \
    "$(series gimp-3:3.2.6 gimp-3.2:3.2.6 gimp:3.2.6)"
  check 'GIMP 2 is passed over' 3.0 "$(series gimp:2.10.38 gimp-3.0:3.0.4)"
  check 'of several, the newest is taken' 3.10 \
    "$(series gimp-3.0:3.0.4 gimp-3.10:3.10.0-RC1 gimp-3.2:3.2.6)"
  check 'no GIMP 3 is no series' '' "$(series gimp:2.10.38)"
}

test_uninstall ()
{
  local at name
  export HOME="$scratch/home"
  unset XDG_CONFIG_HOME GIMP3_DIRECTORY
  dev uninstall
  check 'there is nothing to remove at first' \
    "0 ==> nothing to remove: this script has not installed \
$HOME/.config/GIMP/3.*/plug-ins/diffusion" "$status $(cat "$scratch/err")"
  for name in 3.0 3.2; do
    at=$HOME/.config/GIMP/$name/plug-ins/diffusion
    mkdir -p "$at"
    echo ./diffusion >"$at/.installed-files"
    echo 1 >"$at/diffusion"
  done
  echo mine >"$HOME/.config/GIMP/3.0/mine"
  dev uninstall
  check 'every series is rid of it' './.config/GIMP/3.0/mine' "$(tree "$HOME")"
  check 'and it says so' 2 "$(grep -c '==> removed from' "$scratch/err")"
}

# The files below folder $1, sorted, in one line.
tree () { (cd "$1" 2>/dev/null && find . -type f | sort | xargs); }

test_install ()
{
  local from="$scratch/new plug-in" to="$scratch/c d/plug-ins/diffusion"
  say () { :; }
  die () { echo "refused"; exit 1; }
  # shellcheck source=tests/dev/place.sh
  . "$checkout/tests/dev/place.sh"

  mkdir -p "$from/models/photo"
  echo 1 >"$from/diffusion"
  echo 2 >"$from/models/photo/old weights"
  place "$from" "$to"
  check 'install copies the folder' \
    './.installed-files ./diffusion ./models/photo/old weights' "$(tree "$to")"
  mv "$from/models/photo/old weights" "$from/models/photo/new"
  place "$from" "$to"
  check 'installing again removes stale files' \
    './.installed-files ./diffusion ./models/photo/new' "$(tree "$to")"
  echo mine >"$to/models/mine"
  unplace "$to" 2>/dev/null
  check "uninstall keeps the user's files" './models/mine' "$(tree "$to")"
  check 'install refuses a folder of others' 'refused' \
    "$(place "$from" "$to")"
  rm "$to/models/mine"
  rmdir "$to/models"
  place "$from" "$to"
  unplace "$to" 2>/dev/null
  check 'uninstall leaves nothing' '' "$(ls -A "$scratch/c d/plug-ins")"
}

test_commands
test_closing_line
test_names
test_release
test_lists
test_own_gimp
test_install
test_uninstall
echo "1..$number"
