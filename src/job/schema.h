/** @file schema.h
 * The one table of the keys of a job. Reading, checking, listing and the manual all work from it: a new key
 * is one row here and the field where it lands. All functions are Local.
 */
#ifndef PSTM_JOB_SCHEMA_H
#define PSTM_JOB_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "job/job.h"

/** What a value looks like and the type of the field where it lands. */
typedef enum pstm_key_type {
    PSTM_TYPE_SWITCH,  /**< off or on: bool */
    PSTM_TYPE_CHOICE,  /**< a word: the enum whose values count the choices from 0 */
    PSTM_TYPE_NAME,    /**< a word: char * */
    PSTM_TYPE_UNIT,    /**< a unit of velocity: double, its size in m/s */
    PSTM_TYPE_INTEGER, /**< int32_t */
    PSTM_TYPE_NUMBER,  /**< double */
    PSTM_TYPE_SIZE,    /**< "2 GiB": int64_t, bytes */
    PSTM_TYPE_SCALES,  /**< one number or a list of different ones: pstm_scales */
    PSTM_TYPE_PAIR,    /**< [x, y]: two doubles in a row */
    PSTM_TYPE_CORNERS, /**< [f1, f2, f3, f4]: pstm_condition_options.bandpass and .bandpass_hz */
    PSTM_TYPE_RANGE,   /**< [first, last]: pstm_range */
    PSTM_TYPE_LABELS,  /**< [first, last] in whole numbers: pstm_range */
    PSTM_TYPE_PATH,    /**< char * */
    PSTM_TYPE_PATHS,   /**< one path or a list: pstm_names */
    PSTM_TYPE_TILES,   /**< one or a list of "7" and "12-20": pstm_names */
    PSTM_TYPE_WORDS,   /**< one or a list of the choices: uint64_t, bit i set for choice i */
    PSTM_TYPE_LINES    /**< one or a list of "inline 120" and "crossline 80": pstm_names */
} pstm_key_type;

/** Whether a bound exists and whether the bound itself is allowed. */
typedef enum pstm_bound { PSTM_BOUND_NONE, PSTM_BOUND_CLOSED, PSTM_BOUND_OPEN } pstm_bound;

/** `offset` of a key with one value only, which needs no field. */
#define PSTM_NOWHERE SIZE_MAX
/** In `planned`: any number. */
#define PSTM_ANY_NUMBER "(a number)"

/** A row of the schema. */
typedef struct pstm_key {
    const char *path; /**< "grid.time.step" */
    pstm_key_type type;
    const char *initial;        /**< default as one YAML scalar; NULL: the key must be given */
    const char *unit;           /**< "m"; NULL: none */
    const char *const *choices; /**< words that are taken, NULL-ended; in the order of the enum */
    const char *const *planned; /**< words that a later version takes, NULL-ended; or NULL */
    double low, high;           /**< bounds of each number, where the two below say so */
    pstm_bound low_bound, high_bound;
    bool not_zero;
    int32_t multiple;      /**< the number must be a multiple of this; 0: any */
    const char *word;      /**< a word taken in place of the value, such as "off"; NULL: none */
    double word_value;     /**< what a number is when `word` is given; other types are then empty */
    pstm_job_keys keys;    /**< the smallest listing that holds it; PSTM_KEYS_ALL: it shapes no bits */
    bool added_later;      /**< after cubes were made without it: with its default it stands in the listing of
                             all keys only, so that their keys stay what they are */
    size_t offset;         /**< in pstm_job, or PSTM_NOWHERE */
    const char *shorthand; /**< group whose scalar value is taken as this key's; NULL: none */
    const char *help;      /**< what it means, for the manual */
    const char *hint;      /**< advice behind an error about the value; NULL: none */
} pstm_key;

/** All rows, grouped by the first word of the path. */
extern const pstm_key pstm_schema[];
extern const size_t pstm_n_keys;

/** The row with this path or shorthand; NULL if there is none. */
const pstm_key *pstm_key_find(const char *path);
const pstm_key *pstm_key_find_shorthand(const char *path);

/** True if keys stand below this path. */
bool pstm_key_is_group(const char *path);

/** Sizes in m/s of the choices of a PSTM_TYPE_UNIT. */
extern const double pstm_velocity_units_m_s[];

/** Appends words joined like "`a`, `b` or `c`". */
PSTM_MUST_CHECK pstm_status pstm_words_join(const char *const *words, pstm_text *text);

/** Appends a word as YAML, in quotes where it needs them. */
PSTM_MUST_CHECK pstm_status pstm_word_print(const char *word, pstm_text *text);

/** Appends what a value must be, such as "a number > 0 and <= 90 (degrees), or `off`". */
PSTM_MUST_CHECK pstm_status pstm_key_expect(const pstm_key *key, pstm_text *text);

#endif
