#!/usr/bin/env bash
# usage: layout.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/more.sgy" 'b[3600:3600] = b" " * 6400'
doubted 0 layout "behind 10000 bytes" "extended textual headers that are not announced" --set input.segy="$scratch/more.sgy"
undoubted "the same with their length" --set input.segy="$scratch/more.sgy" --set input.first_trace=10000
patched "$scratch/fewer.sgy" 'put(3200, 301, "H", 256); put(3200, 305, "H", 1)'
doubted 0 layout "byte 3505 (1 extended" "an extended textual header that is not there" --set input.segy="$scratch/fewer.sgy"
patched "$scratch/announced.sgy" 'put(3200, 301, "H", 256); put(3200, 305, "H", 2); b[3600:3600] = b" " * 6400'
undoubted "extended textual headers that are announced" --set input.segy="$scratch/announced.sgy"
longer='out = b[:3600]
for h in heads: out += b[h:h+240] + bytes(MORE) + b[h+240:h+t]
b[:] = out'
patched "$scratch/long.sgy" "${longer/MORE/240}"
doubted 0 layout "480 bytes" "trace headers of 480 bytes in revision 0" --set input.segy="$scratch/long.sgy"
patched "$scratch/odd.sgy" "${longer/MORE/60}"
refuse 2 "stands 3104 bytes behind that of trace 1" "trace headers of 300 bytes" "$pstm" run "$job" --quiet \
  --set output.file="$scratch/none.h5" --set input.segy="$scratch/odd.sgy"
two='put(3200, 301, "H", 0x200); put(3200, 329, "i", -1); put(3200, 313, "Q", N)'
patched "$scratch/fewer_traces.sgy" "${two/N/20}"
doubted 0 layout "(20 traces)" "more traces than announced" --set input.segy="$scratch/fewer_traces.sgy"
patched "$scratch/trailer.sgy" "${two/N/n}; b += b' ' * 3200"
undoubted "a trailer behind the traces" --set input.segy="$scratch/trailer.sgy"
patched "$scratch/no_trailer.sgy" 'put(3200, 301, "H", 0x200); put(3200, 329, "i", 1)'
doubted 0 layout "(1 trailers)" "a trailer that is not there" --set input.segy="$scratch/no_trailer.sgy"
finish
