#include "job/yaml_tree.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "core/memory.h"

enum {
    DEPTH_LIMIT = 16,   /* a job needs four; the recursion below must not exhaust the stack */
    MEMBER_LIMIT = 1000 /* of a map: a job has a hundred keys, and each is compared with those before it */
};

/* YAML takes a word that begins with a star for an alias, such as the pattern *.sgy. */
#define STAR_ADVICE "put a text that begins with * into quotes"

typedef struct reader {
    yaml_parser_t parser;
    const char *name;
    char place[512]; /* "name:line:column: " of the last call of place_of() */
} reader;

static const char *place_of(reader *r, yaml_mark_t mark)
{
    r->place[0] = '\0';
    if (r->name != NULL)
        snprintf(r->place, sizeof r->place, "%s:%zu:%zu: ", r->name, mark.line + 1, mark.column + 1);
    return r->place;
}

static pstm_status next_event(reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event)) return PSTM_OK;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return pstm_fail(PSTM_SYSTEM, "out of memory in the YAML parser");
    if (r->parser.error == YAML_READER_ERROR)
        return pstm_fail(PSTM_USAGE, "%s%sbyte %zu is not UTF-8 text (%s)", r->name == NULL ? "" : r->name,
                         r->name == NULL ? "" : ": ", r->parser.problem_offset, r->parser.problem);
    const char *context = r->parser.context == NULL ? "" : r->parser.context;
    const bool star = strstr(context, "alias") != NULL;
    return pstm_fail(PSTM_USAGE, "%snot valid YAML: %s%s%s; %s", place_of(r, r->parser.problem_mark),
                     r->parser.problem, context[0] == '\0' ? "" : ", ", context,
                     star ? STAR_ADVICE : "look at indentation, brackets and quotes");
}

static pstm_status refuse_extras(reader *r, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (event->type == YAML_ALIAS_EVENT) anchor = event->data.alias.anchor;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor != NULL)
        return pstm_fail(PSTM_USAGE, "%sanchors and aliases are not taken (`%s`); write the value out%s",
                         place_of(r, event->start_mark), (const char *)anchor,
                         event->type == YAML_ALIAS_EVENT ? ", or " STAR_ADVICE : "");
    if (tag != NULL)
        return pstm_fail(PSTM_USAGE, "%stags are not taken (`%s`); write the plain value",
                         place_of(r, event->start_mark), (const char *)tag);
    return PSTM_OK;
}

static pstm_status copy_scalar(reader *r, const yaml_event_t *event, char **text)
{
    const char *value = (const char *)event->data.scalar.value;
    if (strlen(value) != event->data.scalar.length)
        return pstm_fail(PSTM_USAGE, "%sa text must not hold a zero byte", place_of(r, event->start_mark));
    return pstm_copy_text(text, value);
}

static pstm_status refuse_repeat(reader *r, const pstm_yaml *map, const char *key, yaml_mark_t mark)
{
    int n = 0;
    for (const pstm_yaml *child = map->first; child != NULL; child = child->next, n++)
        if (strcmp(child->key, key) == 0)
            return pstm_fail(PSTM_USAGE, "%sduplicate key `%s`: it is on line %d already; remove one",
                             place_of(r, mark), key, child->line);
    if (n < MEMBER_LIMIT) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%smore than %d keys in one group; is it a job file?", place_of(r, mark),
                     MEMBER_LIMIT);
}

static pstm_status read_node(reader *r, const yaml_event_t *event, int depth, pstm_yaml **node);

static pstm_status read_member(reader *r, const pstm_yaml *map, const yaml_event_t *key_event, int depth,
                               pstm_yaml **member)
{
    pstm_status status = PSTM_OK;
    yaml_event_t event = {0};
    char *key = NULL;
    PSTM_GO(refuse_extras(r, key_event));
    if (key_event->type != YAML_SCALAR_EVENT) {
        status = pstm_fail(PSTM_USAGE, "%sa key must be a plain word", place_of(r, key_event->start_mark));
        goto cleanup;
    }
    PSTM_GO(copy_scalar(r, key_event, &key));
    PSTM_GO(refuse_repeat(r, map, key, key_event->start_mark));
    PSTM_GO(next_event(r, &event));
    PSTM_GO(read_node(r, &event, depth, member));
    (*member)->line = (int32_t)key_event->start_mark.line + 1;
    (*member)->column = (int32_t)key_event->start_mark.column + 1;
    (*member)->key = key;
    key = NULL;
cleanup:
    yaml_event_delete(&event);
    PSTM_FREE(&key);
    return status;
}

/* On failure the children read so far stay with `parent`, who is destroyed by the caller. */
static pstm_status read_children(reader *r, pstm_yaml *parent, int depth)
{
    const yaml_event_type_t end =
        parent->kind == PSTM_YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (pstm_yaml **place = &parent->first;; place = &(*place)->next) {
        yaml_event_t event;
        PSTM_TRY(next_event(r, &event));
        if (event.type == end) {
            yaml_event_delete(&event);
            return PSTM_OK;
        }
        const pstm_status status = parent->kind == PSTM_YAML_MAP
                                       ? read_member(r, parent, &event, depth, place)
                                       : read_node(r, &event, depth, place);
        yaml_event_delete(&event);
        if (status != PSTM_OK) return status;
    }
}

static pstm_status read_node(reader *r, const yaml_event_t *event, int depth, pstm_yaml **node)
{
    if (depth > DEPTH_LIMIT)
        return pstm_fail(PSTM_USAGE, "%snested too deeply (%d levels)", place_of(r, event->start_mark),
                         DEPTH_LIMIT);
    PSTM_TRY(refuse_extras(r, event));
    pstm_status status = PSTM_OK;
    pstm_yaml *new_node;
    PSTM_TRY(PSTM_NEW(&new_node, 1, "a YAML node"));
    new_node->line = (int32_t)event->start_mark.line + 1;
    new_node->column = (int32_t)event->start_mark.column + 1;
    if (event->type == YAML_SCALAR_EVENT) {
        new_node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        PSTM_GO(copy_scalar(r, event, &new_node->text));
    } else {
        new_node->kind = event->type == YAML_MAPPING_START_EVENT ? PSTM_YAML_MAP : PSTM_YAML_LIST;
        PSTM_GO(read_children(r, new_node, depth + 1));
    }
    *node = new_node;
    return PSTM_OK;
cleanup:
    pstm_yaml_destroy(&new_node);
    return status;
}

static pstm_status new_null(pstm_yaml **node)
{
    pstm_yaml *null;
    PSTM_TRY(PSTM_NEW(&null, 1, "a YAML node"));
    null->line = null->column = 1;
    const pstm_status status = pstm_copy_text(&null->text, "");
    if (status == PSTM_OK)
        *node = null;
    else
        pstm_yaml_destroy(&null);
    return status;
}

/* A stream is: start, (document start, node, document end)*, end. */
static pstm_status read_stream(reader *r, pstm_yaml **tree)
{
    for (;;) {
        yaml_event_t event;
        PSTM_TRY(next_event(r, &event));
        pstm_status status = PSTM_OK;
        const bool ended = event.type == YAML_STREAM_END_EVENT;
        const bool structure = event.type == YAML_STREAM_START_EVENT ||
                               event.type == YAML_DOCUMENT_START_EVENT ||
                               event.type == YAML_DOCUMENT_END_EVENT;
        if (ended && *tree == NULL)
            status = new_null(tree);
        else if (!ended && !structure && *tree != NULL)
            status = pstm_fail(PSTM_USAGE, "%sa second document starts here; only one is taken",
                               place_of(r, event.start_mark));
        else if (!ended && !structure)
            status = read_node(r, &event, 0, tree);
        yaml_event_delete(&event);
        if (ended || status != PSTM_OK) return status;
    }
}

pstm_status pstm_yaml_parse(const char *text, int64_t length, const char *name, pstm_yaml **tree)
{
    reader r = {.name = name};
    pstm_yaml *new_tree = NULL;
    if (!yaml_parser_initialize(&r.parser)) return pstm_fail(PSTM_SYSTEM, "out of memory in the YAML parser");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, (size_t)length);
    const pstm_status status = read_stream(&r, &new_tree);
    yaml_parser_delete(&r.parser);
    if (status == PSTM_OK)
        *tree = new_tree;
    else
        pstm_yaml_destroy(&new_tree);
    return status;
}

bool pstm_yaml_is_null(const pstm_yaml *node)
{
    return node->kind == PSTM_YAML_SCALAR && !node->quoted &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

int64_t pstm_yaml_count(const pstm_yaml *node)
{
    int64_t n = 0;
    for (const pstm_yaml *child = node->first; child != NULL; child = child->next)
        n++;
    return n;
}

void pstm_yaml_destroy(pstm_yaml **tree)
{
    pstm_yaml *node = *tree;
    *tree = NULL;
    while (node != NULL) {
        pstm_yaml *next = node->next;
        pstm_yaml_destroy(&node->first);
        PSTM_FREE(&node->key);
        PSTM_FREE(&node->text);
        PSTM_FREE(&node);
        node = next;
    }
}
