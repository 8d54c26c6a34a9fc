/* Files whose 16-bit words are in the order of one machine and the words of a number in that of another. */
#include <inttypes.h>

#include "io/segy/reading.h"

enum {
    WORD = 1 << 16,
    N_FIELDS = 6,
    LEAST_FIELDS = 4 /* that are not zero, below which nothing is concluded */
};

/* Sequence numbers, field record, trace number, energy source, CDP: 4 bytes each. In files with the words of
 * a number swapped all small ones are multiples of 65536. */
static void count_fields(const pstm_segy *file, const unsigned char *header, int *n_set, int *n_swapped)
{
    static const int bytes[N_FIELDS] = {1, 5, 9, 13, 17, 21};
    for (int i = 0; i < N_FIELDS; i++) {
        const uint32_t value = pstm_segy_u32(header, bytes[i], file->little);
        *n_set += value != 0;
        *n_swapped += value != 0 && value % WORD == 0;
    }
}

pstm_status pstm_segy_check_pairs(const pstm_segy *file)
{
    const int64_t places[3] = {0, file->n_traces / 2, file->n_traces - 1};
    int n_set = 0, n_swapped = 0;
    uint32_t first = 0;
    for (int i = 0; i < 3; i++) {
        unsigned char header[SEGY_TRACE_HEADER_SIZE];
        PSTM_TRY(pstm_segy_header_at(file, file->first_trace + places[i] * file->trace_bytes, header));
        if (first == 0) first = pstm_segy_u32(header, 1, file->little);
        count_fields(file, header, &n_set, &n_swapped);
    }
    if (n_set < LEAST_FIELDS || n_swapped < n_set) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: all %d numbers of 4 bytes looked at (bytes 1 to 24 of trace headers) are multiples "
                     "of 65536, as %" PRIu32
                     " at byte 1: bytes or words are swapped in pairs; swap them back (dd conv=swab), or set "
                     "input.byte_order if it is wrong",
                     file->path, n_set, first);
}
