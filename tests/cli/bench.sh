#!/usr/bin/env bash
# pstm bench measures every kernel that runs here, in one table, and writes the same as JSON.
# usage: bench.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

json=$scratch/bench.json
check "a quick bench" "$pstm" bench --quick --json "$json"

holds() { python3 -c "
import json
bench = json.load(open('$json'))
rows = bench['rows']
cpu = [row for row in rows if row['device'] == 'cpu']
plain = [row for row in rows if row['device'] == 'plain']
$1"; }

check "a rate and a ratio in every row" holds "
for row in rows:
    assert row['kernel'] and row['setting']
    assert 0 < row['least_per_s'] <= row['contributions_per_s'] <= row['most_per_s'], row
    assert 0 < row['least_ratio'] <= row['ratio_to_plain'] <= row['most_ratio'], row"
check "the keys that programs read" holds "
assert all({'device', 'kernel', 'setting', 'contributions_per_s', 'ratio_to_plain'} <= set(row) for row in rows)
assert isinstance(bench['ratio_to_plain'], float)"
check "with weight and antialias too, on every kernel" holds "
kernels = {row['kernel'] for row in cpu}
assert kernels == {row['kernel'] for row in cpu if row['setting'] == 'obliquity, antialias'}, kernels"
check "portable vectors are always there" holds "assert 'portable' in {row['kernel'] for row in cpu}"
check "each plain loop has the ratio 1 to itself, the fastest to the fastest" holds "
assert all(row['ratio_to_plain'] == 1 for row in plain)
assert max(plain, key=lambda row: row['contributions_per_s'])['ratio_to_fastest_plain'] == 1"
check "the ratios on top are those of the best kernel without weight" holds "
best = max((row for row in cpu if row['setting'] in ('no weight', 'no weight, fast_math off')),
           key=lambda row: row['ratio_to_fastest_plain'])
assert bench['ratio_to_plain'] == best['ratio_to_plain'] and bench['copy_bytes_per_s'] > 1e8 and bench['cpu']
assert bench['ratio_to_fastest_plain'] == best['ratio_to_fastest_plain']"
check "antialias and weight together have a row of each kernel" holds "
assert {row['kernel'] for row in cpu if row['setting'] == 'obliquity, antialias'} == {row['kernel'] for row in cpu}"
refuse 1 "no-such" "an unknown option is refused" "$pstm" bench --no-such
refuse 1 "/dev/null/bench.json" "a table that cannot be written is an error" "$pstm" bench --quick --json /dev/null/bench.json
finish
