#include "segy_made.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int bytes_of(int format)
{
    switch (format) {
    case 3:
    case 11:
        return 2;
    case 6:
    case 9:
    case 12:
        return 8;
    case 7:
    case 15:
        return 3;
    case 8:
    case 16:
        return 1;
    default:
        return 4;
    }
}

void made_set(const made_file *made, unsigned char *at, int byte, int width, uint64_t value)
{
    for (int i = 0; i < width; i++) {
        const int shift = 8 * (made->spec.little ? i : width - 1 - i);
        at[byte - 1 + i] = (unsigned char)(value >> shift);
    }
}

void made_set_double(const made_file *made, unsigned char *at, int byte, double value)
{
    uint64_t word;
    memcpy(&word, &value, 8);
    made_set(made, at, byte, 8, word);
}

unsigned char *made_trace(made_file *made, int i)
{
    return made->bytes + made->first_trace + (size_t)i * made->trace_bytes;
}

unsigned char *made_samples(made_file *made, int i)
{
    return made_trace(made, i) + made->header_bytes;
}

static void make_reel(made_file *made)
{
    const made_spec *spec = &made->spec;
    memset(made->bytes, 0x40, 3200); /* EBCDIC blanks */
    made->bytes[0] = 0xC3;           /* and a C */
    made_set(made, made->bytes, 3217, 2, (uint64_t)spec->interval_us);
    made_set(made, made->bytes, 3221, 2, (uint64_t)spec->n_samples);
    made_set(made, made->bytes, 3225, 2, (uint64_t)spec->format);
    if (spec->revision == 0) return;
    made_set(made, made->bytes, 3501, 1, (uint64_t)spec->revision);
    made_set(made, made->bytes, 3503, 2, 1);
    made_set(made, made->bytes, 3505, 2, (uint64_t)spec->n_texts);
    if (spec->revision == 1) return;
    made_set(made, made->bytes, 3269, 4, (uint64_t)spec->n_samples);
    made_set(made, made->bytes, 3297, 4, 16909060);
    made_set(made, made->bytes, 3507, 4, (uint64_t)spec->n_extensions);
}

made_file make_file(const made_spec *spec)
{
    made_file made = {.spec = *spec};
    made.sample_bytes = bytes_of(spec->format);
    made.first_trace = spec->su ? 0 : 3600 + 3200 * (size_t)spec->n_texts;
    made.header_bytes = 240 * (1 + (size_t)spec->n_extensions);
    made.trace_bytes = made.header_bytes + (size_t)spec->n_samples * (size_t)made.sample_bytes;
    made.n = made.first_trace + (size_t)spec->n_traces * made.trace_bytes;
    made.bytes = calloc(made.n, 1);
    ck_assert_ptr_nonnull(made.bytes);
    if (!spec->su) make_reel(&made);
    for (int i = 0; i < spec->n_traces; i++) {
        unsigned char *header = made_trace(&made, i);
        made_set(&made, header, 29, 2, 1);
        made_set(&made, header, 71, 2, 1);
        made_set(&made, header, 73, 4, (uint64_t)(1000 + 100 * i));
        made_set(&made, header, 77, 4, 2000);
        made_set(&made, header, 81, 4, (uint64_t)(1500 + 10 * i));
        made_set(&made, header, 85, 4, 2100);
        made_set(&made, header, 115, 2, (uint64_t)spec->n_samples);
        made_set(&made, header, 117, 2, (uint64_t)spec->interval_us);
    }
    snprintf(made.path, sizeof made.path, "/made/line");
    return made;
}

static const pstm_input_options defaults = {.use_delay = true};

pstm_status open_made(const made_file *made, const pstm_input_options *how, pstm_segy **file)
{
    pstm_byte_source source = pstm_byte_source_memory(made->path, made->bytes, (int64_t)made->n);
    return pstm_segy_open_source(&source, how != NULL ? how : &defaults, file);
}

pstm_status open_written(made_file *made, const pstm_input_options *how, pstm_segy **file)
{
    if (made->folder[0] == '\0') {
        snprintf(made->folder, sizeof made->folder, "/tmp/pstm_segy_XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(made->folder));
        snprintf(made->path, sizeof made->path, "%s/made", made->folder);
    }
    FILE *stream = fopen(made->path, "wb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(made->bytes, 1, made->n, stream), made->n);
    ck_assert_int_eq(fclose(stream), 0);
    return pstm_segy_open(made->path, how != NULL ? how : &defaults, file);
}

const char *find_doubt(const pstm_segy *file, const char *words)
{
    const pstm_doubts *doubts = pstm_segy_doubts(file);
    for (int64_t i = 0; i < doubts->n; i++)
        if (strstr(doubts->items[i].text, words) != NULL) return doubts->items[i].text;
    return NULL;
}

void expect_refusal(const made_file *made, const pstm_input_options *how, const char *words)
{
    pstm_segy *file = NULL;
    ck_assert_int_eq(open_made(made, how, &file), PSTM_DATA);
    ck_assert_ptr_null(file);
    ck_assert_msg(strstr(pstm_error_text(), words) != NULL, "\"%s\" is not in \"%s\"", words,
                  pstm_error_text());
    ck_assert_msg(strstr(pstm_error_text(), made->path) != NULL, "no path in \"%s\"", pstm_error_text());
}

void remove_made(made_file *made)
{
    if (made->folder[0] != '\0') {
        unlink(made->path);
        rmdir(made->folder);
    }
    free(made->bytes);
    made->bytes = NULL;
}
