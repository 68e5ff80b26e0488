/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_held - a refused request is kept so that it can be let in unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/held.h"
#include "tests/support/core_rig.h"

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct core_rig));
    core_rig_open(*state, NULL);
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

static void assert_same(const struct request *a, const struct request *b, const char *label)
{
    bool is_same = str_equal(a->method, b->method) && str_equal(a->path, b->path) && str_equal(a->query, b->query) &&
                   a->header_count == b->header_count && span_equal(a->body, b->body);
    for (size_t i = 0; is_same && i < a->header_count; i++)
        is_same =
            str_equal(a->headers[i].name, b->headers[i].name) && str_equal(a->headers[i].value, b->headers[i].value);
    if (!is_same)
        fail_msg("%s: not the same request", label);
}

static const struct request_header headers[] = { { "Content-Type", "application/x-www-form-urlencoded" },
    { "X-Signature", "sha256=00:11: 22" }, { "X-Empty", "" }, { "Cookie", "a: b; c" } };

static const struct {
    const char *label;
    struct request request;
} table[] = {
    { "a post", { "POST", "/in/in/message", "", NULL, headers, 4, { "from=%2B1&text=x", 16 } } },
    { "a get with a query", { "GET", "/in/in/message", "a=1&b=2?3", NULL, NULL, 0, { "", 0 } } },
    { "a binary body", { "POST", "/in/in/message", "", NULL, headers, 1, { "\0\n\r\n\xff\n\nX: y\n\n", 14 } } },
    { "a body that looks like a request", { "POST", "/x", "q", NULL, headers, 2, { "GET / HTTP\nA: b\n\n", 17 } } },
};

static void request_is_written_and_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct held held = { 0 };
        buf_init(&held.bytes, HELD_BYTES_MAX);
        held_write(&table[i].request, &held.bytes);
        assert_int_equal(held_read(&held), 0);
        assert_same(&held.request, &table[i].request, table[i].label);
        held_done(&held);
    }
}

struct kept {
    unsigned count;
    struct quarantine_row row;
};

static int note_row(void *context, const struct quarantine_row *row)
{
    struct kept *kept = context;
    kept->count++;
    kept->row = *row;
    return 0;
}

/* The newest kept request; its bytes are borrowed from the store. */
static struct quarantine_row newest(struct core_rig *rig)
{
    struct kept kept = { 0 };
    assert_int_equal(
        quarantine_list(rig->core.store, &(struct quarantine_filter){ .state = "kept", .limit = 1 }, note_row, &kept),
        0);
    assert_int_equal(kept.count, 1);
    assert_int_equal(quarantine_get(rig->core.store, kept.row.id, &kept.row), 0);
    return kept.row;
}

static void kept_request_is_sealed_and_opens_again(void **state)
{
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct held held;
        core_rig_begin(rig);
        assert_int_equal(held_keep(&rig->core, "in", "signature", &table[i].request, RIG_NOW), 0);
        core_rig_commit(rig);
        struct quarantine_row row = newest(rig);
        assert_string_equal(row.reason, "signature");
        assert_null(memmem(row.request.data, row.request.len, "message", 7));
        assert_int_equal(held_open(&rig->core, &row, &held), 0);
        assert_same(&held.request, &table[i].request, table[i].label);
        held_done(&held);
    }
}

static void hostile_headers_cannot_add_a_line(void **state)
{
    static const struct request_header hostile[] = { { "A", "x\r\nB: y\n\nbody" }, { "C\nD", "z" } };
    const struct request request = { "PO\nST", "/in\r\n/in/message", "q\nr", NULL, hostile, 2, { "b", 1 } };
    struct held held = { 0 };
    (void)state;
    buf_init(&held.bytes, HELD_BYTES_MAX);
    held_write(&request, &held.bytes);
    assert_int_equal(held_read(&held), 0);
    assert_int_equal(held.request.header_count, 2);
    assert_string_equal(held.request.headers[0].value, "x  B: y  body");
    assert_string_equal(held.request.headers[1].name, "C D");
    assert_int_equal(held.request.body.len, 1);
    held_done(&held);
}

static void too_long_a_body_is_kept_from_its_beginning(void **state)
{
    struct core_rig *rig = *state;
    struct held held;
    size_t size = 2 * HELD_BYTES_MAX;
    AUTO_FREE char *body = malloc(size);
    memset(body, 'x', size);
    const struct request request = { "POST", "/in/in/message", "", NULL, headers, 4, { body, size } };
    core_rig_begin(rig);
    assert_int_equal(held_keep(&rig->core, "in", "malformed", &request, RIG_NOW), 0);
    core_rig_commit(rig);
    struct quarantine_row row = newest(rig);
    assert_int_equal(held_open(&rig->core, &row, &held), 0);
    assert_int_equal(held.request.header_count, 4);
    assert_true(held.request.body.len > HELD_BYTES_MAX - 1000);
    held_done(&held);
}

static void damaged_bytes_are_refused(void **state)
{
    static const char *const damaged[] = { "", "\n", "GET", "GET\n", "GET /x\n", "GET /x\nA: b", "GET /x\nA: b\n",
        "GET /x\nAb\n\n", "GET /x\nA:b\n\n" };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(damaged); i++) {
        struct held held = { 0 };
        buf_init(&held.bytes, 1000);
        buf_add_text(&held.bytes, damaged[i]);
        if (held_read(&held) != ERR_CORRUPT)
            fail_msg("%zu", i);
        held_done(&held);
    }
}

static void request_moved_to_another_row_does_not_open(void **state)
{
    struct core_rig *rig = *state;
    struct held held;
    core_rig_begin(rig);
    assert_int_equal(held_keep(&rig->core, "in", "signature", &table[0].request, RIG_NOW), 0);
    core_rig_commit(rig);
    struct quarantine_row row = newest(rig);
    row.id++;
    assert_int_equal(held_open(&rig->core, &row, &held), ERR_CRYPTO);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_written_and_read_back),
        TEST(kept_request_is_sealed_and_opens_again),
        cmocka_unit_test(hostile_headers_cannot_add_a_line),
        TEST(too_long_a_body_is_kept_from_its_beginning),
        cmocka_unit_test(damaged_bytes_are_refused),
        TEST(request_moved_to_another_row_does_not_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
