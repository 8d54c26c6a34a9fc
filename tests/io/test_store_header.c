/* The header of a trace store: whatever it says, nothing is believed that the file cannot hold, and what is
 * not what was written is found. */
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/store/header.h"
#include "io/store/store.h"
#include "store_fixture.h"
#include "tests/check/suite.h"

enum { HEADER = sizeof(pstm_store_header) };

static int descriptor; /* of the store, beside pstm's own */

/* A complete store with all its rows. */
static void make_complete(void)
{
    pstm_store *store = NULL;
    make_store();
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    descriptor = open(path, O_RDWR);
    ck_assert_int_ge(descriptor, 0);
}

static void put(int64_t at, const void *bytes, size_t n)
{
    ck_assert_int_eq(pwrite(descriptor, bytes, n, at), n);
}

static void get(int64_t at, void *bytes, size_t n)
{
    ck_assert_int_eq(pread(descriptor, bytes, n, at), n);
}

static pstm_store_header get_header(void)
{
    pstm_store_header h;
    get(0, &h, sizeof h);
    return h;
}

static int64_t file_bytes(void)
{
    struct stat about;
    ck_assert_int_eq(fstat(descriptor, &about), 0);
    return about.st_size;
}

static bool opens(void)
{
    pstm_store *store = NULL;
    const pstm_status status = open_store(false, &store);
    ck_assert(status == PSTM_OK || status == PSTM_DATA);
    ck_assert((store == NULL) == (status == PSTM_DATA));
    if (status != PSTM_OK) ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    pstm_store_close(&store);
    return status == PSTM_OK;
}

/* Damaged: neither opened nor taken for a foreign file, but made anew. */
static void assert_made_anew(void)
{
    ck_assert(!opens());
    ck_assert(!is_usable(an_about().key));
    ck_assert_int_eq(finish_store(8), PSTM_DATA);
}

/* A file that does not begin as a store does may be somebody else's. */
static bool is_found(int64_t at)
{
    const pstm_store_about about = an_about();
    bool usable;
    const pstm_status probed = pstm_store_probe(path, &about, leaves, &usable);
    const bool is_magic = at < (int64_t)sizeof(((pstm_store_header *)NULL)->magic);
    return !opens() && !usable && probed == (is_magic ? PSTM_DATA : PSTM_OK);
}

START_TEST(any_flipped_bit_of_header_and_leaves_is_found)
{
    make_complete();
    ck_assert(opens() && is_usable(an_about().key));
    const pstm_store_header h = get_header();
    for (int64_t bit = 0; bit < 8 * (HEADER + (int64_t)sizeof leaves); bit++) {
        const int64_t at = bit / 8 < HEADER ? bit / 8 : h.leaf_byte + bit / 8 - HEADER;
        unsigned char kept, flipped;
        get(at, &kept, 1);
        flipped = kept ^ (unsigned char)(1 << bit % 8);
        put(at, &flipped, 1);
        ck_assert_msg(is_found(at), "bit %d of byte %d", (int)bit % 8, (int)at);
        put(at, &kept, 1);
    }
    ck_assert(opens() && is_usable(an_about().key));
}
END_TEST

static void flip(int64_t at)
{
    unsigned char byte;
    get(at, &byte, 1);
    byte ^= 16;
    put(at, &byte, 1);
}

START_TEST(damage_of_the_digests_of_leaves_and_of_the_input_files_is_found)
{
    make_complete();
    const pstm_store_header h = get_header();
    pstm_store *store = NULL;
    pstm_file_identity read[INPUTS];
    for (int64_t i = 0; i < LEAVES * (int64_t)sizeof(uint64_t); i++) {
        flip(h.digest_byte + i);
        ck_assert(!opens() && !is_usable(an_about().key));
        flip(h.digest_byte + i);
    }
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    for (int64_t i = 0; i < (int64_t)sizeof inputs; i++) {
        flip(h.input_byte + i);
        ck_assert_int_eq(pstm_store_read_inputs(store, read), PSTM_DATA);
        flip(h.input_byte + i);
    }
    ck_assert_int_eq(pstm_store_read_inputs(store, read), PSTM_OK);
    pstm_store_close(&store);
}
END_TEST

START_TEST(doubts_are_read_as_they_were_written_and_damage_is_found)
{
    make_complete();
    const pstm_store_header h = get_header();
    pstm_store *store = NULL;
    pstm_doubts written = {0}, read = {0};
    ck_assert_int_eq(add_doubts(&written), PSTM_OK);
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_doubts(store, &read), PSTM_OK);
    ck_assert_int_eq(read.n, written.n);
    for (int64_t i = 0; i < read.n; i++) {
        ck_assert_int_eq(read.items[i].kind, written.items[i].kind);
        ck_assert_int_eq(read.items[i].is_error, written.items[i].is_error);
        ck_assert_str_eq(read.items[i].text, written.items[i].text);
    }
    ck_assert_int_eq(h.doubt_byte + h.doubt_bytes, file_bytes());
    for (int64_t i = 0; i < h.doubt_bytes; i++) {
        flip(h.doubt_byte + i);
        ck_assert_int_eq(pstm_store_read_doubts(store, &read), PSTM_DATA);
        flip(h.doubt_byte + i);
    }
    ck_assert_int_eq(read.n, written.n);
    ck_assert_int_eq(finish_store(8), PSTM_OK); /* again: in the place of the first ones */
    ck_assert_int_eq(h.doubt_byte + h.doubt_bytes, file_bytes());
    pstm_doubts_clear(&written);
    pstm_doubts_clear(&read);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_store_cut_anywhere_is_refused_and_made_anew)
{
    make_complete();
    const int64_t n = file_bytes();
    for (int64_t kept = n - 1; kept >= (int64_t)sizeof((pstm_store_header *)NULL)->magic;
         kept -= 1 + kept / 29) {
        ck_assert_int_eq(truncate(path, kept), 0);
        assert_made_anew();
    }
    ck_assert_int_eq(truncate(path, n), 0); /* with zeros */
    assert_made_anew();
}
END_TEST

START_TEST(a_longer_file_is_not_the_one_that_was_made)
{
    make_complete();
    put(file_bytes(), "x", 1);
    assert_made_anew();
}
END_TEST

/* Takes *at to the last byte of the dataset that it is in. */
static bool skip_rows(const pstm_store_header *h, int64_t *at)
{
    const int64_t from[] = {h->trace_byte, h->leaf_byte, h->samples_byte, h->input_byte, h->digest_byte};
    const int64_t bytes[] = {TRACES * (int64_t)sizeof(pstm_trace), sizeof leaves,
                             TRACES * pstm_store_header_stride(h) * (int64_t)sizeof(float), sizeof inputs,
                             LEAVES * (int64_t)sizeof(uint64_t)};
    for (int i = 0; i < 5; i++)
        if (*at >= from[i] && *at < from[i] + bytes[i]) {
            *at = from[i] + bytes[i] - 1;
            return true;
        }
    return false;
}

START_TEST(the_hdf5_part_may_be_anything)
{
    make_complete();
    const pstm_store_header h = get_header();
    srand(11);
    for (int round = 0; round < 20; round++) {
        for (int64_t at = HEADER; at < file_bytes(); at++) {
            if (skip_rows(&h, &at)) continue;
            const unsigned char byte = round == 0 ? 0 : (unsigned char)rand();
            put(at, &byte, 1);
        }
        ck_assert(opens() && is_usable(an_about().key));
        pstm_store *store = NULL;
        ck_assert_int_eq(open_store(false, &store), PSTM_OK);
        assert_rows(store, 0, TRACES);
        pstm_store_close(&store);
    }
}
END_TEST

START_TEST(another_version_is_named)
{
    make_complete();
    pstm_store_header h = get_header();
    h.version = 77;
    put(0, &h, sizeof h);
    assert_made_anew();
    ck_assert(!opens());
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "version is 77"));
}
END_TEST

/* Headers that contradict themselves or the file, with a digest that is right. */
#define LIE(field, text)                                                                                     \
    {                                                                                                        \
        offsetof(pstm_store_header, field), sizeof(((pstm_store_header *)NULL)->field), text                 \
    }
static const struct {
    size_t at, bytes;
    double value;
} lies[] = {
    LIE(header_bytes, 160),     LIE(trace_bytes, 64),      LIE(leaf_bytes, 72),
    LIE(n_samples, 0),          LIE(n_samples, -1),        LIE(n_samples, 5000),
    LIE(n_samples, 2147483647), LIE(n_levels, 0),          LIE(n_levels, 2),
    LIE(n_levels, 13),          LIE(n_levels, -1),         LIE(complete, 2),
    LIE(complete, -1),          LIE(n_traces, -1),         LIE(n_traces, 1e18),
    LIE(n_traces, 2000),        LIE(n_leaves, -1),         LIE(n_leaves, TRACES + 1),
    LIE(n_leaves, 9e18),        LIE(trace_byte, 0),        LIE(trace_byte, -1),
    LIE(trace_byte, 100),       LIE(trace_byte, 9.2e18),   LIE(leaf_byte, -4096),
    LIE(leaf_byte, 0),          LIE(leaf_byte, 1e9),       LIE(samples_byte, 4096),
    LIE(samples_byte, 1e15),    LIE(samples_byte, -1e18),  LIE(input_bytes, 40),
    LIE(n_inputs, -1),          LIE(n_inputs, 2147483647), LIE(input_byte, -4096),
    LIE(input_byte, 1e15),      LIE(digest_byte, 100),     LIE(digest_byte, 9.2e18),
    LIE(file_bytes, 0),         LIE(file_bytes, -1),       LIE(file_bytes, 1e18),
};

START_TEST(a_header_that_contradicts_the_file_is_found_behind_a_right_digest)
{
    make_complete();
    pstm_store_header h = get_header();
    if (lies[_i].bytes == 4)
        memcpy((char *)&h + lies[_i].at, &(int32_t){(int32_t)lies[_i].value}, 4);
    else
        memcpy((char *)&h + lies[_i].at, &(int64_t){(int64_t)lies[_i].value}, 8);
    pstm_store_header_seal(&h);
    put(0, &h, sizeof h);
    assert_made_anew();
}
END_TEST

START_TEST(other_lies_behind_a_right_digest_are_found)
{
    make_complete();
    const pstm_store_header good = get_header();
    const double intervals[] = {0, -0.002, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        pstm_store_header h = good;
        h.sample_s = intervals[i];
        pstm_store_header_seal(&h);
        put(0, &h, sizeof h);
        assert_made_anew();
    }
    const int64_t places[] = {good.trace_byte, good.trace_byte + 1, good.samples_byte,
                              good.samples_byte - 63};
    for (size_t i = 0; i < 4; i++) { /* leaves within other rows, or half */
        pstm_store_header h = good;
        h.leaf_byte = places[i];
        pstm_store_header_seal(&h);
        put(0, &h, sizeof h);
        assert_made_anew();
    }
    pstm_store_header h = good;
    memset(h.key, 'a', sizeof h.key); /* endless */
    pstm_store_header_seal(&h);
    put(0, &h, sizeof h);
    assert_made_anew();
}
END_TEST

START_TEST(a_header_that_was_half_written_when_the_power_went_is_no_complete_store)
{
    make_store();
    descriptor = open(path, O_RDWR);
    const pstm_store_header before = get_header();
    ck_assert_int_eq(finish_store(0x0123456789abcdef), PSTM_OK);
    const pstm_store_header after = get_header();
    for (size_t n = 0; n <= sizeof after; n++) {
        pstm_store_header torn = before;
        memcpy(&torn, &after, n);
        put(0, &torn, sizeof torn);
        ck_assert(is_usable(an_about().key) == (memcmp(&torn, &after, sizeof torn) == 0));
        torn = after;
        memcpy(&torn, &before, n);
        put(0, &torn, sizeof torn);
        ck_assert(is_usable(an_about().key) == (memcmp(&torn, &after, sizeof torn) == 0));
    }
}
END_TEST

/* ---- rows -------------------------------------------------------------------------------------------- */

static void assert_row_is(pstm_status wanted, const pstm_trace *row)
{
    pstm_store *store = NULL;
    static pstm_trace read[TRACES];
    put(get_header().trace_byte + 600 * (int64_t)sizeof *row, row, sizeof *row);
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_traces(store, 0, 600, read), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_traces(store, 512, 256, read), wanted);
    if (wanted != PSTM_OK) ck_assert_ptr_nonnull(strstr(pstm_error_text(), "row 600"));
    pstm_store_close(&store);
}

START_TEST(a_row_that_would_lead_a_device_out_of_its_record_is_refused)
{
    make_complete();
    pstm_trace good = a_trace(600);
    good.fate = PSTM_TRACE_KEPT;
    assert_row_is(PSTM_OK, &good);
    pstm_trace bad[9];
    for (int i = 0; i < 9; i++)
        bad[i] = good;
    bad[0].live_last = SAMPLES;
    bad[1].live_first = -1;
    bad[2].live_first = INT32_MIN;
    bad[2].live_last = INT32_MAX;
    bad[3].fate = PSTM_TRACE_FATES;
    bad[4].fate = -1;
    bad[5].source_x_m = NAN;
    bad[6].receiver_y_m = INFINITY;
    bad[7].start_s = -INFINITY;
    bad[8].source_y_m = bad[8].receiver_x_m = NAN;
    for (int i = 0; i < 9; i++)
        assert_row_is(PSTM_DATA, &bad[i]);
    bad[0].fate = PSTM_TRACE_MUTED; /* is migrated nowhere */
    assert_row_is(PSTM_OK, &bad[0]);
    good.live_first = SAMPLES;
    assert_row_is(PSTM_OK, &good);
}
END_TEST

Suite *pstm_test_suite(void)
{
    pstm_log_setup("", 0, 1); /* thousands of stores are made anew */
    Suite *suite = suite_create("store header");
    TCase *tests = tcase_create("header");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, any_flipped_bit_of_header_and_leaves_is_found);
    tcase_add_test(tests, damage_of_the_digests_of_leaves_and_of_the_input_files_is_found);
    tcase_add_test(tests, doubts_are_read_as_they_were_written_and_damage_is_found);
    tcase_add_test(tests, a_store_cut_anywhere_is_refused_and_made_anew);
    tcase_add_test(tests, a_longer_file_is_not_the_one_that_was_made);
    tcase_add_test(tests, the_hdf5_part_may_be_anything);
    tcase_add_test(tests, another_version_is_named);
    tcase_add_loop_test(tests, a_header_that_contradicts_the_file_is_found_behind_a_right_digest, 0,
                        (int)(sizeof lies / sizeof *lies));
    tcase_add_test(tests, other_lies_behind_a_right_digest_are_found);
    tcase_add_test(tests, a_header_that_was_half_written_when_the_power_went_is_no_complete_store);
    add(suite, tests);
    tests = tcase_create("rows");
    tcase_add_test(tests, a_row_that_would_lead_a_device_out_of_its_record_is_refused);
    add(suite, tests);
    return suite;
}
