#!/usr/bin/env bash
# Each kind of doubt (core/doubt_list.h) has a script beside this one that raises it and shows a good neighbour, and a
# paragraph in docs/troubleshooting.md; and each of those belongs to a kind.
# usage: listed.sh SOURCE_FOLDER
set -euo pipefail
cd "$1"
kinds=$(sed -n 's/^ *X([A-Z_0-9]*, \([a-z_0-9]*\), \(OK\|USAGE\|DATA\),.*/\1/p' src/core/doubt_list.h | sort)
[ -n "$kinds" ] || { echo "no kind in src/core/doubt_list.h"; exit 1; }
bad=0
complain() {
  echo "$1"
  bad=1
}
for kind in $kinds; do
  script=tests/doubts/$kind.sh
  grep -q "^### \`$kind\`" docs/troubleshooting.md || complain "$kind: docs/troubleshooting.md has no paragraph '### \`$kind\`'"
  [ -f "$script" ] || { complain "$kind: there is no $script"; continue; }
  grep -q "^ *doubted [0-9] $kind " "$script" || complain "$script: does not raise the doubt"
  grep -q "^ *undoubted " "$script" || complain "$script: has no neighbour without a doubt"
done
for script in tests/doubts/*.sh; do
  name=$(basename "$script" .sh)
  case $name in lib | listed) continue ;; esac
  grep -qx "$name" <<<"$kinds" || complain "$script: core/doubt_list.h has no kind of this name"
done
while read -r heading; do
  grep -qx "$heading" <<<"$kinds" || complain "docs/troubleshooting.md: there is no doubt '$heading'"
done < <(sed -n 's/^### `\([a-z_0-9]*\)`.*/\1/p' docs/troubleshooting.md)
echo "$(wc -w <<<"$kinds") kinds of doubt"
exit $bad
