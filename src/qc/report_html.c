#include "qc/report_html.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/place.h"

/* For a screen, a phone and paper: nothing but tables and boxes that scroll may be wider than the page. */
static const char style[] =
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.5rem;overflow-wrap:anywhere}h2{font-size:1.2rem;margin-top:2rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}td,th{padding:.2rem .8rem .2rem "
    "0;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #ddd}td.n,th.n{text-align:right}"
    "img{max-width:100%;height:auto}figure{margin:1rem "
    "0}pre{overflow-x:auto;background:#f5f5f2;padding:.7rem}"
    ".flag{border-left:.4rem solid #c2362b;background:#fbeceb;padding:.6rem 1rem;margin:.6rem 0}"
    ".good{border-left:.4rem solid #3a7d44;background:#eaf4ec;padding:.6rem 1rem}"
    "@media print{body{max-width:none}figure,.flag{break-inside:avoid}}";

pstm_status pstm_html_begin(const char *mark, const char *title, pstm_text *html)
{
    PSTM_TRY(pstm_text_add(html,
                           "%s\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>",
                           mark));
    PSTM_TRY(pstm_html_add_words(title, html));
    PSTM_TRY(pstm_text_add(html, "</title><style>%s</style></head><body>\n<h1>", style));
    PSTM_TRY(pstm_html_add_words(title, html));
    return pstm_text_add(html, "</h1>\n");
}

pstm_status pstm_html_add_words(const char *words, pstm_text *html)
{
    while (*words != '\0') {
        const size_t plain = strcspn(words, "<>&\"");
        PSTM_TRY(pstm_text_add(html, "%.*s", (int)plain, words));
        words += plain;
        if (*words == '\0') break;
        PSTM_TRY(pstm_text_add(html, "%s",
                               *words == '<'   ? "&lt;"
                               : *words == '>' ? "&gt;"
                               : *words == '&' ? "&amp;"
                                               : "&quot;"));
        words++;
    }
    return PSTM_OK;
}

pstm_status pstm_html_add_row(const char *name, pstm_text *html, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    PSTM_TRY(pstm_text_add(html, "<tr><th>%s</th><td>", name));
    PSTM_TRY(pstm_html_add_words(text, html));
    return pstm_text_add(html, "</td></tr>\n");
}

/* Four characters for three bytes (RFC 4648, section 4). */
static void encode(const unsigned char *bytes, int64_t n, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int64_t i = 0; i < n; i += 3) {
        const uint32_t word = (uint32_t)bytes[i] << 16 | (i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0) |
                              (i + 2 < n ? (uint32_t)bytes[i + 2] : 0);
        for (int k = 0; k < 4; k++) {
            *out = '=';
            if (i + k <= n) *out = digits[word >> (18 - 6 * k) & 63];
            out++;
        }
    }
    *out = '\0';
}

pstm_status pstm_html_add_picture(const char *title, const void *png, int64_t n, pstm_text *html)
{
    char *text;
    PSTM_TRY(PSTM_NEW(&text, (n + 2) / 3 * 4 + 1, "a picture of the page"));
    encode(png, n, text);
    pstm_status status = pstm_text_add(
        html, "<figure><img alt=\"%s\" src=\"data:image/png;base64,%s\"></figure>\n", title, text);
    PSTM_FREE(&text);
    return status;
}

/* ---- where the time went ----------------------------------------------------------------------------- */

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static pstm_status add_phases(const json_t *root, pstm_text *html)
{
    const char *name;
    json_t *phase;
    PSTM_TRY(pstm_text_add(
        html, "<h2>Where the time went</h2>\n<table><tr><th>phase</th><th class=\"n\">least (s)</th>"
              "<th class=\"n\">mean (s)</th><th class=\"n\">most (s)</th></tr>\n"));
    json_object_foreach(json_object_get(root, "phases"), name, phase) PSTM_TRY(pstm_text_add(
        html,
        "<tr><td>%s</td><td class=\"n\">%.2f</td><td class=\"n\">%.2f</td><td class=\"n\">%.2f</td></tr>\n",
        name, number_at(phase, "min_s"), number_at(phase, "mean_s"), number_at(phase, "max_s")));
    return pstm_text_add(html, "</table>\n");
}

static pstm_status add_ranks(const json_t *root, pstm_text *html)
{
    size_t i;
    json_t *rank;
    PSTM_TRY(pstm_text_add(
        html,
        "<h2>Ranks</h2>\n<table><tr><th>rank</th><th>host</th><th>device</th><th class=\"n\">threads</th>"
        "<th class=\"n\">contributions/s</th></tr>\n"));
    json_array_foreach(json_object_get(root, "ranks"), i, rank)
    {
        const char *host = json_string_value(json_object_get(rank, "host")),
                   *device = json_string_value(json_object_get(rank, "device"));
        PSTM_TRY(pstm_text_add(html, "<tr><td>%.0f</td><td>", number_at(rank, "rank")));
        PSTM_TRY(pstm_html_add_words(host != NULL ? host : "", html));
        PSTM_TRY(pstm_text_add(html, "</td><td>"));
        PSTM_TRY(pstm_html_add_words(device != NULL ? device : "", html));
        PSTM_TRY(pstm_text_add(html, "</td><td class=\"n\">%.0f</td><td class=\"n\">%.3g</td></tr>\n",
                               number_at(rank, "n_threads"), number_at(rank, "contributions_per_s")));
    }
    return pstm_text_add(html, "</table>\n");
}

pstm_status pstm_html_add_profile(const char *cube_path, pstm_text *html)
{
    pstm_text path = {0};
    bool taken = false;
    json_t *root = NULL;
    pstm_status status;
    PSTM_GO(pstm_text_add(&path, "%s%s", cube_path, PSTM_JSON_ENDING));
    PSTM_GO(pstm_place_is_taken(path.bytes, &taken));
    if (!taken) goto cleanup;
    root = json_load_file(path.bytes, 0, NULL);
    if (root == NULL) PSTM_GO(pstm_fail(PSTM_DATA, "%s is no JSON", path.bytes));
    PSTM_GO(add_phases(root, html));
    PSTM_GO(add_ranks(root, html));
cleanup:
    json_decref(root);
    pstm_text_clear(&path);
    return status;
}
