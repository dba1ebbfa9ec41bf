#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check-po.sh SOURCE: every file with translatable text is listed, and every
# catalogue has all of today's texts, with the same formats and a mnemonic
# where the English has one.  TAP.
set -u
cd "$1" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0 status=0

report () # DESCRIPTION OFFENDERS
{
  n=$((n + 1))
  if [ -z "$2" ]; then
    echo "ok $n - $1"
  else
    echo "not ok $n - $1"
    echo "$2" | sed 's/^/# /'
    status=1
  fi
}

# The entries of a catalogue that msgattrib picks, but for its header.
entries () # CATALOGUE OPTIONS...
{
  file=$1
  shift
  msgattrib --no-wrap "$@" "$file" | grep -E '^msgid "..*"'
}

grep -lE '\bN?_\("|ngettext \(' core/*.[ch] core/*/*.[ch] plugin/*.[ch] \
  ui/*.[ch] |
  LC_ALL=C sort >"$tmp/have"
grep -vE '^(#|$)' plugin/po/POTFILES | LC_ALL=C sort >"$tmp/listed"
report "POTFILES lists every file with texts" \
  "$(diff "$tmp/have" "$tmp/listed")"

xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
  --flag=g_strdup_printf:1:c-format --flag=g_string_append_printf:2:c-format \
  --flag=g_set_error:4:c-format --files-from="$tmp/listed" \
  --output="$tmp/now.pot" 2>"$tmp/log" || report "xgettext" "$(cat "$tmp/log")"
report "There are texts" \
  "$([ "$(grep -c '^msgid' "$tmp/now.pot")" -gt 50 ] || echo too few)"

while read -r language; do
  po=plugin/po/$language.po
  report "$language: formats and mnemonics are right" \
    "$(msgfmt --check --check-accelerators=_ --output-file=/dev/null "$po" 2>&1)"
  msgmerge --quiet --no-fuzzy-matching --no-wrap "$po" "$tmp/now.pot" \
    --output-file="$tmp/$language.po" 2>"$tmp/log" ||
    report "$language: can be read" "$(cat "$tmp/log")"
  report "$language: nothing is missing or fuzzy" \
    "$(entries "$tmp/$language.po" --untranslated --no-obsolete
       entries "$tmp/$language.po" --only-fuzzy --no-obsolete)"
done <plugin/po/LINGUAS
echo "1..$n"
exit $status
