#include "gpu/cuda_choice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static const int widths[PSTM_CUDA_SUMS] = {0, PSTM_CUDA_WIDEST / 2, PSTM_CUDA_WIDEST};

/* A part of the limit^2 up to which a leg of aperture.h surely has the factor 1. */
static const double UNTAPERED_MARGIN = 1e-5;

static float full_fraction(const pstm_device_plan *plan)
{
    const double untapered = 1 - plan->aperture_taper;
    return (float)(plan->aperture_taper > 0 ? untapered * untapered * (1 - UNTAPERED_MARGIN) : 1);
}

pstm_status pstm_cuda_choice_open(const pstm_device_plan *plan, pstm_cuda_choice *choice)
{
    *choice = (pstm_cuda_choice){.n_spans = (plan->n_times + PSTM_CUDA_SPAN - 1) / PSTM_CUDA_SPAN,
                                 .full_fraction = full_fraction(plan),
                                 .axis = -1};
    PSTM_TRY(PSTM_NEW(&choice->order, choice->n_spans, "spans of a GPU"));
    PSTM_TRY(PSTM_NEW(&choice->width, choice->n_spans, "spans of a GPU"));
    return PSTM_OK;
}

void pstm_cuda_choice_close(pstm_cuda_choice *choice)
{
    pstm_cuda_pieces_clear(&choice->pieces);
    PSTM_FREE(&choice->order);
    PSTM_FREE(&choice->width);
}

static double step_m_of(const pstm_lattice *lattice, int axis)
{
    return hypot(lattice->step_m[axis][0], lattice->step_m[axis][1]);
}

static bool are_off(void)
{
    const char *forced = getenv("PSTM_CUDA_GROUPS");
    return forced != NULL && strcmp(forced, "off") == 0;
}

/* The lists of spans by their widths. */
static void sort_spans(pstm_cuda_choice *choice)
{
    int32_t n = 0;
    for (int kernel = 0; kernel < PSTM_CUDA_SUMS; kernel++) {
        const int32_t before = n;
        for (int32_t i = 0; i < choice->n_spans; i++)
            if (choice->width[i] == widths[kernel]) choice->order[n++] = i;
        choice->n_of[kernel] = n - before;
    }
}

pstm_status pstm_cuda_choose(pstm_cuda_choice *choice, const pstm_device_plan *plan,
                             const pstm_device_tile *tile)
{
    const int axis = are_off() ? -1 : pstm_cuda_groups_axis(plan, tile);
    const size_t bytes = (size_t)choice->n_spans * sizeof *choice->width;
    choice->axis = axis;
    memset(choice->width, 0, bytes);
    if (axis >= 0) {
        PSTM_TRY(pstm_cuda_pieces_make(plan, tile->columns.vrms_m_s, step_m_of(&tile->lattice, axis),
                                       choice->full_fraction, &choice->pieces));
        memcpy(choice->width, choice->pieces.width, bytes);
    }
    sort_spans(choice);
    return PSTM_OK;
}

void pstm_cuda_choice_spans(const pstm_cuda_choice *choice, const int32_t *order,
                            pstm_cuda_spans spans_of[PSTM_CUDA_SUMS])
{
    for (int kernel = 0; kernel < PSTM_CUDA_SUMS; kernel++) {
        spans_of[kernel] = (pstm_cuda_spans){order, choice->n_of[kernel]};
        if (order != NULL) order += choice->n_of[kernel];
    }
}

pstm_cuda_lattice pstm_cuda_choice_lattice(const pstm_cuda_choice *choice, const pstm_lattice *lattice)
{
    const int axis = choice->axis, other = 1 - axis;
    if (axis < 0) return (pstm_cuda_lattice){0};
    return (pstm_cuda_lattice){
        .first_along = lattice->first[axis],
        .n_along = lattice->n[axis],
        .along_stride = axis == 0 ? lattice->n[1] : 1,
        .first_across = lattice->first[other],
        .n_across = lattice->n[other],
        .across_stride = other == 0 ? lattice->n[1] : 1,
        .origin_m = {lattice->origin_m[0], lattice->origin_m[1]},
        .along_m = {lattice->step_m[axis][0], lattice->step_m[axis][1]},
        .across_m = {lattice->step_m[other][0], lattice->step_m[other][1]},
        .step_m = step_m_of(lattice, axis),
    };
}
