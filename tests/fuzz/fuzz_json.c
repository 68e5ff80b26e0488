/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_json - what is accepted can be written, and what was written is read back as the same value.
 * What:  the first line of the input is a pointer, the rest the text. Refusals must carry a sentence.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/json/json.h"

#define POINTER_MAX 600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void check_written(json_t *value, size_t len)
{
    AUTO_BUF text;

    /* A byte may become a \u escape of six, a short real such as 1e9 up to 25. */
    buf_init(&text, len * 25 + 64);
    must_be(json_write(value, &text) == 0);
    AUTO_JSON *again = json_read(buf_span(&text), NULL);
    must_be(again != NULL && json_equal(value, again));
}

static void check_pointer(json_t *value, struct span pointer, size_t len)
{
    char text[POINTER_MAX] = "";
    json_t *found;
    AUTO_BUF scalar;

    buf_init(&scalar, len * 25 + 64);
    if (pointer.len >= sizeof(text) || (pointer.len > 0 && memchr(pointer.data, 0, pointer.len)))
        return;
    if (pointer.len > 0)
        memcpy(text, pointer.data, pointer.len);
    found = json_pointer(value, text);
    if (found && json_scalar_text(found, &scalar) == 0)
        must_be(!json_is_object(found) && !json_is_array(found) && !json_is_null(found));
    if (text[0] == '\0')
        must_be(found == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t pointer_len = end ? (size_t)(end - data) : 0;
    size_t skip = end ? pointer_len + 1 : 0;
    struct span text = { (const char *)data + skip, size - skip };
    struct error error = { "" };
    AUTO_JSON *value = json_read(text, &error);

    must_be((value == NULL) == (error.text[0] != '\0'));
    if (!value)
        return 0;
    check_written(value, size);
    check_pointer(value, (struct span){ (const char *)data, pointer_len }, size);
    return 0;
}
