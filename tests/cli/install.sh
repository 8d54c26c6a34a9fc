#!/usr/bin/env bash
# `cmake --install`: what comes with the program, and that it works where it is put.
# usage: install.sh PSTM SCRATCH BUILD SOURCE
source "$(dirname "$0")/lib.sh"
root=$scratch/root
check "install" cmake --install "$3" --prefix "$root"
check "the program runs" "$root/bin/pstm" --version
features() { "$root/bin/pstm" --version | grep -E "^$1 +.*$2"; }
check "and names its weights" features weights "none obliquity true"
check "its laws" features laws straight
check "whether it has CUDA" features CUDA "(yes|no)"
check "job scripts are there, with their settings" test -x "$root/share/pstm/jobscripts/slurm_cpu.sh" -a \
  -f "$root/share/pstm/jobscripts/site.sh"
check "they are whole" bash -c "for f in '$root'/share/pstm/jobscripts/*.sh; do bash -n \"\$f\" || exit 1; done"
links() { # every file that the installed README links to
  local link missing=0
  for link in $(grep -oE '\]\([^)#:]+' "$root/share/doc/pstm/README.md" | sed 's/^](//'); do
    [ -e "$root/share/doc/pstm/$link" ] || { echo "missing: $link"; missing=1; }
  done
  return $missing
}
check "documents are there, all that the README links to" links
check "a survey is made and migrated by it" "$root/bin/pstm" synth --preset diffractor --traces 300 --inline 17,25 \
  --crossline 17,25 --time 20,0.004 --out "$scratch/survey"
check "as anywhere" "$root/bin/pstm" run "$scratch/survey/job.yaml" --quiet
finish
