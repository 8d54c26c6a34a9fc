#!/usr/bin/env bash
# Every decision has a number of its own, carries it in its heading, and stands in the index; where files of the
# project name a decision, it is there. Prints each offence; exits 1 if there is one.
set -u
cd "$1" || exit 2
offences=0
offence() { echo "$1"; offences=1; }

for file in docs/decisions/[0-9]*.md; do
  name=$(basename "$file")
  number=$((10#${name%%-*}))
  [ "$(printf '%s\n' docs/decisions/"${name%%-*}"-*.md | wc -l)" = 1 ] || offence "$file: its number is given twice"
  head -n 1 "$file" | grep -q "^# $number\. " || offence "$file: its heading has another number"
  grep -qF "[$number]($name) | $(head -n 1 "$file" | sed 's/^# [0-9]*\. //') |" docs/decisions/README.md ||
    offence "$file: docs/decisions/README.md does not list it under its heading"
done
while IFS=: read -r file named; do
  [ -f "$named" ] || offence "$file names $named, which is not there"
done < <(grep -roHE 'docs/decisions/[0-9]{4}[-a-z0-9]*(\.md)?' README.md CHANGELOG.md docs src io mpi gpu tests --include='*.md' \
           --include='*.[ch]' --include='*.cu' --include='*.sh' --include='*.py')
exit $offences
