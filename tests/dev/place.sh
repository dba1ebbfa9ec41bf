# SPDX-License-Identifier: GPL-3.0-or-later
#
# Puts a plug-in's folder into place and takes it away again, exactly: a
# list of what was placed is kept in the folder itself.  And where the user's
# own GIMP looks for it.  ./dev sources this file.  Needs say and die.

manifest=.installed-files

# Prints the series, as 3.2, of the GIMP 3 that this system has, or nothing.
own_series ()
{
  local name series names=(gimp-3 gimp gimp-console-3 gimp-console)
  # Where these links are not, programs have the series in their names.
  mapfile -t -O ${#names[@]} names < <(compgen -c gimp-3. | sort -Vr)
  for name in "${names[@]}"; do
    series=$(LC_ALL=C "$name" --version 2>/dev/null </dev/null |
               sed -n 's/.*Image.* \(3\.[0-9][0-9]*\).*/\1/p') || true
    [ -z "$series" ] || { echo "$series"; return; }
  done
}

# Where a GIMP of series $1 looks for this plug-in in the user's own folder.
user_folder ()
{
  local config=${XDG_CONFIG_HOME:-$HOME/.config}
  echo "${GIMP3_DIRECTORY:-$config/GIMP/$1}/plug-ins/diffusion"
}

# Prints, one on a line, the user's folders in which place has put a
# plug-in, of all series.
placed_folders ()
{
  local folder config=${XDG_CONFIG_HOME:-$HOME/.config} folders
  folders=("$config"/GIMP/3.*)
  [ -z "${GIMP3_DIRECTORY:-}" ] || folders=("$GIMP3_DIRECTORY")
  for folder in "${folders[@]}"; do
    folder=$folder/plug-ins/diffusion
    [ ! -e "$folder/$manifest" ] || echo "$folder"
  done
}

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
