#include "report/png.h"

#include <string.h>

#include "core/memory.h"
#include "core/write_file.h"
#include "report/png_mark.h"

typedef struct png_bytes {
    unsigned char *bytes;
    int64_t length, capacity;
} png_bytes;

static cairo_status_t keep_bytes(void *closure, const unsigned char *data, unsigned int n)
{
    png_bytes *png = closure;
    if (PSTM_GROW(&png->bytes, &png->capacity, png->length + n, "PNG") != PSTM_OK)
        return CAIRO_STATUS_NO_MEMORY;
    memcpy(png->bytes + png->length, data, n);
    png->length += n;
    return CAIRO_STATUS_SUCCESS;
}

static pstm_status draw(cairo_surface_t *surface, const char *path, png_bytes *png)
{
    const cairo_status_t drawn = cairo_surface_write_to_png_stream(surface, keep_bytes, png);
    if (drawn == CAIRO_STATUS_SUCCESS) return PSTM_OK;
    return pstm_fail(PSTM_SYSTEM, "%s: the picture cannot be made: %s", path, cairo_status_to_string(drawn));
}

/* Puts the mark in. */
static pstm_status add_mark(png_bytes *png)
{
    const size_t n = pstm_png_mark.n, at = (size_t)pstm_png_mark.at;
    PSTM_TRY(PSTM_GROW(&png->bytes, &png->capacity, png->length + (int64_t)n, "PNG"));
    memmove(png->bytes + at + n, png->bytes + at, (size_t)png->length - at);
    memcpy(png->bytes + at, pstm_png_mark.bytes, n);
    png->length += (int64_t)n;
    return PSTM_OK;
}

pstm_status pstm_png_write(cairo_surface_t *surface, const char *path)
{
    png_bytes png = {0};
    pstm_status status = draw(surface, path, &png);
    if (status == PSTM_OK) status = add_mark(&png);
    if (status == PSTM_OK) status = pstm_write_file(path, png.bytes, (size_t)png.length);
    PSTM_FREE(&png.bytes);
    return status;
}
