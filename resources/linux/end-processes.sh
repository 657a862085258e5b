# Ends every process of the installed Holdfast: first Holdfast itself, so that it says farewell to its clients, then the
# keepers, which end the servers. Replaced files keep their folder in the link, so an older version is found as well.
holdfast_pids() {
  for entry in /proc/[0-9]*; do
    case "$(readlink "$entry/exe" 2>/dev/null)" in
    /usr/lib/holdfast/*) ;;
    *) continue ;;
    esac
    # A container shows its processes here, too; they are not of this installation.
    [ "$entry/root/." -ef /. ] || continue
    words=$(tr '\0' ' ' <"$entry/cmdline" 2>/dev/null) || continue
    case "$words" in
    *--type=*) kind=part ;;
    */keeper.js\ *) kind=keeper ;;
    *) kind=main ;;
    esac
    if [ "$1" = any ] || [ "$1" = "$kind" ]; then echo "${entry#/proc/}"; fi
  done
}
# $1: kind, $2: tenths of a second to wait
end_holdfast() {
  for pid in $(holdfast_pids "$1"); do kill -TERM "$pid" 2>/dev/null || true; done
  left=$2
  while [ "$left" -gt 0 ] && [ -n "$(holdfast_pids "$1")" ]; do
    sleep 0.1
    left=$((left - 1))
  done
}
end_holdfast main 100
end_holdfast keeper 80
for pid in $(holdfast_pids any); do kill -KILL "$pid" 2>/dev/null || true; done
