#include <xxhash.h>

#include "core/memory.h"
#include "io/segy/file.h"

static void set_if_zero(int32_t *byte, int32_t standard)
{
    if (*byte == 0) *byte = standard;
}

/* The job's wishes without what is borrowed from it. */
static pstm_input_options complete_input(const pstm_input_options *how)
{
    pstm_input_options input = *how;
    input.segy = (pstm_names){0};
    set_if_zero(&input.bytes.source_x, SEGY_TR_SOURCE_X);
    set_if_zero(&input.bytes.source_y, SEGY_TR_SOURCE_Y);
    set_if_zero(&input.bytes.receiver_x, SEGY_TR_GROUP_X);
    set_if_zero(&input.bytes.receiver_y, SEGY_TR_GROUP_Y);
    set_if_zero(&input.bytes.cdp_x, SEGY_TR_CDP_X);
    set_if_zero(&input.bytes.cdp_y, SEGY_TR_CDP_Y);
    set_if_zero(&input.bytes.offset, SEGY_TR_OFFSET);
    set_if_zero(&input.bytes.coordinate_scalar, SEGY_TR_SOURCE_GROUP_SCALAR);
    set_if_zero(&input.bytes.n_samples, SEGY_TR_SAMPLE_COUNT);
    set_if_zero(&input.bytes.sample_interval, SEGY_TR_SAMPLE_INTER);
    set_if_zero(&input.bytes.delay, SEGY_TR_DELAY_REC_TIME);
    set_if_zero(&input.bytes.trace_id, SEGY_TR_TRACE_ID);
    set_if_zero(&input.bytes.mute_start, SEGY_TR_MUTE_TIME_START);
    set_if_zero(&input.bytes.mute_end, SEGY_TR_MUTE_TIME_END);
    return input;
}

pstm_status pstm_segy_open(const char *path, const pstm_input_options *how, pstm_segy **out)
{
    pstm_byte_source source;
    PSTM_TRY(pstm_byte_source_open(path, &source));
    return pstm_segy_open_source(&source, how, out);
}

pstm_status pstm_segy_open_source(pstm_byte_source *source, const pstm_input_options *how, pstm_segy **out)
{
    pstm_segy *file = NULL;
    pstm_status status = PSTM_OK;
    pstm_segy_head head = {0};

    PSTM_GO(PSTM_NEW(&file, 1, "a SEG-Y file"));
    PSTM_GO(pstm_copy_text(&file->path, source->name));
    file->source = *source;
    file->source.name = file->path;
    *source = (pstm_byte_source){0};
    file->how = complete_input(how);
    if (file->source.size_bytes == 0)
        PSTM_GO(pstm_fail(PSTM_DATA, "%s is empty; copy the file again, or leave it out of input.segy",
                          file->path));
    PSTM_GO(pstm_segy_find_start(file));
    head.n = file->source.size_bytes - file->start;
    if (head.n > PSTM_SEGY_REEL_BYTES) head.n = PSTM_SEGY_REEL_BYTES;
    PSTM_GO(pstm_byte_source_read(&file->source, file->start, head.n, head.bytes));
    PSTM_GO(pstm_segy_find_order(file, &head));
    PSTM_GO(pstm_segy_find_layout(file, &head));
    *out = file;
    file = NULL;
cleanup:
    pstm_segy_close(&file);
    pstm_byte_source_close(source);
    return status;
}

void pstm_segy_close(pstm_segy **file)
{
    if (*file == NULL) return;
    pstm_byte_source_close(&(*file)->source);
    pstm_doubts_clear(&(*file)->doubts);
    PSTM_FREE(&(*file)->path);
    PSTM_FREE(file);
}

const char *pstm_segy_path(const pstm_segy *file)
{
    return file->path;
}

int64_t pstm_segy_n_traces(const pstm_segy *file)
{
    return file->n_traces;
}

int32_t pstm_segy_n_samples(const pstm_segy *file)
{
    return file->n_samples;
}

double pstm_segy_sample_s(const pstm_segy *file)
{
    return file->sample_s;
}

int64_t pstm_segy_size_bytes(const pstm_segy *file)
{
    return file->source.size_bytes;
}

int32_t pstm_segy_format(const pstm_segy *file)
{
    return file->format;
}

int32_t pstm_segy_revision(const pstm_segy *file)
{
    return file->revision;
}

pstm_byte_order pstm_segy_byte_order(const pstm_segy *file)
{
    return file->little ? PSTM_ORDER_LITTLE : PSTM_ORDER_BIG;
}

pstm_file_kind pstm_segy_kind(const pstm_segy *file)
{
    return file->kind;
}

const pstm_doubts *pstm_segy_doubts(const pstm_segy *file)
{
    return &file->doubts;
}

const pstm_file_identity *pstm_segy_identity(const pstm_segy *file)
{
    return &file->source.identity;
}

pstm_status pstm_segy_check(const pstm_segy *file)
{
    return pstm_byte_source_check(&file->source);
}

/* Of the file's size, if wanted, and its first n bytes. */
static pstm_status digest_start(const pstm_segy *file, bool with_size, int64_t n, uint64_t *digest)
{
    enum { BLOCK_BYTES = 1 << 20 };
    unsigned char size[8], *block = NULL;
    pstm_status status;
    XXH3_state_t *state = XXH3_createState();
    if (state == NULL) return pstm_fail(PSTM_SYSTEM, "no memory for a digest");
    XXH3_64bits_reset(state);
    pstm_segy_store(size, sizeof size, true, (uint64_t)file->source.size_bytes);
    if (with_size) XXH3_64bits_update(state, size, sizeof size);
    PSTM_GO(PSTM_NEW(&block, n < BLOCK_BYTES ? n : BLOCK_BYTES, "a block of a file"));
    for (int64_t at = 0; at < n; at += BLOCK_BYTES) {
        const int64_t n_block = n - at < BLOCK_BYTES ? n - at : BLOCK_BYTES;
        PSTM_GO(pstm_byte_source_read(&file->source, at, n_block, block));
        XXH3_64bits_update(state, block, (size_t)n_block);
    }
    *digest = XXH3_64bits_digest(state);
cleanup:
    PSTM_FREE(&block);
    XXH3_freeState(state);
    return status;
}

pstm_status pstm_segy_digest_whole(const pstm_segy *file, uint64_t *digest)
{
    return digest_start(file, false, file->source.size_bytes, digest);
}

pstm_status pstm_segy_digest(const pstm_segy *file, uint64_t *digest)
{
    return digest_start(file, true, file->first_trace, digest);
}
