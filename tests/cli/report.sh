#!/usr/bin/env bash
# `pstm report`: one page that needs no other file; each flag is raised by a run that was made for it, and none by a good
# one. `pstm watch`: how far a run is.
# usage: report.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
page=$scratch/page.html
flags() { # the flags of the report of a cube, on one line
  "$pstm" report "$1" --out "$page" >"$scratch/out.txt" 2>&1 || { cat "$scratch/out.txt"; return 1; }
  grep -o 'data-flag="[A-Z_]*"' "$page" | sed 's/.*"\(.*\)"/\1/' | tr '\n' ' '
}
raises() { # raises CUBE FLAGS
  local got
  got=$(flags "$1") || { echo "$got"; return 1; }
  [ "$got" = "$2" ] || { echo "raised: '$got', wanted: '$2'"; return 1; }
}

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --inline 17,25 --crossline 20,25 --time 60,0.004 \
  --dead 0.01 --out "$scratch/survey"
job=$scratch/survey/job.yaml
make() { # make NAME SETTINGS...
  mkdir -p "$scratch/$1"
  "$pstm" run "$job" --quiet --set output.file="$scratch/$1/image.h5" "${@:2}"
}
slow=""
grep -q avx2 /proc/cpuinfo || slow="SLOW_KERNEL "

check "a good run" make good
check "raises no flag" raises "$scratch/good" "$slow"
check "its page stands alone" bash -c "! grep -qE 'src=\"[^d]|href=|<script|url\(|http' '$page'"
check "has pictures inside" test "$(grep -c 'data:image/png;base64,iVBOR' "$page")" -ge 4
check "and where the time went" grep -q "Where the time went" "$page"
check "and the job" grep -q "migrate.aperture" "$page"
check "is well-formed" python3 - "$page" <<'PY'
import html.parser, sys
class Page(html.parser.HTMLParser):
    open = []
    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())
page = Page()
page.feed(open(sys.argv[1]).read())
assert not page.open, page.open
PY
check "its own page is replaced" "$pstm" report "$scratch/good" --out "$page"
echo "mine" >"$scratch/mine.html"
refuse 1 "--overwrite" "another's is not" "$pstm" report "$scratch/good" --out "$scratch/mine.html"
refuse 1 "is the cube" "the cube is no page" "$pstm" report "$scratch/good/image.h5" --out "$scratch/good/image.h5" --overwrite
refuse 1 "no cube" "a folder without a cube" "$pstm" report "$scratch/survey"
check "watching a run that is over" "$pstm" watch "$scratch/good/image.h5"
refuse 2 "cannot be read" "watching nothing" "$pstm" watch "$scratch/nothing.h5"

check "a part of the grid" make part --set "target.tiles=[0]"
check "UNFINISHED" raises "$scratch/part" "UNFINISHED $slow"
check "doubted inputs" make doubted --set input.bytes.offset=1
check "DOUBTED" raises "$scratch/doubted" "DOUBTED $slow"
check "times that no record has" make bare --set grid.time.n=1500 --set "accept=[record_window]"
check "BARE" raises "$scratch/bare" "DOUBTED BARE $slow"
check "another kernel" env PSTM_CPU_KERNEL=portable "$pstm" run "$job" --quiet --set output.file="$scratch/slow.h5"
check "SLOW_KERNEL" raises "$scratch/slow.h5" "SLOW_KERNEL "
check "traces left out" "$pstm" synth --preset diffractor --traces 1500 --inline 17,25 --crossline 20,25 --time 60,0.004 \
  --dead 0.2 --out "$scratch/survey" --overwrite
check "migrated" make dropped
check "DROPPED" raises "$scratch/dropped" "DROPPED $slow"
# What only a long run can raise is planted in the profile of a good one.
plant() { # plant NAME PYTHON: changes the profile p and the progress g
  rm -rf "${scratch:?}/$1" && cp -r "$scratch/good" "$scratch/$1" && python3 - "$scratch/$1/image.h5" "$2" <<'PY'
import json, sys
names = [sys.argv[1] + e for e in (".profile.json", ".progress.json")]
p, g = (json.load(open(n)) for n in names)
p["wall_s"] = 100.0
p["ranks"][0]["lanes"]["compute"]["phases_s"]["wait"] = 0
exec(sys.argv[2])
for n, v in zip(names, (p, g)):
    json.dump(v, open(n, "w"))
PY
}
check "a long run" plant long "pass"
check "as good as the short one" raises "$scratch/long" "$slow"
check "ranks that are uneven" plant uneven 'p["phases"]["sum"].update(mean_s=50.0, max_s=90.0)'
check "UNEVEN" raises "$scratch/uneven" "${slow}UNEVEN "
check "workers that wait" plant waiting 'l = p["ranks"][0]["lanes"]["compute"]; l["phases_s"]["wait"] = 0.6 * l["wall_s"]'
check "WAITING" raises "$scratch/waiting" "${slow}WAITING "
check "a slow disk" plant writing 'p["phases"]["sync"]["max_s"] = 40.0'
check "WRITING" raises "$scratch/writing" "${slow}WRITING "
check "a run that has stopped" plant stopped 'g["state"] = "stopped"'
check "STOPPED" raises "$scratch/stopped" "STOPPED $slow"
refuse 75 "the same \`pstm run\` goes on" "and watch says so" "$pstm" watch "$scratch/stopped/image.h5"
check "a run that was killed" plant killed 'g["state"] = "running"; g["updated_unix_s"] = 1000'
refuse 75 "has said nothing for" "is told after a while" "$pstm" watch "$scratch/killed/image.h5"
check "a run at work" plant working 'import time; g["state"] = "running"; g["updated_unix_s"] = time.time()'
check "looked at once" "$pstm" watch "$scratch/working/image.h5" --once
printf 'nonsense' >"$scratch/long/image.h5.profile.json"
refuse 2 "is no JSON" "a damaged profile" "$pstm" report "$scratch/long"
finish
