#include "report/png.h"

#include <string.h>

#include "core/memory.h"
#include "core/write_file.h"

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

pstm_status pstm_png_write(cairo_surface_t *surface, const char *path)
{
    png_bytes png = {0};
    const cairo_status_t drawn = cairo_surface_write_to_png_stream(surface, keep_bytes, &png);
    const pstm_status status = drawn == CAIRO_STATUS_SUCCESS
                                   ? pstm_write_file(path, png.bytes, (size_t)png.length)
                                   : pstm_fail(PSTM_SYSTEM, "%s: the picture cannot be made: %s", path,
                                               cairo_status_to_string(drawn));
    PSTM_FREE(&png.bytes);
    return status;
}
