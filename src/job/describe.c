/* The manual of the job file, docs/job.md, from the schema. */
#include <string.h>

#include "job/schema.h"

static const char introduction[] =
    "# The job file\n"
    "\n"
    "<!-- Generated from src/job/schema.c and src/job/describe.c; do not edit. After a change there:\n"
    "     cmake --build build/dev --target test_job_manual && PSTM_WRITE=1 "
    "build/dev/tests/job/test_job_manual "
    "-->\n"
    "\n"
    "A job says which traces make which image. It is a YAML file, read from built-in values, then the file, "
    "then\n"
    "`--set key.sub=value` on the command line; later ones win. The smallest job:\n"
    "\n"
    "```yaml\n"
    "input:    { segy: [line1.sgy, line2.sgy] }\n"
    "grid:\n"
    "  origin: [606000, 6077000]\n"
    "  azimuth: 32.5\n"
    "  inline: { n: 463, step: 12.5 }\n"
    "  crossline: { n: 321, step: 25 }\n"
    "  time: { n: 1001, step: 0.002 }\n"
    "velocity: { file: vrms.txt }\n"
    "output:   { file: image.h5 }\n"
    "```\n"
    "\n"
    "- Units: metres, seconds, m/s, degrees, Hz.\n"
    "- `on`, `true` and `yes` are the same, and so are `off`, `false` and `no`.\n"
    "- Lines end with LF, CR or CRLF, here and in velocity texts; a byte order mark is skipped, and other "
    "control\n"
    "  characters are refused.\n"
    "- Keys may be nested or written with dots: `grid.time.n: 1001`.\n"
    "- The value of a setting is YAML too. One with blanks needs the shell's quotes: `--set "
    "\"target.tiles=[1, 2, 5-9]\"`.\n"
    "- Relative paths count from the folder of the job file; those of a setting from the working folder.\n"
    "- A group whose keys all have defaults may be left out. A key given twice, an unknown key, an anchor, "
    "an\n"
    "  alias or a tag is an error.\n"
    "- Of `velocity.constant` and `velocity.file` exactly one is given. A vrms outside 100-10000 m/s is "
    "refused.\n"
    "\n"
    "The last column tells what a changed value renews: `traces` the conditioned traces and the image, "
    "`image` the\n"
    "image only, and nothing where it is empty (input and velocity files count by their contents, not by "
    "their "
    "name).\n";

/* A "|" would end the cell. */
static pstm_status add_cell(const char *words, pstm_text *text)
{
    for (; *words != '\0'; words++)
        PSTM_TRY(pstm_text_add(text, "%s%c", *words == '|' ? "\\" : "", *words));
    return PSTM_OK;
}

static pstm_status add_row(const pstm_key *key, pstm_text *text)
{
    static const char *const renews[] = {
        [PSTM_KEYS_ALL] = "", [PSTM_KEYS_TRACES] = "traces", [PSTM_KEYS_IMAGE] = "image"};
    pstm_text expected = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_key_expect(key, &expected));
    PSTM_GO(pstm_text_add(text, "| `%s` | ", key->path));
    PSTM_GO(add_cell(expected.bytes, text));
    if (key->initial == NULL)
        PSTM_GO(pstm_text_add(text, " | must be given | "));
    else
        PSTM_GO(pstm_text_add(text, " | `%s` | ", key->initial));
    PSTM_GO(add_cell(key->help, text));
    if (key->shorthand != NULL) PSTM_GO(pstm_text_add(text, "; `%s: off` is short for it", key->shorthand));
    PSTM_GO(pstm_text_add(text, " | %s |\n", renews[key->keys]));
cleanup:
    pstm_text_clear(&expected);
    return status;
}

pstm_status pstm_job_describe_keys(pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "%s", introduction));
    const char *group = "";
    for (size_t i = 0; i < pstm_n_keys; i++) {
        const char *path = pstm_schema[i].path;
        const int length = (int)strcspn(path, ".");
        if (strncmp(group, path, (size_t)length) != 0 || strcspn(group, ".") != (size_t)length)
            PSTM_TRY(pstm_text_add(text,
                                   "\n## %.*s\n\n| key | value | default | meaning | renews |\n"
                                   "|---|---|---|---|---|\n",
                                   length, path));
        group = path;
        PSTM_TRY(add_row(&pstm_schema[i], text));
    }
    return PSTM_OK;
}
