# SPDX-License-Identifier: GPL-3.0-or-later
#
# Which tests are meant by the names that are given to ./dev test.  ./dev
# sources this file.  Needs die.

# Prints the names of tests, one a line, that are meant by $2...: tests,
# suites or patterns.  $1 is meson's list of all, each "project:suite / name".
chosen_tests ()
{
  local list=$1 name line found
  shift
  for name in "$@"; do
    found=no
    while IFS= read -r line; do
      # shellcheck disable=SC2053  # a pattern
      if [[ ${line#* / } == $name || ${line% / *} == *:"$name" ]]; then
        printf '%s\n' "${line#* / }"
        found=yes
      fi
    done <<<"$list"
    [ $found = yes ] || die "there is no test or suite $name"
  done
}
