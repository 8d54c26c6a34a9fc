#!/usr/bin/env bash
# What is doubted of the samples is told by each run that uses their trace store, also by one that reuses it, word for
# word and by the same rules. usage: kept_doubts.sh PSTM SCRATCH DOUBT_STORE
doubt_store=$3
source "$(dirname "$0")/../doubts/lib.sh"

# Five kinds: the second file is louder; in the first are loud traces, null values, and a sample that is no number.
patched "$scratch/first.sgy" "del b[heads[n // 2]:]
for h in heads[17:19]:
  struct.pack_into('>%df' % ns, b, h + 240, *(1e6 * v for v in struct.unpack_from('>%df' % ns, b, h + 240)))
for i in range(10, 15): struct.pack_into('>f', b, heads[30] + 240 + 4 * i, -999.25)
struct.pack_into('>f', b, heads[40] + 240 + 4 * 60, float('nan'))"
patched "$scratch/loud.sgy" "b[3600:] = b[heads[n // 2]:]
for at in range(3600 + 240, len(b), t):
  struct.pack_into('>%df' % ns, b, at, *(v * 130 for v in struct.unpack_from('>%df' % ns, b, at)))"
two_files=(--set input.segy="[$scratch/first.sgy, $scratch/loud.sgy]")
half=(--set target.tiles=[0-1])

# again CODE WORDS OPTION...: a run of the whole image, which goes on with the cube; what it says is in $scratch/out.txt.
again() {
  local code=$1 words=$2 got
  shift 2
  "$pstm" run "$job" --set output.file="$image" --set output.keep_store=on "$@" >"$scratch/out.txt" 2>&1
  got=$?
  [ "$got" = "$code" ]
  result $? "$words: exit code $got, wanted $code"
}
told() { grep -E '(warning|error): \[' "$scratch/out.txt"; }
reused() { grep -q "reusing conditioned traces" "$scratch/out.txt"; }

run_job "${two_files[@]}" "${half[@]}" --set output.keep_store=on
result $? "a run of some tiles"
told >"$scratch/first.txt"
for kind in file_gain loud_traces lone_samples absurd_samples; do
  grep -qF "[$kind]" "$scratch/first.txt"
  result $? "it tells $kind"
done
again 0 "one that goes on" "${two_files[@]}"
reused && told | cmp -s - "$scratch/first.txt"
result $? "it reuses the traces and tells the same, word for word"
h5dump -a doubts "$image" | grep -qF "[file_gain]"
result $? "the cube keeps it"

rm -f "$image" "$image.journal"
again 0 "another cube of the store" "${two_files[@]}" --set accept='[file_gain, loud_traces]'
reused && told | cmp -s - <(grep -vE 'file_gain|loud_traces' "$scratch/first.txt") && h5dump -a doubts "$image" | grep -qF "[file_gain]"
result $? "what is accepted is silent, and kept in the cube"
rm -f "$image" "$image.journal"
check "two ranks" ranks 2 "$pstm" run "$job" --set output.file="$image" --set output.keep_store=on "${two_files[@]}"
reused && told | cmp -s - "$scratch/first.txt"
result $? "two ranks tell the same"

# A store of a version before the doubts: conditioned anew, and told.
rm -f "$image" "$image.journal"
printf '\004' | dd of="$image.traces.h5" bs=1 seek=20 conv=notrunc status=none
again 0 "a store of version 4" "${two_files[@]}"
grep -qF "its version is 4" "$scratch/out.txt" && ! reused && told | cmp -s - "$scratch/first.txt"
result $? "it is made anew, with the same doubts"

# An error stops a run that reuses the store, too, unless it is accepted.
rm -f "$image" "$image.journal"
check "an error in the store" "$doubt_store" "$image.traces.h5" sample_format "first.sgy: from trace 7 on: looks otherwise"
for time in first second; do
  again 2 "a run that reuses it, the $time time" "${two_files[@]}"
  reused && told | grep -qF "error: [sample_format] first.sgy: from trace 7 on: looks otherwise; set input.sample_format"
  result $? "it names the doubt as an error"
  [ ! -e "$image" ]
  result $? "there is no cube"
done
again 0 "one that accepts it" "${two_files[@]}" --set accept=[sample_format]
reused && told | grep -qF "warning: [sample_format] first.sgy: from trace 7 on" && h5dump -a doubts "$image" | grep -qF "[sample_format] first.sgy"
result $? "it is a warning, and kept in the cube"
finish
