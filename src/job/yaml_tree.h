/** @file yaml_tree.h
 * A YAML document as a tree that knows where each part stands in the text. Scalars stay text: the schema
 * converts them. Not taken, because a job has no need of them and they hide what is meant: anchors,
 * aliases, tags, several documents, and keys given twice. All functions are Local.
 */
#ifndef PSTM_JOB_YAML_TREE_H
#define PSTM_JOB_YAML_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef enum pstm_yaml_kind { PSTM_YAML_SCALAR, PSTM_YAML_LIST, PSTM_YAML_MAP } pstm_yaml_kind;

/** A node; it owns its texts and its children. */
typedef struct pstm_yaml {
    pstm_yaml_kind kind;
    int32_t line, column;    /**< 1-based; of the key for a member of a map */
    char *key;               /**< name within its map; NULL outside maps */
    char *text;              /**< of a scalar; NULL for lists and maps */
    bool quoted;             /**< a scalar in quotes or a block scalar: never null */
    struct pstm_yaml *first; /**< first child of a list or map, in the order of the text */
    struct pstm_yaml *next;  /**< next child of the same parent */
} pstm_yaml;

/**
 * Parses `length` bytes. An empty document gives a null scalar. *tree is owned by the caller
 * (pstm_yaml_destroy). PSTM_USAGE with "name:line:column: ..."; name NULL leaves the place out.
 */
PSTM_MUST_CHECK pstm_status pstm_yaml_parse(const char *text, int64_t length, const char *name,
                                            pstm_yaml **tree);

/** True for an absent value: a plain scalar that is empty, `~` or `null`. */
bool pstm_yaml_is_null(const pstm_yaml *node);

/** Number of children. */
int64_t pstm_yaml_count(const pstm_yaml *node);

/** Frees the tree and sets *tree to NULL; NULL-safe. */
void pstm_yaml_destroy(pstm_yaml **tree);

#endif
