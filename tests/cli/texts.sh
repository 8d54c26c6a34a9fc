#!/usr/bin/env bash
# Job files and velocity texts of any editor: the same image with any ends of lines, and what is no text is refused with
# its place. usage: texts.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
check "make a survey" "$pstm" synth --preset diffractor --traces 200 --inline 16,25 --crossline 16,25 \
  --time 60,0.004 --out "$scratch/survey"
grep -v '^velocity:' "$scratch/survey/job.yaml" >"$scratch/survey/plain.yaml"
printf 'velocity: { file: v.txt }\n' >>"$scratch/survey/plain.yaml"
cd "$scratch/survey" || exit 1

# Four numbers on each line pair up otherwise when an end of line is taken for a blank.
printf '# t v\n0 1500\n0.24 2500\n' >plain.txt
write() { # write FILE FORM: a text from standard input
  case $2 in
    lf) cat ;;
    cr) tr '\n' '\r' ;;
    crlf) sed 's/$/\r/' ;;
    bom) printf '\xef\xbb\xbf' && cat ;;
  esac >"$1"
}
image() { # image NAME JOB
  "$pstm" run "$2" --quiet --set output.file="$scratch/$1.h5"
}
cp plain.txt v.txt
check "migrate" image usual plain.yaml
for form in lf cr crlf bom; do
  write v.txt $form <plain.txt
  write job_$form.yaml $form <plain.yaml
  check "with $form in both" image $form job_$form.yaml
  check "bit-equal" "$pstm" compare "$scratch/$form.h5" "$scratch/usual.h5" --require bit-equal
done

refused() { # refused BYTES FRAGMENT WORDS: a velocity text of these bytes
  printf '%b' "$1" >v.txt
  refuse 2 "$2" "$3" "$pstm" plan plain.yaml
}
refused '0 1500\n1 2500\n\x1a' "v.txt:3:1: control character U+001A (Ctrl-Z)" "Ctrl-Z at the end"
refused '0 1500\r1 25\x7f00\r' "v.txt:2:5: control character U+007F (DEL)" "DEL in a number"
refused '0 1500\n\0' "v.txt:2:1: control character U+0000" "a zero byte"
refused '\xff\xfe0\0' "v.txt: the text is in UTF-16" "UTF-16"
refused '0\xc2\xa01500\n' "a non-breaking space" "a non-breaking space"
refused '0 1500\n0,5 2000\n' "decimal point" "a decimal comma"
refused '\xe2\x88\x92100 0 0 1500\n' "a minus sign" "a minus sign of typography"
cp plain.txt v.txt
printf 'threads: 2\x1a\n' | cat plain.yaml - >job.yaml
refuse 1 "control character U+001A (Ctrl-Z)" "Ctrl-Z in a job" "$pstm" plan job.yaml
finish
