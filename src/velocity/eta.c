#include "velocity/eta.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/plain_text.h"

typedef struct pick {
    double t_s, eta;
} pick;

struct pstm_eta {
    bool is_effective;
    int64_t n, capacity;
    pick *picks; /* [n] at rising times, n >= 1 */
};

static pstm_status add_pick(pstm_eta *eta, const char *place, pick next)
{
    if (!(next.t_s >= 0 && next.t_s <= PSTM_VELOCITY_LATEST_S))
        return pstm_fail(PSTM_DATA,
                         "%s: time %g is outside 0 to %g s; times are two-way times in seconds (divide "
                         "milliseconds by 1000)",
                         place, next.t_s, PSTM_VELOCITY_LATEST_S);
    if (!(next.eta >= PSTM_ETA_LEAST && next.eta <= PSTM_ETA_MOST))
        return pstm_fail(PSTM_DATA, "%s: eta %g is outside %g to %g; it is a number such as 0.1", place,
                         next.eta, PSTM_ETA_LEAST, PSTM_ETA_MOST);
    if (eta->n > 0 && !(next.t_s > eta->picks[eta->n - 1].t_s))
        return pstm_fail(PSTM_DATA, "%s: time %g s follows %g s; times must rise", place, next.t_s,
                         eta->picks[eta->n - 1].t_s);
    PSTM_TRY(PSTM_GROW(&eta->picks, &eta->capacity, eta->n + 1, "eta along time"));
    eta->picks[eta->n++] = next;
    return PSTM_OK;
}

/** The two numbers of a line that ends at `end`; false if that is not what it holds. */
static bool read_line(const char *line, const char *end, pick *out)
{
    char *behind;
    out->t_s = strtod(line, &behind);
    if (behind == line || behind >= end || !isfinite(out->t_s)) return false;
    line = behind;
    out->eta = strtod(line, &behind);
    if (behind == line || behind > end || !isfinite(out->eta)) return false;
    return behind + strspn(behind, " \t") == end;
}

static pstm_status read_text(pstm_eta *eta, const char *name, const char *text)
{
    char place[320];
    int64_t number = 1;
    for (const char *line = text; *line != '\0'; number++) {
        const char *end = line + strcspn(line, "#\n");
        snprintf(place, sizeof place, "%s:%lld", name, (long long)number);
        if (line + strspn(line, " \t") != end) {
            pick next;
            if (!read_line(line, end, &next)) {
                const char *advice = pstm_plain_text_advice(line, (size_t)(end - line));
                return pstm_fail(PSTM_DATA, "%s: not `t eta`; %s", place,
                                 advice != NULL ? advice
                                                : "a line is a two-way time in seconds and eta, and # starts "
                                                  "a comment");
            }
            PSTM_TRY(add_pick(eta, place, next));
        }
        line = end + strcspn(end, "\n");
        if (*line == '\n') line++;
    }
    if (eta->n > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "%s: holds no line `t eta`", name);
}

pstm_status pstm_eta_create(const pstm_velocity_options *options, const char *text, pstm_eta **out)
{
    pstm_status status = PSTM_OK;
    pstm_eta *eta = NULL;
    *out = NULL;
    if (options->eta == 0 && options->eta_file == NULL) return PSTM_OK;
    PSTM_GO(PSTM_NEW(&eta, 1, "eta"));
    eta->is_effective = options->eta_kind == PSTM_ETA_EFFECTIVE;
    if (options->eta_file != NULL)
        PSTM_GO(read_text(eta, options->eta_file, text));
    else
        PSTM_GO(add_pick(eta, "velocity.eta", (pick){0, options->eta}));
    *out = eta;
    eta = NULL;
cleanup:
    pstm_eta_destroy(&eta);
    return status;
}

void pstm_eta_destroy(pstm_eta **eta)
{
    if (*eta == NULL) return;
    PSTM_FREE(&(*eta)->picks);
    PSTM_FREE(eta);
}

bool pstm_eta_is_effective(const pstm_eta *eta)
{
    return eta->is_effective;
}

double pstm_eta_at(const pstm_eta *eta, double t0_s)
{
    const pick *picks = eta->picks;
    int64_t low = 0, high = eta->n - 1;
    if (t0_s <= picks[low].t_s) return picks[low].eta;
    if (t0_s >= picks[high].t_s) return picks[high].eta;
    while (high - low > 1) {
        const int64_t middle = (low + high) / 2;
        if (picks[middle].t_s <= t0_s)
            low = middle;
        else
            high = middle;
    }
    const double share = (t0_s - picks[low].t_s) / (picks[high].t_s - picks[low].t_s);
    return picks[low].eta + share * (picks[high].eta - picks[low].eta);
}

pstm_status pstm_eta_describe(const pstm_eta *eta, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "eta %s\n", eta->is_effective ? "effective" : "interval"));
    for (int64_t i = 0; i < eta->n; i++)
        PSTM_TRY(pstm_text_add(text, "%.17g %.17g\n", eta->picks[i].t_s, eta->picks[i].eta));
    return PSTM_OK;
}
