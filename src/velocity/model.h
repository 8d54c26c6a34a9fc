/** @file model.h
 * The velocity model of an image: columns at every image location, and what holds for all of them.
 *
 * A model is one of the kinds in PSTM_VELOCITY_KINDS. It is read-only once made: all functions but create and
 * destroy are thread-safe. All functions are Local. Files are read by the caller.
 */
#ifndef PSTM_VELOCITY_MODEL_H
#define PSTM_VELOCITY_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "core/text.h"
#include "survey/box.h"
#include "survey/grid.h"
#include "velocity/columns.h"
#include "velocity/velocity_options.h"

/** What holds for the columns at all places. */
typedef struct pstm_velocity_range {
    bool is_uniform;            /**< every location has the same column */
    double least_m_s, most_m_s; /**< of vrms in columns, at any time */
} pstm_velocity_range;

/** What a kind of model does; `self` is the model's own. */
typedef struct pstm_velocity_kind {
    /** Whether the options ask for this kind; of exactly one they do. */
    bool (*is_asked)(const pstm_velocity_options *options);

    /** As pstm_velocity_create(); the range is that of the input. */
    pstm_status (*create)(const pstm_velocity_options *options, const char *text, void **self,
                          pstm_velocity_range *range);

    /** Frees *self and sets it to NULL; NULL-safe. */
    void (*destroy)(void **self);

    /** Reads what columns inside the box need into *held, which is the caller's until release(); several
     * threads hold different boxes at a time. May fail. NULL: columns need nothing but self. */
    pstm_status (*hold)(const void *self, const pstm_box *box, void **held);

    /** Frees *held and sets it to NULL; NULL-safe. NULL where hold() is. */
    void (*release)(void **held);

    /** Bytes of what hold() reads. NULL where hold() is. */
    int64_t (*held_bytes)(const void *self, const pstm_box *box);

    /** Fills the fields of one column at a world position in the box held and the grid's output times: a pure
     * function of its arguments. */
    void (*column)(const void *self, const void *held, double x_m, double y_m, const pstm_grid *grid,
                   const pstm_columns *column);

    /** As pstm_velocity_describe(). */
    pstm_status (*describe)(const void *self, pstm_text *text);

    /** As pstm_velocity_doubt(). NULL: nothing can be doubtful. */
    pstm_status (*doubt)(const void *self, const char *name, const pstm_grid *grid, pstm_doubts *doubts);
} pstm_velocity_kind;

/** KIND(name): its functions are pstm_velocity_<name>, in velocity/<name>.c. */
#define PSTM_VELOCITY_KINDS(KIND)                                                                            \
    KIND(constant)                                                                                           \
    KIND(functions)                                                                                          \
    KIND(cube)

#define PSTM_VELOCITY_DECLARATION(name) extern const pstm_velocity_kind pstm_velocity_##name;
PSTM_VELOCITY_KINDS(PSTM_VELOCITY_DECLARATION)
#undef PSTM_VELOCITY_DECLARATION

typedef struct pstm_velocity {
    const pstm_velocity_kind *kind;
    void *self;
    pstm_velocity_range range;
    struct pstm_eta *eta; /**< of anisotropy (eta.h); NULL: none */
} pstm_velocity;

/** Raised when the same model, grid and location give another column: it is part of an image's key. */
enum { PSTM_COLUMNS_NUMERICS = 1 };

/**
 * The model that the options ask for; text is what options->file holds, NULL without a file. *out is the
 * caller's (pstm_velocity_destroy). PSTM_DATA with "file:line" and the remedy for a text that is not as
 * function_text.h says.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_create(const pstm_velocity_options *options, const char *text,
                                                 pstm_velocity **out);

/**
 * Gives a model the eta that the options ask for, if any, of which the columns alpha and beta are made with;
 * text is what options->eta_file holds, NULL without a file. Errors as of eta.h.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_set_eta(pstm_velocity *velocity,
                                                  const pstm_velocity_options *options, const char *text);

/** Frees *velocity and sets it to NULL; NULL-safe. */
void pstm_velocity_destroy(pstm_velocity **velocity);

/**
 * Fills the columns of the locations of an area, or with one_column that of the first: splines in time
 * (column_fit.h) of what the model says at nodes, and between nodes splines over the grid (nodes.h). They
 * have as many times as the grid. A pure function of model, grid and location, so that tiles, windows and
 * ranks agree in every bit. Beside the nodes, O(n_times) a column. PSTM_SYSTEM when memory is short; fails
 * where what a kind holds cannot be read.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_columns(const pstm_velocity *velocity, const pstm_grid *grid,
                                                  const pstm_grid_area *area, const pstm_columns *columns);

/** Bytes that pstm_velocity_columns() holds meanwhile with these fields. */
int64_t pstm_velocity_columns_bytes(const pstm_velocity *velocity, const pstm_grid *grid,
                                    const pstm_grid_area *area, pstm_fields fields);

/**
 * Fills the columns of n_locations at (x_m, y_m) with what the model says there, the input of the splines;
 * with one_column that of the first. A pure function of place and time. O(n_times + picks) a column. Fails
 * where what a kind holds cannot be read.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_inputs(const pstm_velocity *velocity, const double *x_m,
                                                 const double *y_m, int64_t n_locations,
                                                 const pstm_grid *grid, const pstm_columns *columns);

/** How columns depart from what the model says, of vrms, measured at some locations of a grid. */
typedef struct pstm_column_departures {
    double largest, rms;                     /**< parts of what the model says */
    int32_t largest_i, largest_j, largest_k; /**< where the largest is, indices of the grid */
    double beyond_share; /**< of the layers, those with an interval velocity that is replaced (bend.h) */
    double fine_share, input_share; /**< of the samples of columns at nodes: in cells of less than 64 samples,
                                       and the input itself (column_fit.h) */
} pstm_column_departures;

/** Measures at 4 x 4 locations spread over the grid, at one for a uniform model, of columns with these
 * fields, vrms among them. Errors as of pstm_velocity_columns(). */
PSTM_MUST_CHECK pstm_status pstm_velocity_departures(const pstm_velocity *velocity, const pstm_grid *grid,
                                                     pstm_fields fields, pstm_column_departures *out);

/**
 * Appends what tells the model from others, the source of its digest: equal models give equal bytes whatever
 * kind, order, unit or comments they were written with.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_describe(const pstm_velocity *velocity, pstm_text *text);

/**
 * Adds what is doubtful about the model for an image on the grid, with `name`, the path of its file (NULL
 * without one), before it: an error where the image would be wrong everywhere.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_doubt(const pstm_velocity *velocity, const char *name,
                                                const pstm_grid *grid, pstm_doubts *doubts);

/**
 * Doubts that velocities are of the unit that the options say: an error where all are such as no rock has, a
 * warning where some are, where they begin as fast as feet a second of water would, or where feet a second
 * are slower than water. Fails as pstm_velocity_inputs().
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_doubt_unit(const pstm_velocity *velocity,
                                                     const pstm_velocity_options *options,
                                                     const pstm_grid *grid, pstm_doubts *doubts);

#endif
