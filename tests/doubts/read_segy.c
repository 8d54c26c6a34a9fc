/* read_segy FILE: how io/segy reads a file, in one line, all of its headers and samples looked at:
 *   KIND ORDER FORMAT N_TRACES x N_SAMPLES INTERVAL_US X Y START_S
 * X, Y: midpoint of the first kept trace, metres; START_S: time of its first sample. A file that is refused:
 * the reason, and exit code 2. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "io/segy/read.h"

static pstm_status read_traces(const pstm_segy *file, pstm_trace *first)
{
    pstm_trace *traces = NULL;
    float *samples = NULL;
    const int64_t n = pstm_segy_n_traces(file);
    const int32_t n_samples = pstm_segy_n_samples(file);
    pstm_status status = PSTM_OK;
    PSTM_GO(PSTM_NEW(&traces, n, "traces"));
    PSTM_GO(PSTM_NEW(&samples, n * n_samples, "samples"));
    PSTM_GO(pstm_segy_read_headers(file, 0, 0, n, traces, NULL));
    PSTM_GO(pstm_segy_read_samples(file, 0, n, samples, n_samples, NULL));
    for (int64_t i = n - 1; i >= 0; i--)
        if (traces[i].fate == PSTM_TRACE_KEPT) *first = traces[i];
cleanup:
    PSTM_FREE(&samples);
    PSTM_FREE(&traces);
    return status;
}

static pstm_status print_file(const pstm_segy *file)
{
    pstm_trace first = {0};
    PSTM_TRY(read_traces(file, &first));
    printf("%s %s %d %" PRId64 " x %d %.15g %.3f %.3f %g\n",
           pstm_segy_kind(file) == PSTM_KIND_SU ? "su" : "segy",
           pstm_segy_byte_order(file) == PSTM_ORDER_BIG ? "big" : "little", (int)pstm_segy_format(file),
           pstm_segy_n_traces(file), (int)pstm_segy_n_samples(file), 1e6 * pstm_segy_sample_s(file),
           (first.source_x_m + first.receiver_x_m) / 2, (first.source_y_m + first.receiver_y_m) / 2,
           first.start_s);
    return PSTM_OK;
}

int main(int argc, char **argv)
{
    const pstm_input_options how = {.use_delay = true};
    pstm_segy *file = NULL;
    pstm_status status = PSTM_OK;
    if (argc != 2) return EXIT_FAILURE;
    PSTM_GO(pstm_segy_open(argv[1], &how, &file));
    PSTM_GO(print_file(file));
cleanup:
    if (status != PSTM_OK) printf("refused: %s\n", pstm_error_text());
    pstm_segy_close(&file);
    return (int)status;
}
