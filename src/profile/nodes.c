/* The profile by nodes: one that is slower than the others is seen there. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "profile/profile.h"
#include "profile/spread.h"

enum { MOST_NODES = 16 /* that are listed: those whose ranks sum the fewest contributions a second first */ };

typedef struct node {
    const char *host;
    int64_t n_ranks;
    double phase_s[PSTM_PHASES], contributions;
} node;

static double rate_of(const node *n)
{
    const double sum_s = n->phase_s[PSTM_PHASE_SUM];
    return sum_s > 0 ? n->contributions / sum_s : 0;
}

static int by_rate(const void *a, const void *b)
{
    const double p = rate_of(a), q = rate_of(b);
    return (p > q) - (p < q);
}

/* Adds the ranks of each host up; ranks of a host mostly follow each other. */
static int64_t add_up(const pstm_rank_profile *ranks, int64_t n_ranks, node *nodes)
{
    int64_t n = 0;
    for (int64_t r = 0; r < n_ranks; r++) {
        int64_t at = n - 1;
        while (at >= 0 && strcmp(nodes[at].host, ranks[r].host) != 0)
            at--;
        if (at < 0) nodes[at = n++] = (node){.host = ranks[r].host};
        nodes[at].n_ranks++;
        nodes[at].contributions += (double)pstm_rank_count(&ranks[r], PSTM_COUNT_CONTRIBUTIONS);
        for (int p = 0; p < PSTM_PHASES; p++)
            nodes[at].phase_s[p] += pstm_rank_phase_s(&ranks[r], (pstm_phase)p);
    }
    return n;
}

/* Phases that took time on any node, in order; returns how many. */
static int choose_phases(const node *nodes, int64_t n, pstm_phase chosen[PSTM_PHASES])
{
    int n_chosen = 0;
    for (int p = 0; p < PSTM_PHASES; p++) {
        bool is_used = false;
        for (int64_t i = 0; i < n; i++)
            is_used = is_used || nodes[i].phase_s[p] > 0;
        if (is_used) chosen[n_chosen++] = (pstm_phase)p;
    }
    return n_chosen;
}

static pstm_status add_lines(pstm_text *text, const node *nodes, int64_t n)
{
    pstm_phase shown[PSTM_PHASES];
    const int n_shown = choose_phases(nodes, n, shown);
    PSTM_TRY(pstm_text_add(text, "  %-20s %5s", "node, mean s a rank", "ranks"));
    for (int p = 0; p < n_shown; p++)
        PSTM_TRY(pstm_text_add(text, " %10s", pstm_phase_name(shown[p])));
    PSTM_TRY(pstm_text_add(text, " %14s\n", "/s of the sum"));
    for (int64_t i = 0; i < n && i < MOST_NODES; i++) {
        PSTM_TRY(pstm_text_add(text, "  %-20.20s %5lld", nodes[i].host, (long long)nodes[i].n_ranks));
        for (int p = 0; p < n_shown; p++)
            PSTM_TRY(pstm_text_add(text, " %10.3f", nodes[i].phase_s[shown[p]] / (double)nodes[i].n_ranks));
        PSTM_TRY(pstm_text_add(text, " %14.4g\n", rate_of(&nodes[i])));
    }
    if (n <= MOST_NODES) return PSTM_OK;
    return pstm_text_add(text, "  and %lld faster ones\n", (long long)(n - MOST_NODES));
}

pstm_status pstm_nodes_describe(pstm_text *text, const pstm_rank_profile *ranks, int64_t n_ranks)
{
    node *nodes = NULL;
    PSTM_TRY(PSTM_NEW(&nodes, n_ranks, "the nodes"));
    const int64_t n = add_up(ranks, n_ranks, nodes);
    qsort(nodes, (size_t)n, sizeof *nodes, by_rate);
    const pstm_status status = n > 1 ? add_lines(text, nodes, n) : PSTM_OK;
    PSTM_FREE(&nodes);
    return status;
}
