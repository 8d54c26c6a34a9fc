#include "qc/overview_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "survey/kdtree.h"

static const double LITTLE_FOLD = 6; /* on land, a tenth of what one plans for; noise falls with its root */

/* ---- files ------------------------------------------------------------------------------------------- */

static void print_file(const pstm_segy *file, FILE *out)
{
    const bool is_su = pstm_segy_kind(file) == PSTM_KIND_SU;
    fprintf(out, "file        %s\n", pstm_segy_path(file));
    fprintf(out, "            %s", is_su ? "SU" : "SEG-Y");
    if (!is_su) fprintf(out, " revision %d", pstm_segy_revision(file));
    fprintf(out, ", %s endian, samples in format %d (%s), %.1f MiB\n",
            pstm_segy_byte_order(file) == PSTM_ORDER_BIG ? "big" : "little", pstm_segy_format(file),
            pstm_segy_format_name(pstm_segy_format(file)), (double)pstm_segy_size_bytes(file) / 1048576);
    fprintf(out, "            %" PRId64 " traces of %d samples, %g ms apart\n", pstm_segy_n_traces(file),
            pstm_segy_n_samples(file), 1e3 * pstm_segy_sample_s(file));
}

static pstm_status print_text(const pstm_segy *file, FILE *out)
{
    pstm_text text = {0};
    bool is_ebcdic;
    const pstm_status status = pstm_segy_read_text(file, &text, &is_ebcdic);
    if (status == PSTM_OK && text.bytes != NULL)
        fprintf(out, "text        of %s, in %s\n%s\n", pstm_segy_path(file), is_ebcdic ? "EBCDIC" : "ASCII",
                text.bytes);
    pstm_text_clear(&text);
    return status;
}

/* ---- survey ------------------------------------------------------------------------------------------ */

static void print_traces(const pstm_overview *o, FILE *out)
{
    fprintf(out, "traces      %" PRId64 ", %" PRId64 " of them usable\n", o->survey.inputs->n_traces,
            o->n_usable);
    for (int f = 1; f < PSTM_TRACE_FATES; f++)
        if (o->n_fate[f] > 0)
            fprintf(out, "            %" PRId64 ": %s\n", o->n_fate[f], pstm_trace_fate_text(f));
    if (o->n_repeated > 0) fprintf(out, "            %" PRId64 " repeat another one\n", o->n_repeated);
    if (o->n_usable == 0) return;
    fprintf(out, "places      %" PRId64 " of sources, %" PRId64 " of receivers\n", o->n_sources,
            o->n_receivers);
    fprintf(out, "record      to %g s", o->last_s);
    if (o->facts.n_delayed > 0)
        fprintf(out, "; %" PRId64 " delayed, by %g to %g s", o->facts.n_delayed, o->facts.least_delay_s,
                o->facts.most_delay_s);
    if (o->facts.n_muted > 0) fprintf(out, "; %" PRId64 " muted by their headers", o->facts.n_muted);
    if (o->facts.n_short > 0) fprintf(out, "; %" PRId64 " shorter than the others", o->facts.n_short);
    fprintf(out, "\noffsets     %.1f to %.1f m\n", o->least_offset_m, o->most_offset_m);
    fprintf(out, "midpoints   x %.1f to %.1f m, y %.1f to %.1f m\n", o->midpoints.min_x_m,
            o->midpoints.max_x_m, o->midpoints.min_y_m, o->midpoints.max_y_m);
    if (!isnan(o->probe.direction_deg))
        fprintf(out, "receivers   in lines along azimuth %.1f or %.1f degrees\n", o->probe.direction_deg,
                o->probe.direction_deg + 180);
}

/* ---- grid -------------------------------------------------------------------------------------------- */

static const char *axis_word(int axis)
{
    return axis == 0 ? "inline" : "crossline";
}

static pstm_status describe_numbers(const pstm_proposal *p, const char *lead, pstm_text *text)
{
    for (int a = 0; a < 2; a++) {
        const double step = p->number_step[a];
        if (!p->numbers[a].fits) continue;
        PSTM_TRY(pstm_text_add(text, "%sbyte %d numbers the %ss, by %.3g a bin", lead,
                               (int)p->numbers[a].byte, axis_word(a),
                               fabs(step - round(step)) < 0.05 ? round(step) : step));
        const bool kept = fabs(step - 1) <= 0.05;
        PSTM_TRY(pstm_text_add(text, "%s\n",
                               kept ? "; the grid keeps these numbers"
                                    : ", which a grid cannot hold: it counts its own"));
    }
    if (p->left_handed)
        PSTM_TRY(pstm_text_add(text,
                               "%sleft-handed: inline numbers of the headers grow towards azimuth %.6g, "
                               "those of the grid towards %.6g\n",
                               lead, fmod(p->grid.azimuth_deg + 270, 360),
                               fmod(p->grid.azimuth_deg + 90, 360)));
    return PSTM_OK;
}

static pstm_status describe_fold(const pstm_overview *o, const char *lead, pstm_text *text)
{
    const int64_t n = (int64_t)o->proposal.grid.n_inline * o->proposal.grid.n_crossline;
    int64_t n_bare = 0, sum = 0;
    int32_t most = 0;
    if (o->fold == NULL) return pstm_text_add(text, "%sfold: the grid has too many bins to count\n", lead);
    for (int64_t b = 0; b < n; b++) {
        n_bare += o->fold[b] == 0;
        sum += o->fold[b];
        if (o->fold[b] > most) most = o->fold[b];
    }
    PSTM_TRY(pstm_text_add(text,
                           "%sfold %.1f in the mean of %" PRId64
                           " bins with traces, %d at most; %.1f %% of the bins are bare\n",
                           lead, n > n_bare ? (double)sum / (double)(n - n_bare) : 0, n - n_bare, most,
                           100.0 * (double)n_bare / (double)n));
    if (o->most_offset_m <= 0)
        PSTM_TRY(pstm_text_add(
            text,
            "%sall offsets are 0: an image or a stack, or zero-offset traces; the others are not here\n",
            lead));
    else if (n > n_bare && (double)sum < LITTLE_FOLD * (double)(n - n_bare))
        PSTM_TRY(pstm_text_add(
            text, "%sthat is little fold for an image: a stack of so few traces keeps most of their noise\n",
            lead));
    if (o->n_beside > 0)
        PSTM_TRY(pstm_text_add(text, "%s%" PRId64 " traces lie beside it\n", lead, o->n_beside));
    return PSTM_OK;
}

/* How far midpoints are from the nodes: coherences are sin(2 pi s) / (2 pi s) of a scatter of s bins
 * (lattice.h). A lattice of header numbers that midpoints do not show has none. */
static pstm_status add_scatter(const pstm_bin_lattice *lattice, const char *lead, pstm_text *text)
{
    static const struct {
        double coherence;
        const char *words;
    } scatters[] = {{0.983, "a twentieth"},
                    {0.826, "a sixth"},
                    {0.636, "a quarter"},
                    {PSTM_LATTICE_LEAST_COHERENCE, "a third"}};
    const double found = fmin(lattice->coherence[0], lattice->coherence[1]);
    for (size_t i = 0; i < sizeof scatters / sizeof *scatters; i++)
        if (found >= scatters[i].coherence)
            return pstm_text_add(text, "%smidpoints are within %s of a bin of the lattice's nodes\n", lead,
                                 scatters[i].words);
    return PSTM_OK;
}

pstm_status pstm_overview_describe_grid(const pstm_overview *o, const char *lead, pstm_text *text)
{
    const pstm_proposal *p = &o->proposal;
    const pstm_grid *g = &p->grid;
    if (p->shape == PSTM_SHAPE_NONE) return PSTM_OK;
    PSTM_TRY(pstm_text_add(text, "%sbins of %.9g m (between inlines) x %.9g m (along them)\n", lead,
                           g->step_inline_m, g->step_crossline_m));
    PSTM_TRY(pstm_text_add(text, "%s%d inlines x %d crosslines, bin (0, 0) at x %.2f, y %.2f\n", lead,
                           g->n_inline, g->n_crossline, g->origin_x_m, g->origin_y_m));
    PSTM_TRY(pstm_text_add(text,
                           "%scrossline numbers grow towards azimuth %.9g, inline numbers towards %.9g\n",
                           lead, g->azimuth_deg, fmod(g->azimuth_deg + 90, 360)));
    if (p->has_lattice)
        PSTM_TRY(add_scatter(&p->lattice, lead, text));
    else if (p->shape == PSTM_SHAPE_RANDOM)
        PSTM_TRY(pstm_text_add(
            text,
            "%sthere is no lattice to find: the bins are as large as midpoints are dense, in round numbers\n",
            lead));
    if (p->shape == PSTM_SHAPE_CROOKED || p->shape == PSTM_SHAPE_LINE)
        PSTM_TRY(pstm_text_add(
            text, "%smidpoints are %.3g m (rms) off the straight grid%s\n", lead, p->off_line_m,
            p->shape == PSTM_SHAPE_CROOKED ? "; a grid of many inlines holds them better" : ""));
    PSTM_TRY(describe_numbers(p, lead, text));
    return describe_fold(o, lead, text);
}

static pstm_status print_grid(const pstm_overview *o, FILE *out)
{
    pstm_text text = {0};
    const pstm_status status = pstm_overview_describe_grid(o, "            ", &text);
    fprintf(out, "survey      %s\n", pstm_overview_shape(&o->proposal));
    if (o->proposal.shape == PSTM_SHAPE_NONE)
        fprintf(out, "grid        none: there is no image to make of so few midpoints at so few places\n");
    if (status == PSTM_OK && text.bytes != NULL)
        fprintf(out, "grid        %s", text.bytes + strspn(text.bytes, " "));
    pstm_text_clear(&text);
    return status;
}

/* ---- words ------------------------------------------------------------------------------------------- */

static pstm_status print_words(const pstm_overview *o, FILE *out)
{
    fprintf(out, "\nbyte  word                         least          most   typical step   traces not 0\n");
    for (int w = 0; w < PSTM_SEGY_WORDS; w++) {
        const pstm_word_facts *facts = &o->words[w];
        int64_t step;
        PSTM_TRY(pstm_probe_step(&o->probe, w, &step));
        if (facts->n_not_zero == 0) continue;
        fprintf(out, "%4d  %-22s %12d  %12d %14" PRId64 " %14" PRId64 "\n", pstm_segy_words[w].byte,
                pstm_segy_words[w].name, facts->least, facts->most, step, facts->n_not_zero);
    }
    fprintf(out, "      all others are 0\n");
    return PSTM_OK;
}

static void print_doubts(const pstm_overview *o, uint64_t accepted, FILE *out)
{
    const pstm_doubts *doubts = &o->doubts;
    fprintf(out, "\ndoubts      %s\n", doubts->n == 0 ? "none of the headers" : "");
    for (int64_t d = 0; d < doubts->n; d++) {
        const pstm_doubt *doubt = &doubts->items[d];
        const bool is_accepted = (accepted >> doubt->kind & 1) != 0;
        fprintf(out, "  %s [%s] %s\n          %s\n",
                is_accepted       ? "accepted:"
                : doubt->is_error ? "error:"
                                  : "warning:",
                pstm_doubt_word(doubt->kind), doubt->text, pstm_doubt_remedy(doubt->kind));
    }
}

pstm_status pstm_overview_print(const pstm_overview *o, bool with_text, uint64_t accepted, FILE *out)
{
    const pstm_inputs *inputs = o->survey.inputs;
    for (int64_t f = 0; f < inputs->n_files; f++) {
        print_file(inputs->files[f], out);
        if (with_text) PSTM_TRY(print_text(inputs->files[f], out));
    }
    print_traces(o, out);
    PSTM_TRY(print_grid(o, out));
    PSTM_TRY(print_words(o, out));
    print_doubts(o, accepted, out);
    return PSTM_OK;
}

pstm_status pstm_overview_print_headers(const pstm_overview *o, int64_t first, int64_t last, FILE *out)
{
    const pstm_inputs *inputs = o->survey.inputs;
    int32_t row[PSTM_SEGY_WORDS];
    if (first < 1 || last < first || last > inputs->n_traces)
        return pstm_fail(PSTM_USAGE, "--headers %" PRId64 ",%" PRId64 ": traces count from 1 to %" PRId64,
                         first, last, inputs->n_traces);
    fprintf(out, "trace");
    for (int w = 0; w < PSTM_SEGY_WORDS; w++)
        fprintf(out, "\t%s", pstm_segy_words[w].name);
    fprintf(out, "\n");
    int64_t before = 0;
    for (int64_t f = 0; f < inputs->n_files; f++) {
        const int64_t n = pstm_segy_n_traces(inputs->files[f]);
        for (int64_t t = first - before - 1 > 0 ? first - before - 1 : 0; t < n && before + t < last; t++) {
            PSTM_TRY(pstm_segy_read_words(inputs->files[f], t, 1, row));
            fprintf(out, "%" PRId64, before + t + 1);
            for (int w = 0; w < PSTM_SEGY_WORDS; w++)
                fprintf(out, "\t%d", row[w]);
            fprintf(out, "\n");
        }
        before += n;
    }
    return PSTM_OK;
}
