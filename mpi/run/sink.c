#include "mpi/run/sink.h"

#include <inttypes.h>

#include "core/log.h"
#include "core/place.h"
#include "mpi/run/lock.h"

pstm_status pstm_run_sink_check_place(const pstm_output_options *options)
{
    const pstm_status status = pstm_place_check_cube(options->file);
    return status == PSTM_OK ? PSTM_OK : pstm_while(status, "output.file");
}

static pstm_status open_journal(pstm_run_sink *sink)
{
    const pstm_journal_about about = pstm_cube_journal_about(&sink->about);
    return pstm_journal_open_append(sink->journal_path.bytes, &about, &sink->journal);
}

/* Only a cube is overwritten, and not before its successor is whole: pstm_cube_place() renames over it. */
static pstm_status check_overwrite(const char *path)
{
    pstm_cube *cube = NULL;
    bool taken;
    PSTM_TRY(pstm_place_is_taken(path, &taken));
    if (!taken) return PSTM_OK;
    const pstm_status status = pstm_cube_open_read(path, &cube);
    if (status != PSTM_OK) return pstm_while(status, "--overwrite replaces cubes only; remove it by hand");
    return pstm_cube_close(&cube);
}

pstm_status pstm_run_sink_open(pstm_run_sink *sink, bool overwrite)
{
    const char *path = sink->options->file;
    PSTM_TRY(pstm_run_lock(path, &sink->lock));
    if (overwrite) return check_overwrite(path);
    PSTM_TRY(pstm_cube_probe(path, &sink->about, &sink->found));
    if (!sink->found.is_there) return PSTM_OK;
    PSTM_TRY(open_journal(sink));
    return pstm_cube_check_journal(path, sink->journal, &sink->found);
}

pstm_status pstm_run_sink_note_doubts(pstm_run_sink *sink, const pstm_doubts *doubts)
{
    PSTM_TRY(pstm_doubts_describe(doubts, &sink->doubts_text));
    sink->about.doubts = sink->doubts_text.bytes;
    return PSTM_OK;
}

pstm_status pstm_run_sink_draft(pstm_run_sink *sink, const pstm_cube_area *areas, int64_t n_areas)
{
    const char *path = sink->options->file;
    const pstm_stripes stripes = {sink->options->stripes, sink->options->stripe_bytes};
    if (sink->found.is_there) return pstm_cube_allocate(path, areas, n_areas);
    return pstm_cube_draft(path, &sink->about, areas, n_areas, &stripes);
}

pstm_status pstm_run_sink_place(pstm_run_sink *sink)
{
    if (sink->found.is_there) return PSTM_OK;
    PSTM_TRY(pstm_cube_place(sink->options->file));
    return open_journal(sink);
}

void pstm_run_sink_drop_draft(const pstm_run_sink *sink)
{
    if (!sink->found.is_there) pstm_cube_drop_draft(sink->options->file);
}

pstm_status pstm_run_sink_finish(pstm_run_sink *sink)
{
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_cube_finish(sink->options->file, sink->journal));
    PSTM_TRY(pstm_journal_checksum(sink->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    const int64_t n_done = pstm_journal_n_done(sink->journal);
    pstm_note("%s: %" PRId64 " of %" PRId64 " chunk columns, image checksum %s", sink->options->file, n_done,
              pstm_journal_n_columns(sink->journal), hex);
    if (pstm_journal_n_records(sink->journal) > n_done)
        pstm_note("  and the wanted lines of %" PRId64 " more; their other locations are not migrated",
                  pstm_journal_n_records(sink->journal) - n_done);
    return PSTM_OK;
}

void pstm_run_sink_clear(pstm_run_sink *sink)
{
    pstm_journal_close(&sink->journal);
    pstm_run_unlock(&sink->lock);
    pstm_text_clear(&sink->journal_path);
    pstm_text_clear(&sink->key_text);
    pstm_text_clear(&sink->job_text);
    pstm_text_clear(&sink->doubts_text);
}
