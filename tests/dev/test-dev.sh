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
  dev test now
  check 'an argument too many is refused' \
    '1 dev: test takes no arguments' "$status $(cat "$scratch/err")"
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
test_install
echo "1..$number"
