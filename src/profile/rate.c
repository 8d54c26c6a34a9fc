#include "profile/rate.h"

#include <jansson.h>
#include <string.h>

#include "core/text.h"

/** Far above the profile of any run; another file given by mistake is refused at once. */
#define PROFILE_LIMIT_BYTES ((int64_t)1 << 30)

/* Seconds that the rank's compute threads were at work, on average. */
static double busy_s_of_rank(json_t *rank)
{
    const char *name;
    json_t *lane;
    double busy_s = 0;
    int n = 0;
    json_object_foreach(json_object_get(rank, "lanes"), name, lane)
    {
        if (strncmp(name, "compute", 7) != 0) continue;
        n++;
        busy_s += json_number_value(json_object_get(lane, "wall_s")) -
                  json_number_value(json_object_get(json_object_get(lane, "phases_s"), "wait"));
    }
    return n > 0 ? busy_s / n : 0;
}

static void add_ranks(const json_t *root, pstm_profile_rate *rate)
{
    size_t i;
    json_t *rank;
    json_array_foreach(json_object_get(root, "ranks"), i, rank)
    {
        rate->busy_s += busy_s_of_rank(rank);
        rate->n_contributions +=
            json_number_value(json_object_get(json_object_get(rank, "counts"), "n_contributions"));
    }
}

pstm_status pstm_profile_read_rate(const char *path, pstm_profile_rate *rate)
{
    json_error_t error;
    pstm_text text = {0};
    if (pstm_text_read_file(&text, path, PROFILE_LIMIT_BYTES) != PSTM_OK)
        return PSTM_DATA; /* its text stands */
    json_t *root = json_loadb(text.bytes, (size_t)text.length, 0, &error);
    pstm_text_clear(&text);
    if (root == NULL) return pstm_fail(PSTM_DATA, "%s:%d: %s", path, error.line, error.text);
    pstm_profile_rate found = {.n_tiles = (int64_t)json_array_size(json_object_get(root, "tiles"))};
    add_ranks(root, &found);
    json_decref(root);
    if (!(found.busy_s > 0 && found.n_contributions > 0))
        return pstm_fail(PSTM_DATA, "%s: holds no rate; a finished run with output.profile leaves one", path);
    *rate = found;
    return PSTM_OK;
}
