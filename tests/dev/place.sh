# SPDX-License-Identifier: GPL-3.0-or-later
#
# Puts a plug-in's folder into place and takes it away again, exactly: a
# list of what was placed is kept in the folder itself.  ./dev sources this
# file.  Needs say and die.

manifest=.installed-files

# Copies folder $1 to $2, in the place of what was placed there before.
place ()
{
  local list
  if [ -d "$2" ] && [ ! -e "$2/$manifest" ] && [ -n "$(ls -A "$2")" ]; then
    die "$2 is there already and was not put there by this script;" \
        "please move it away first"
  fi
  list=$(cd "$1" && find . -type f | LC_ALL=C sort)
  unplace "$2"
  mkdir -p "$2" || die "cannot make the folder $2"
  printf '%s\n' "$list" >"$2/$manifest"
  cp -R "$1/." "$2/" || die "cannot copy the plug-in to $2"
}

# Removes from folder $1 what place put there, and the folders that this
# leaves empty; anything else in it stays.
unplace ()
{
  local file
  [ -e "$1/$manifest" ] || return 0
  while IFS= read -r file; do
    case $file in
      ./*..*) die "$1/$manifest has a strange entry: $file" ;;
      ./*) rm -f "$1/$file" || die "cannot remove $1/$file" ;;
    esac
  done <"$1/$manifest"
  rm -f "$1/$manifest"
  find "$1" -depth -type d -empty -delete
  if [ -d "$1" ]; then
    say "kept what was not installed by this script:"
    find "$1" -type f >&2
  fi
}
