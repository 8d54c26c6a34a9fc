#include "plan/index_set.h"

#include "core/memory.h"

pstm_status pstm_index_set_make(pstm_index_set *set, int64_t n)
{
    pstm_index_set made = {.n = n};
    int64_t n_words = n;
    do {
        n_words = (n_words + 63) / 64;
        const pstm_status status = PSTM_NEW(&made.levels[made.n_levels], n_words, "a set of indices");
        if (status != PSTM_OK) {
            pstm_index_set_clear(&made);
            return status;
        }
        made.n_words[made.n_levels++] = n_words;
    } while (n_words > 1 && made.n_levels < PSTM_INDEX_SET_LEVELS);
    *set = made;
    return PSTM_OK;
}

void pstm_index_set_clear(pstm_index_set *set)
{
    for (int level = 0; level < PSTM_INDEX_SET_LEVELS; level++)
        PSTM_FREE(&set->levels[level]);
    set->n = set->n_levels = 0;
}

void pstm_index_set_add(pstm_index_set *set, int64_t i)
{
    for (int level = 0; level < set->n_levels; level++, i /= 64)
        set->levels[level][i / 64] |= UINT64_C(1) << (i % 64);
}

void pstm_index_set_remove(pstm_index_set *set, int64_t i)
{
    for (int level = 0; level < set->n_levels; level++, i /= 64) {
        set->levels[level][i / 64] &= ~(UINT64_C(1) << (i % 64));
        if (set->levels[level][i / 64] != 0) return;
    }
}

/* Up until a word has a bit at or behind the place, then down along the first bits. */
int64_t pstm_index_set_next(const pstm_index_set *set, int64_t from)
{
    if (from >= set->n) return -1;
    int64_t i = from;
    for (int level = 0; level < set->n_levels; level++) {
        const uint64_t word = set->levels[level][i / 64] & (~UINT64_C(0) << (i % 64));
        if (word != 0) {
            i = i / 64 * 64 + __builtin_ctzll(word);
            while (level-- > 0)
                i = i * 64 + __builtin_ctzll(set->levels[level][i]);
            return i;
        }
        i = i / 64 + 1; /* the next word of this level is a bit of the one above */
        if (i >= set->n_words[level]) return -1;
    }
    return -1;
}
