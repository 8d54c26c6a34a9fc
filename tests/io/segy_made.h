/* SEG-Y and SU files made byte by byte in memory, patched by the tests, and read from there. */
#ifndef TESTS_IO_SEGY_MADE_H
#define TESTS_IO_SEGY_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/segy/read.h"

typedef struct made_spec {
    bool su, little;
    int revision, format, n_samples, interval_us, n_traces;
    int n_texts;      /* extended textual headers */
    int n_extensions; /* trace header extensions (revision 2) */
} made_spec;

/* Trace i (from 0): source (1000 + 100 i, 2000), receiver (1500 + 10 i, 2100), scalar 1, trace id 1. */
typedef struct made_file {
    made_spec spec;
    int sample_bytes;
    size_t n, first_trace, header_bytes, trace_bytes;
    unsigned char *bytes;
    char path[96];   /* the name that it is read by; tests may give it a suffix */
    char folder[64]; /* where it was written; "" if it was not */
} made_file;

made_file make_file(const made_spec *spec);

/* Opens the bytes as they are now, in memory, where they must stay until the file is closed. */
pstm_status open_made(const made_file *made, const pstm_input_options *how, pstm_segy **file);

/* Writes the bytes as they are now to a temporary file, whose name becomes made->path, and opens that. */
pstm_status open_written(made_file *made, const pstm_input_options *how, pstm_segy **file);

/* The text of the first doubt that holds the words; NULL: none. */
const char *find_doubt(const pstm_segy *file, const char *words);

/* Opens it, which must fail with PSTM_DATA and a text that holds the words. */
void expect_refusal(const made_file *made, const pstm_input_options *how, const char *words);

void remove_made(made_file *made);

/* The header of trace i, and its samples. */
unsigned char *made_trace(made_file *made, int i);
unsigned char *made_samples(made_file *made, int i);

/* Puts a number of `width` bytes at `byte` (from 1) behind `at`, in the file's byte order. */
void made_set(const made_file *made, unsigned char *at, int byte, int width, uint64_t value);
void made_set_double(const made_file *made, unsigned char *at, int byte, double value);

#endif
