/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_gsm_pdu - short messages read from hex: vectors that several independent decoders agree on
 * (tests/golden/pdus.json), and the traps among them by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/gsm/alphabet.h"
#include "handlers/gsm/pdu.h"

#define VECTORS "tests/golden/pdus.json"
#define TEXT_MAX 4096
#define SET_MAX 16

struct golden {
    json_t *root, *vectors, *sets;
};

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static const json_t *find(const struct golden *golden, const char *label)
{
    size_t i;
    json_t *row;
    json_array_foreach(golden->vectors, i, row) if (str_equal(text_of(row, "label"), label)) return row;
    fail_msg("no vector %s", label);
    return NULL;
}

static int length_of(const json_t *row)
{
    const json_t *length = json_object_get(row, "length");
    return length ? (int)json_integer_value(length) : -1;
}

static int read_row(const json_t *row, struct gsm_pdu *ret)
{
    struct span hex = span_of(text_of(row, "pdu"));
    return str_equal(text_of(row, "type"), "SUBMIT") ? gsm_pdu_parse_submit(hex, ret)
                                                     : gsm_pdu_parse(hex, length_of(row), ret);
}

static void check_number(const json_t *row, const char *key, long long got)
{
    const json_t *want = json_object_get(row, key);
    if (want && json_integer_value(want) != got)
        fail_msg("%s: %s is %lld", text_of(row, "label"), key, got);
}

static void check_text(const json_t *row, const char *key, const char *got)
{
    const char *want = text_of(row, key);
    if (want && !str_equal(want, got))
        fail_msg("%s: %s is [%s], not [%s]", text_of(row, "label"), key, got, want);
}

/* RFC 3339 with its zone. */
static void check_time(const json_t *row, const char *key, int64_t got)
{
    const char *want = text_of(row, key);
    int64_t at = 0;
    if (!want)
        return;
    assert_int_equal(clock_parse(want, &at), 0);
    if (at != got)
        fail_msg("%s: %s is %lld", text_of(row, "label"), key, (long long)got);
}

static void check_part(const json_t *row, const struct gsm_pdu *pdu)
{
    const json_t *part = json_object_get(row, "part");
    unsigned want[4] = { 0, 0, 0, 8 };
    for (size_t i = 0; part && i < 4; i++)
        want[i] = (unsigned)json_integer_value(json_array_get(part, i));
    if (pdu->part_ref != want[0] || pdu->part_total != want[1] || pdu->part != want[2] ||
        pdu->is_part_ref_16bit != (want[3] == 16))
        fail_msg("%s: part %u of %u, reference %u", text_of(row, "label"), pdu->part, pdu->part_total, pdu->part_ref);
}

static const char *alphabet_word(enum gsm_alphabet alphabet)
{
    static const char *const words[] = { "gsm7", "8bit", "ucs2", "opaque" };
    return words[alphabet];
}

static const char *fate_word(const struct gsm_pdu *pdu)
{
    static const char *const words[] = { "delivered", "forwarded", "pending", "failed" };
    return words[gsm_pdu_fate(pdu->status)];
}

static void check_row(const json_t *row)
{
    static const char *const waiting[] = { "", "discard", "store" };
    char text[TEXT_MAX];
    struct gsm_pdu pdu;
    const struct gsm_pdu *const parts[] = { &pdu };
    int rc = read_row(row, &pdu);
    if (rc)
        fail_msg("%s: %s", text_of(row, "label"), error_name(rc));
    (void)gsm_pdu_text(parts, 1, text, sizeof text);
    check_text(row, "address", pdu.address);
    check_text(row, "smsc", pdu.smsc);
    check_text(row, "text", text);
    check_text(row, "alphabet", alphabet_word(pdu.alphabet));
    check_text(row, "fate", pdu.type == GSM_STATUS_REPORT ? fate_word(&pdu) : "");
    check_text(row, "waiting", waiting[pdu.waiting]);
    check_number(row, "coding", pdu.coding);
    check_number(row, "protocol_id", pdu.protocol_id);
    check_number(row, "reference", pdu.reference);
    check_number(row, "status", pdu.status);
    check_number(row, "message_class", pdu.message_class);
    check_number(row, "single", pdu.single);
    check_number(row, "locking", pdu.locking);
    check_time(row, "sent_at", pdu.sent_at);
    check_time(row, "discharged_at", pdu.discharged_at);
    check_part(row, &pdu);
    assert_false(pdu.is_salvaged);
}

static void every_well_formed_vector_is_read_as_the_other_decoders_read_it(void **state)
{
    const struct golden *golden = *state;
    size_t i, checked = 0;
    json_t *row;
    json_array_foreach(golden->vectors, i, row)
    {
        if (str_equal(text_of(row, "type"), "MALFORMED"))
            continue;
        check_row(row);
        checked++;
    }
    assert_true(checked >= 96);
}

static void a_malformed_vector_is_refused_or_salvaged_as_its_rule_says(void **state)
{
    const struct golden *golden = *state;
    size_t i;
    json_t *row;
    json_array_foreach(golden->vectors, i, row)
    {
        const char *rule = text_of(row, "rule");
        struct gsm_pdu pdu;
        if (!rule || str_equal(rule, "any"))
            continue;
        int rc = read_row(row, &pdu);
        if ((rc != 0) != str_equal(rule, "reject"))
            fail_msg("%s: %d", text_of(row, "label"), rc);
        if (rc == 0 && str_equal(rule, "opaque"))
            assert_int_equal(pdu.alphabet, GSM_OPAQUE);
        if (rc == 0 && str_equal(rule, "accept-no-time"))
            assert_int_equal(pdu.sent_at, 0);
    }
}

static void a_length_that_does_not_fit_is_refused(void **state)
{
    const json_t *row = find(*state, "deliver-tl-gsm7");
    struct gsm_pdu pdu;
    struct span hex = span_of(text_of(row, "pdu"));
    assert_int_equal(gsm_pdu_parse(hex, length_of(row), &pdu), 0);
    assert_int_equal(gsm_pdu_parse(hex, length_of(row) + 1, &pdu), ERR_INVALID);
    assert_int_equal(gsm_pdu_parse(hex, length_of(row) - 1, &pdu), ERR_INVALID);
}

static void parts_are_decoded_together_in_their_order(void **state)
{
    const struct golden *golden = *state;
    size_t i, k;
    json_t *set, *label;
    json_array_foreach(golden->sets, i, set)
    {
        static struct gsm_pdu pdus[SET_MAX];
        const struct gsm_pdu *parts[SET_MAX];
        char text[TEXT_MAX];
        size_t count = json_array_size(json_object_get(set, "parts"));
        assert_true(count <= SET_MAX);
        json_array_foreach(json_object_get(set, "parts"), k, label)
        {
            assert_int_equal(read_row(find(golden, json_string_value(label)), &pdus[k]), 0);
            assert_int_equal(pdus[k].part_total, count);
            parts[pdus[k].part - 1] = &pdus[k];
        }
        (void)gsm_pdu_text(parts, count, text, sizeof text);
        check_text(set, "text", text);
    }
}

/* UTF-16 is cut between parts by some phones; each half alone must not become a wrong character. */
static void a_surrogate_pair_across_two_parts_is_one_character(void **state)
{
    static struct gsm_pdu pdus[3];
    const struct gsm_pdu *const parts[] = { &pdus[0], &pdus[1], &pdus[2] };
    char alone[TEXT_MAX], together[TEXT_MAX];
    assert_int_equal(read_row(find(*state, "set-emoji-16bit-p1"), &pdus[0]), 0);
    assert_int_equal(read_row(find(*state, "set-emoji-16bit-p2"), &pdus[1]), 0);
    assert_int_equal(read_row(find(*state, "set-emoji-16bit-p3"), &pdus[2]), 0);
    (void)gsm_pdu_text(parts, 1, alone, sizeof alone);
    (void)gsm_pdu_text(parts, 3, together, sizeof together);
    assert_non_null(strstr(alone, "\xef\xbf\xbd"));
    assert_null(strstr(together, "\xef\xbf\xbd"));
}

static void a_text_is_cut_at_a_whole_character_and_its_whole_length_told(void **state)
{
    struct gsm_pdu pdu;
    const struct gsm_pdu *const parts[] = { &pdu };
    char text[8];
    assert_int_equal(read_row(find(*state, "deliver-ne-ucs2"), &pdu), 0);
    size_t needed = gsm_pdu_text(parts, 1, text, sizeof text);
    assert_true(needed > sizeof text);
    assert_int_equal(strlen(text), 6); /* two Devanagari letters */
}

/* Every character that a table writes is the one it reads, with at most two septets. */
static void each_table_reads_what_it_writes(void **state)
{
    (void)state;
    for (unsigned language = 0; language < GSM_LANGUAGES; language++)
        for (unsigned septet = 0; septet < 256; septet++) {
            uint8_t out[2] = { 0 };
            uint32_t single = gsm_single(language, septet), locking = gsm_locking(language, septet);
            if (locking &&
                (gsm_write(language, language, locking, out) != 1 || gsm_locking(language, out[0]) != locking))
                fail_msg("locking %u, septet %02x", language, septet);
            unsigned count = single ? gsm_write(language, language, single, out) : 0;
            if (single &&
                (!count || (count == 2 ? gsm_single(language, out[1]) : gsm_locking(language, out[0])) != single))
                fail_msg("single %u, septet %02x", language, septet);
        }
}

/* A few cells of each table of annex A, so that a slip of a row or a hole shows. */
static void cells_of_the_national_tables_are_those_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        unsigned language, septet;
        bool is_single;
        uint32_t want;
    } cells[] = {
        { "Turkish dotless i", 1, 0x07, false, 0x131 },
        { "Turkish s with cedilla", 1, 0x73, true, 0x15f },
        { "Spanish has no locking table", 2, 0x09, false, 0xc7 },
        { "Spanish a acute", 2, 0x61, true, 0xe1 },
        { "Portuguese infinity", 3, 0x15, false, 0x221e },
        { "Portuguese a circumflex", 3, 0x7f, true, 0xe2 },
        { "Bengali ka", 4, 0x15, false, 0x995 },
        { "Bengali has a hole at 0x11", 4, 0x11, false, 0 },
        { "Bengali zero comes early", 4, 0x19, true, 0x9e6 },
        { "Bengali isshar", 4, 0x34, true, 0x9fa },
        { "Gujarati om", 5, 0x60, false, 0xad0 },
        { "Gujarati nine", 5, 0x25, true, 0xaef },
        { "Hindi nnna", 6, 0x3c, false, 0x929 },
        { "Hindi high spacing dot", 6, 0x3a, true, 0x971 },
        { "Kannada hole at 0", 7, 0x00, false, 0 },
        { "Kannada upadhmaniya", 7, 0x2a, true, 0xcf2 },
        { "Malayalam au length mark", 8, 0x60, false, 0xd57 },
        { "Malayalam chillu k", 8, 0x34, true, 0xd7f },
        { "Oriya virama", 9, 0x5f, false, 0xb4d },
        { "Oriya yya", 9, 0x2a, true, 0xb5f },
        { "Punjabi hole at 0x4b", 10, 0x4b, false, 0 },
        { "Punjabi yakash", 10, 0x2d, true, 0xa75 },
        { "Tamil om", 11, 0x60, false, 0xbd0 },
        { "Tamil number sign", 11, 0x2e, true, 0xbfa },
        { "Telugu length mark", 12, 0x60, false, 0xc55 },
        { "Telugu has no danda", 12, 0x19, true, 0 },
        { "Urdu alef first", 13, 0x00, false, 0x627 },
        { "Urdu full stop", 13, 0x3f, true, 0x6d4 },
        { "an unknown language reads like the default", 200, 0x00, false, '@' },
        { "behind the table", 0, 0x80, false, 0 },
    };
    for (size_t i = 0; i < STR_COUNT(cells); i++) {
        uint32_t got = cells[i].is_single ? gsm_single(cells[i].language, cells[i].septet)
                                          : gsm_locking(cells[i].language, cells[i].septet);
        if (got != cells[i].want)
            fail_msg("%s: U+%04X", cells[i].label, (unsigned)got);
    }
}

static int set_up(void **state)
{
    struct golden *golden = calloc(1, sizeof *golden);
    golden->root = json_load_file(VECTORS, 0, NULL);
    golden->vectors = json_object_get(golden->root, "vectors");
    golden->sets = json_object_get(golden->root, "sets");
    *state = golden;
    return golden->vectors && golden->sets ? 0 : -1;
}

static int tear_down(void **state)
{
    struct golden *golden = *state;
    json_decref(golden->root);
    free(golden);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_well_formed_vector_is_read_as_the_other_decoders_read_it),
        cmocka_unit_test(a_malformed_vector_is_refused_or_salvaged_as_its_rule_says),
        cmocka_unit_test(a_length_that_does_not_fit_is_refused),
        cmocka_unit_test(parts_are_decoded_together_in_their_order),
        cmocka_unit_test(a_surrogate_pair_across_two_parts_is_one_character),
        cmocka_unit_test(a_text_is_cut_at_a_whole_character_and_its_whole_length_told),
        cmocka_unit_test(each_table_reads_what_it_writes),
        cmocka_unit_test(cells_of_the_national_tables_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
