#include "report/png_mark.h"

enum { HEADER_BYTES = 33 /* of the signature and the chunk IHDR */ };

/* Length, type, keyword and text, CRC-32. */
static const unsigned char chunk[] = {0,   0,   0,   13, 't', 'E', 'X', 't', 'S',  'o',  'f',  't', 'w',
                                      'a', 'r', 'e', 0,  'p', 's', 't', 'm', 0x7f, 0x77, 0x70, 0x09};

const pstm_mark pstm_png_mark = {.at = HEADER_BYTES, .bytes = chunk, .n = sizeof chunk};

pstm_status pstm_png_check(const char *path, bool overwrite)
{
    return pstm_place_check_mark(path, &pstm_png_mark, overwrite);
}
