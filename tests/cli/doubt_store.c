/* Puts an error in the place of what is doubted of a complete trace store's samples: for tests of what a run
 * that reuses the store makes of it. usage: doubt_store STORE WORD TEXT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/digest.h"
#include "io/store/bytes.h"
#include "io/store/header.h"

static pstm_status find_kind(const char *word, pstm_doubt_kind *kind)
{
    for (int k = 0; k < PSTM_N_DOUBT_KINDS; k++)
        if (strcmp(pstm_doubt_word((pstm_doubt_kind)k), word) == 0) {
            *kind = (pstm_doubt_kind)k;
            return PSTM_OK;
        }
    return pstm_fail(PSTM_USAGE, "%s is no kind of doubt", word);
}

static pstm_status put(int descriptor, const char *path, const pstm_doubts *doubts)
{
    pstm_store_header h;
    pstm_text packed = {0};
    bool foreign;
    pstm_status status;
    PSTM_GO(pstm_store_header_read(descriptor, path, &h, &foreign));
    PSTM_GO(pstm_doubts_pack(doubts, &packed));
    h.doubt_byte = h.file_bytes;
    h.doubt_bytes = packed.length;
    h.doubts_digest = pstm_digest_bytes(packed.bytes, (size_t)packed.length);
    h.file_bytes = h.doubt_byte + h.doubt_bytes;
    PSTM_GO(pstm_store_put_bytes(descriptor, path, h.doubt_byte, packed.bytes, packed.length));
    status = pstm_store_header_write(descriptor, path, &h);
cleanup:
    pstm_text_clear(&packed);
    return status;
}

int main(int argc, char **argv)
{
    pstm_doubts doubts = {0};
    pstm_doubt_kind kind;
    if (argc != 4) return 1;
    const int descriptor = open(argv[1], O_RDWR);
    pstm_status status = find_kind(argv[2], &kind);
    if (status == PSTM_OK) status = pstm_doubts_add(&doubts, kind, true, "%s", argv[3]);
    if (status == PSTM_OK) status = put(descriptor, argv[1], &doubts);
    if (status != PSTM_OK) fprintf(stderr, "doubt_store: %s\n", pstm_error_text());
    pstm_doubts_clear(&doubts);
    close(descriptor);
    return (int)status;
}
