/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_acklink - the address that answers an alert: only ours, only whole, only in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/acklink.h"
#include "tests/support/store_rig.h"

#define ID "0123456789abcdef0123456789abcdef"
#define DAY_MS (24LL * 60 * 60 * 1000)

static const struct config config = { .public_url = "https://line.example.org" };

static int open_core(void **state)
{
    struct core *core = calloc(1, sizeof *core);
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    memset(hot, 1, sizeof hot);
    memset(index, 2, sizeof index);
    core->config = &config;
    *state = core;
    return vault_new(hot, index, &core->vault);
}

static int close_core(void **state)
{
    struct core *core = *state;
    vault_free(core->vault);
    free(core);
    return 0;
}

/* The last path segment of a link made at RIG_NOW. */
static void make_token(const struct core *core, char *ret, size_t size)
{
    AUTO_BUF link;
    buf_init(&link, 1024);
    acklink_add(core, ID, RIG_NOW, &link);
    assert_true(str_starts(link.data, "https://line.example.org/ack/"));
    str_copy(ret, size, link.data + strlen("https://line.example.org/ack/"));
}

static void link_is_read_back(void **state)
{
    char token[200], id[40];
    make_token(*state, token, sizeof token);
    assert_int_equal(acklink_read(*state, token, RIG_NOW, id), 0);
    assert_string_equal(id, ID);
    assert_true(strlen(token) <= 80); /* an SMS has no room for more */
}

static void link_ends_after_thirty_days(void **state)
{
    char token[200], id[40];
    make_token(*state, token, sizeof token);
    assert_int_equal(acklink_read(*state, token, RIG_NOW + ACKLINK_DAYS * DAY_MS, id), 0);
    assert_int_equal(acklink_read(*state, token, RIG_NOW + ACKLINK_DAYS * DAY_MS + 1000, id), ERR_REFUSED);
}

static void any_changed_character_is_refused(void **state)
{
    char token[200], id[40];
    make_token(*state, token, sizeof token);
    for (size_t i = 0; token[i]; i++) {
        char changed[200];
        str_copy(changed, sizeof changed, token);
        changed[i] = changed[i] == '1' ? '2' : '1';
        if (acklink_read(*state, changed, RIG_NOW, id) != ERR_REFUSED)
            fail_msg("character %zu", i);
    }
}

static void any_cut_or_grown_link_is_refused(void **state)
{
    char token[200], id[40];
    make_token(*state, token, sizeof token);
    for (size_t len = strlen(token); len-- > 0;) {
        char cut[200];
        str_copy(cut, sizeof cut, token);
        cut[len] = '\0';
        assert_int_equal(acklink_read(*state, cut, RIG_NOW, id), ERR_REFUSED);
    }
    str_copy(token + strlen(token), 2, "0");
    assert_int_equal(acklink_read(*state, token, RIG_NOW, id), ERR_REFUSED);
}

static void nonsense_is_refused(void **state)
{
    static const char *const tokens[] = { "", ".", "..", "...", "x.1.y", "a.-1.00000000000000000000000000000000",
        "a.99999999999999999999.00000000000000000000000000000000",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1.00000000000000000000000000000000" };
    char id[40];
    for (size_t i = 0; i < STR_COUNT(tokens); i++)
        if (acklink_read(*state, tokens[i], RIG_NOW, id) != ERR_REFUSED)
            fail_msg("%s", tokens[i]);
}

static void link_of_another_key_is_refused(void **state)
{
    struct core *core = *state;
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    char token[200], id[40];
    make_token(core, token, sizeof token);
    struct vault *before = core->vault;
    memset(hot, 3, sizeof hot);
    memset(index, 4, sizeof index);
    assert_int_equal(vault_new(hot, index, &core->vault), 0);
    assert_int_equal(acklink_read(core, token, RIG_NOW, id), ERR_REFUSED);
    vault_free(before);
}

static void no_public_url_means_no_link(void **state)
{
    struct core *core = *state;
    struct config without = { .public_url = "" };
    AUTO_BUF link;
    buf_init(&link, 1024);
    core->config = &without;
    acklink_add(core, ID, RIG_NOW, &link);
    assert_int_equal(link.len, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)
    const struct CMUnitTest tests[] = {
        TEST(link_is_read_back),
        TEST(link_ends_after_thirty_days),
        TEST(any_changed_character_is_refused),
        TEST(any_cut_or_grown_link_is_refused),
        TEST(nonsense_is_refused),
        TEST(link_of_another_key_is_refused),
        TEST(no_public_url_means_no_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
