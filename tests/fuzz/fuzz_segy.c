/* SEG-Y headers and samples: all traces that the file says it has are read. */
#include <stdlib.h>

#include "core/memory.h"
#include "fuzz.h"
#include "io/segy/read.h"

#ifndef FUZZ_KIND
#define FUZZ_KIND PSTM_KIND_SEGY
#endif

static void read_all(const pstm_segy *file)
{
    const int64_t n = pstm_segy_n_traces(file), n_samples = pstm_segy_n_samples(file);
    /* A sample takes a byte or more, so that no small file claims much. */
    if (n < 1 || n_samples < 1 || n * (240 + n_samples) > pstm_segy_size_bytes(file)) abort();
    pstm_trace *traces = NULL;
    float *samples = NULL;
    pstm_segy_seen seen = {.facts = pstm_header_facts_none()};
    if (!fuzz_is_ok(PSTM_NEW(&traces, n, "traces")) ||
        !fuzz_is_ok(PSTM_NEW(&samples, n * n_samples, "samples")) ||
        !fuzz_is_ok(PSTM_NEW(&seen.identities, n, "identities")))
        abort();
    if (fuzz_is_ok(pstm_segy_read_headers(file, 0, 0, n, traces, &seen)))
        for (int64_t i = 0; i < n; i++)
            if (traces[i].n_samples < 1 || traces[i].n_samples > n_samples) abort();
    fuzz_is_ok(pstm_segy_read_samples(file, 0, n, samples, n_samples, NULL));
    fuzz_is_ok(pstm_segy_digest(file, &seen.digest));
    PSTM_FREE(&seen.identities);
    PSTM_FREE(&traces);
    PSTM_FREE(&samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const pstm_input_options how = {.kind = FUZZ_KIND,
                                    .use_delay = true,
                                    .bytes = {.source_x = 73,
                                              .source_y = 77,
                                              .receiver_x = 81,
                                              .receiver_y = 85,
                                              .coordinate_scalar = 71,
                                              .n_samples = 115,
                                              .sample_interval = 117,
                                              .delay = 109,
                                              .trace_id = 29,
                                              .mute_start = 111,
                                              .mute_end = 113}};
    pstm_segy *file = NULL;
    pstm_byte_source source = pstm_byte_source_memory("fuzz", bytes, (int64_t)n);
    if (fuzz_is_ok(pstm_segy_open_source(&source, &how, &file))) read_all(file);
    pstm_segy_close(&file);
    return 0;
}
