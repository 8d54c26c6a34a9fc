"""Reads a store made by test_store.c with h5py and checks every value by test_store.c's formulas.

usage: read_store.py STORE. Exit status 77: h5py or numpy is missing.
"""

import sys

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TRACES, SAMPLES, PAD, LEAVES = 1000, 101, 32, 4


def check_attributes(store):
    assert store.attrs["kind"].decode() == "pstm trace store"
    assert store.attrs["key"].decode() == "input: 12ab\ncondition.agc: off\n"
    assert store.attrs["commit"].decode() == "0123abc"
    assert store.attrs["n_samples"] == SAMPLES
    assert store.attrs["sample_s"] == 0.002
    assert "complete" not in store.attrs and "samples_digest" not in store.attrs  # only our header tells
    assert store.attrs["version"] >= 1


def check_traces(traces):
    i = np.arange(TRACES)
    assert np.array_equal(traces["source_x_m"], 600000.25 + i)
    assert np.all(traces["source_y_m"] == -1.0 / 3.0)
    assert np.array_equal(traces["receiver_x_m"], 1e-3 * i)
    assert np.all(traces["receiver_y_m"] == 6e6)
    assert np.all(traces["start_s"] == 0.1)
    assert np.array_equal(traces["number"], 2**40 + i)
    assert np.all(traces["file"] == 3)
    assert np.all(traces["n_samples"] == SAMPLES)
    assert np.array_equal(traces["live_first"], i % 7)
    assert np.all(traces["live_last"] == SAMPLES - 1)
    assert np.all(traces["mute_start_ms"] == -5)
    assert np.all(traces["mute_end_ms"] == 17)
    assert np.array_equal(traces["fate"], i % (traces["fate"].max() + 1))  # all fates in turn


def check_leaves(leaves):
    i = np.arange(LEAVES)
    assert np.array_equal(leaves["first_trace"], 256 * i)
    assert leaves["n_traces"].sum() == TRACES
    assert np.array_equal(leaves["min_x_m"], 10.0 * i)
    assert np.array_equal(leaves["max_x_m"], 10.0 * i + 9)
    assert np.all(leaves["min_y_m"] == -1) and np.all(leaves["max_y_m"] == 1)
    assert np.all(leaves["min_half_offset_m"] == 50)
    assert np.all(leaves["max_half_offset_m"] == 1500.5)


def check_samples(samples):
    stride = (SAMPLES + 15) // 16 * 16 + 2 * PAD
    assert samples.shape == (TRACES, stride) and samples.dtype == np.float32
    assert samples.chunks is None
    row, column = np.indices(samples.shape)
    assert np.array_equal(samples[:], (row * 1000 + column).astype(np.float32))


def check_inputs(inputs):
    assert np.array_equal(inputs["size_bytes"], [4000, 8000])
    assert np.array_equal(inputs["modified_ns"], [1000000001, 1000000003])
    assert np.array_equal(inputs["changed_ns"], [2000000002, 2000000004])
    assert np.array_equal(inputs["inode"], [11, 12])
    assert np.all(inputs["device"] == 7) and np.all(inputs["machine"] == 5)


with h5py.File(sys.argv[1], "r") as store:
    assert set(store) == {"trace", "leaf", "samples", "input", "leaf_digest"}, set(store)
    check_attributes(store)
    check_traces(store["trace"][:])
    check_leaves(store["leaf"][:])
    check_samples(store["samples"])
    check_inputs(store["input"][:])
    assert store["leaf_digest"].shape == (LEAVES,) and store["leaf_digest"].dtype == np.uint64
