#include "core/fault.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"

typedef struct wish {
    pstm_fault_site site;
    pstm_fault fault;
    int64_t tile; /* or number of the call; -1: any */
} wish;

enum { MOST_WISHES = 16 };
static wish wishes[MOST_WISHES];
static int n_wishes;
static atomic_llong n_calls[PSTM_FAULT_SITES];

static bool skip_word(const char **at, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0) return false;
    *at += n;
    return true;
}

static bool skip_number(const char **at, int64_t *number)
{
    char *end;
    *number = strtoll(*at, &end, 10);
    if (end == *at || *end != ':') return false;
    *at = end + 1;
    return true;
}

static bool read_kind(const char *at, pstm_fault *fault)
{
    static const char *const kinds[] = {
        [PSTM_FAULT_HANG] = "hang",     [PSTM_FAULT_ERROR] = "error", [PSTM_FAULT_NAN] = "nan",
        [PSTM_FAULT_ENOSPC] = "ENOSPC", [PSTM_FAULT_SHORT] = "short", [PSTM_FAULT_SLOW] = "slow"};
    for (size_t k = PSTM_FAULT_HANG; k < sizeof kinds / sizeof *kinds; k++) {
        if (strcmp(at, kinds[k]) != 0) continue;
        *fault = (pstm_fault)k;
        return true;
    }
    return false;
}

static bool kind_fits(const wish *w)
{
    switch (w->site) {
    case PSTM_FAULT_TILE:
        return w->fault == PSTM_FAULT_HANG || w->fault == PSTM_FAULT_ERROR || w->fault == PSTM_FAULT_NAN ||
               w->fault == PSTM_FAULT_SLOW;
    case PSTM_FAULT_WRITE:
        return w->fault == PSTM_FAULT_HANG || w->fault == PSTM_FAULT_ENOSPC;
    case PSTM_FAULT_END:
        return w->fault == PSTM_FAULT_HANG;
    case PSTM_FAULT_SYNC:
        return w->fault == PSTM_FAULT_ERROR;
    case PSTM_FAULT_JOURNAL:
        return w->fault == PSTM_FAULT_ENOSPC;
    case PSTM_FAULT_READ:
        return w->fault == PSTM_FAULT_ERROR || w->fault == PSTM_FAULT_SHORT;
    default:
        return false;
    }
}

/* The number of the call that fails; -1: all. */
static bool read_count(const char *at, wish *w)
{
    char *end;
    w->fault = PSTM_FAULT_ERROR;
    w->tile = strtoll(at, &end, 10);
    return end != at && *end == '\0' && (w->tile > 0 || w->tile == -1);
}

/* The word in front, which is skipped, says where. */
static bool read_site(const char **at, pstm_fault_site *site)
{
    static const struct {
        const char *word;
        pstm_fault_site site;
    } sites[] = {{"tile:", PSTM_FAULT_TILE},         {"end:", PSTM_FAULT_END},
                 {"sync:", PSTM_FAULT_SYNC},         {"journal:", PSTM_FAULT_JOURNAL},
                 {"store:", PSTM_FAULT_STORE},       {"io:write:", PSTM_FAULT_WRITE},
                 {"io:read:", PSTM_FAULT_READ},      {"write:", PSTM_FAULT_WRITE},
                 {"read:", PSTM_FAULT_READ},         {"cuda:launch:", PSTM_FAULT_LAUNCH},
                 {"cuda:memory:", PSTM_FAULT_MEMORY}};
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        if (!skip_word(at, sites[i].word)) continue;
        *site = sites[i].site;
        return true;
    }
    return false;
}

/* One wish; *rank is -1 for all. */
static bool read_wish(const char *at, int64_t *rank, wish *w)
{
    *rank = w->tile = -1;
    if (skip_word(&at, "rank:") && !skip_number(&at, rank)) return false;
    if (!read_site(&at, &w->site)) return false;
    if (w->site == PSTM_FAULT_STORE || w->site == PSTM_FAULT_LAUNCH || w->site == PSTM_FAULT_MEMORY)
        return read_count(at, w);
    if (w->site == PSTM_FAULT_TILE && !skip_number(&at, &w->tile)) return false;
    return read_kind(at, &w->fault) && kind_fits(w);
}

pstm_status pstm_fault_setup(int rank)
{
    const char *text = getenv("PSTM_FAULT");
    char item[128];
    n_wishes = 0;
    while (text != NULL && *text != '\0') {
        const size_t n = strcspn(text, ",");
        int64_t at_rank;
        wish w;
        snprintf(item, sizeof item, "%.*s", (int)n, text);
        if (!read_wish(item, &at_rank, &w) || n_wishes == MOST_WISHES)
            return pstm_fail(PSTM_USAGE,
                             "PSTM_FAULT: `%s` is not understood; for example rank:2:tile:5:hang, "
                             "io:write:ENOSPC, read:short, cuda:launch:3",
                             item);
        if (at_rank < 0 || at_rank == rank) wishes[n_wishes++] = w;
        text += n + (text[n] == ',');
    }
    return PSTM_OK;
}

pstm_fault pstm_fault_at(pstm_fault_site site, int64_t number)
{
    for (int i = 0; i < n_wishes; i++)
        if (wishes[i].site == site && (wishes[i].tile < 0 || wishes[i].tile == number))
            return wishes[i].fault;
    return PSTM_FAULT_NONE;
}

bool pstm_fault_counts(pstm_fault_site site)
{
    if (n_wishes == 0) return false;
    return pstm_fault_at(site, (int64_t)atomic_fetch_add(&n_calls[site], 1) + 1) != PSTM_FAULT_NONE;
}

_Noreturn void pstm_fault_hang(void)
{
    for (;;)
        pstm_sleep_s(1000);
}
