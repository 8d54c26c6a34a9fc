/* What the headers of a file say: revision, sample format, and by the others of this folder all the rest. */
#include <inttypes.h>

#include "io/segy/reading.h"
#include "io/segy/samples.h"

/* Revision 1 is a 2-byte 0x0100, revision 2 has a byte for each number. Files with 0x0001 exist too. */
static pstm_status find_revision(pstm_segy *file, const pstm_segy_head *head)
{
    const int major = head->bytes[SEGY_BIN_SEGY_REVISION - 1],
              minor = head->bytes[PSTM_BIN_REVISION_MINOR - 1];
    file->revision = major;
    file->revision_minor = minor;
    if (major == 0 && (minor == 1 || minor == 2)) {
        file->revision = minor;
        file->revision_minor = 0;
    }
    if (file->revision <= 2) return PSTM_OK;
    file->revision = file->revision_minor = 0;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_REVISION, false,
                           "revision %d.%d (byte %d) is unknown: read as revision 0", major, minor,
                           SEGY_BIN_SEGY_REVISION);
}

static pstm_status find_format(pstm_segy *file, const pstm_segy_head *head)
{
    file->format = file->how.format;
    if (file->format == 0)
        file->format = file->kind == PSTM_KIND_SU ? SEGY_IEEE_FLOAT_4_BYTE
                                                  : pstm_segy_u16(head->bytes, SEGY_BIN_FORMAT, file->little);
    file->sample_bytes = pstm_segy_sample_bytes(file->format);
    if (file->sample_bytes > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: sample format code %d (byte %d, %s endian; %s) cannot be read; known are %s. Set "
                     "input.sample_format or input.byte_order if the header is wrong",
                     file->path, (int)file->format, SEGY_BIN_FORMAT, file->little ? "little" : "big",
                     pstm_segy_format_name(file->format), pstm_segy_known_formats);
}

pstm_status pstm_segy_find_layout(pstm_segy *file, const pstm_segy_head *head)
{
    pstm_segy_fit fit;
    int64_t end;
    if (file->kind == PSTM_KIND_SEGY) PSTM_TRY(find_revision(file, head));
    PSTM_TRY(find_format(file, head));
    PSTM_TRY(pstm_segy_choose_reading(file, head, &fit, &end));
    PSTM_TRY(pstm_segy_find_n_traces(file, fit, end));
    PSTM_TRY(pstm_segy_check_pairs(file));
    PSTM_TRY(pstm_segy_doubt_merged(file));
    PSTM_TRY(pstm_segy_find_interval(file, head));
    PSTM_TRY(pstm_segy_find_units(file, head));
    return pstm_segy_doubt_samples(file);
}
