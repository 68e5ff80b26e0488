/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_held - any bytes as a kept request: refused, or the same request again after it is written and read. */
#include <stdlib.h>
#include <string.h>

#include "gateway/core/held.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static int read_bytes(struct held *held, const void *data, size_t size)
{
    memset(held, 0, sizeof *held);
    buf_init(&held->bytes, HELD_BYTES_MAX);
    buf_add(&held->bytes, data, size);
    return held_read(held);
}

static void must_be_inside(const struct held *held)
{
    const char *start = held->bytes.data, *end = start + held->bytes.len;
    must_be(held->request.header_count <= HELD_HEADERS_MAX);
    must_be(held->request.body.data >= start && held->request.body.data + held->request.body.len == end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct held first, second;
    AUTO_BUF once;
    AUTO_BUF twice;
    buf_init(&once, 2 * HELD_BYTES_MAX);
    buf_init(&twice, 2 * HELD_BYTES_MAX);
    if (read_bytes(&first, data, size) == 0) {
        must_be_inside(&first);
        held_write(&first.request, &once);
        must_be(read_bytes(&second, once.data, once.len) == 0);
        must_be_inside(&second);
        must_be(first.request.header_count == second.request.header_count);
        must_be(span_equal(first.request.body, second.request.body));
        held_write(&second.request, &twice);
        must_be(span_equal(buf_span(&once), buf_span(&twice)));
        held_done(&second);
    }
    held_done(&first);
    return 0;
}
