#!/bin/sh
# The command "holdfast" of an installed Holdfast: any word in lower case is for the command line, which says so of one that it does not
# know; links and options are for the app. It needs no Node.
app=$(dirname "$(dirname "$(readlink -f "$0")")")
case "${1-}" in
*:*) ;;
# A range would depend on the language of the system.
[abcdefghijklmnopqrstuvwxyz]* | --help | -h | --version)
  ELECTRON_RUN_AS_NODE=1 exec "$app/holdfast" --max-semi-space-size=4 "$app/resources/app.asar/out/main/holdfast.js" "$@"
  ;;
esac
if [ -z "${DISPLAY-}" ] && [ -z "${WAYLAND_DISPLAY-}" ]; then
  echo 'holdfast: there is no display to open a window on. Without one, run "holdfast headless".' >&2
  exit 1
fi
# As without a window: a smaller young generation saves memory, and costs nothing that could be measured.
exec "$app/holdfast" --js-flags=--max-semi-space-size=4 "$@"
