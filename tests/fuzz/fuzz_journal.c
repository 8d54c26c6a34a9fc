/* Journal: read with what its cube says of it; the counts must hold. After a first byte '+' each line gets
 * its checksum here, for no fuzzer would find one; otherwise the bytes are the file. */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "fuzz.h"
#include "io/digest.h"
#include "io/journal.h"

static void add_checksums(const uint8_t *bytes, size_t n, pstm_text *out)
{
    for (size_t i = 0; i < n;) {
        const uint8_t *end = memchr(bytes + i, '\n', n - i);
        const size_t length = end == NULL ? n - i : (size_t)(end - (bytes + i));
        char hex[PSTM_DIGEST_CHARS];
        pstm_digest_to_hex(pstm_digest_bytes(bytes + i, length), hex);
        if (pstm_text_add(out, "%.*s %s\n", (int)length, (const char *)(bytes + i), hex) != PSTM_OK) abort();
        i += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const pstm_journal_about about = {.image_key = "0123456789abcdef",
                                      .n_columns_inline = 3,
                                      .n_columns_crossline = 2,
                                      .has = {[PSTM_CUBE_STACK] = true, [PSTM_CUBE_FOLD] = true}};
    pstm_text text = {0};
    pstm_journal *journal = NULL;
    uint64_t checksum;
    if (n > 0 && bytes[0] == '+') {
        add_checksums(bytes + 1, n - 1, &text);
        bytes = (const uint8_t *)text.bytes;
        n = text.bytes == NULL ? 0 : strlen(text.bytes);
    }
    if (fuzz_is_ok(pstm_journal_open_read(fuzz_file(bytes, n), &about, &journal))) {
        const int64_t n_records = pstm_journal_n_records(journal);
        if (pstm_journal_n_done(journal) > n_records || n_records > pstm_journal_n_columns(journal)) abort();
        fuzz_is_ok(pstm_journal_checksum(journal, &checksum));
    }
    pstm_journal_close(&journal);
    pstm_text_clear(&text);
    return 0;
}
