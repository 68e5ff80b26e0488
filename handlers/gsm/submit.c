/* SPDX-License-Identifier: GPL-3.0-or-later */
/* submit - see submit.h. */
#include "handlers/gsm/submit.h"

#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/utf8.h"
#include "handlers/gsm/alphabet.h"

#define OCTETS 140u
#define TPDU_MAX 180u
#define NUMBER_MAX 20u
#define CONCAT_OCTETS 5u   /* element of an 8-bit reference */
#define LANGUAGE_OCTETS 3u /* element of a national table */

enum { IE_CONCAT_8 = 0x00, IE_SINGLE = 0x24, IE_LOCKING = 0x25 };

/* ---- planning -------------------------------------------------------------------------------------------------- */

static unsigned units_of(const void *context, uint32_t character)
{
    const struct gsm_plan *plan = context;
    uint8_t septets[2];
    if (plan->is_ucs2)
        return character > 0xffff ? 2 : 1;
    return gsm_write(plan->locking, plan->single, character, septets);
}

static unsigned header_octets(const struct gsm_plan *plan, bool is_part)
{
    unsigned octets =
        (is_part ? CONCAT_OCTETS : 0) + (plan->locking ? LANGUAGE_OCTETS : 0) + (plan->single ? LANGUAGE_OCTETS : 0);
    return octets ? octets + 1 : 0;
}

/* Units that fit beside the header. */
static unsigned room_of(const struct gsm_plan *plan, bool is_part)
{
    unsigned octets = OCTETS - header_octets(plan, is_part);
    return plan->is_ucs2 ? octets / 2 : octets * 8 / 7;
}

static bool can_write(struct span text, const struct gsm_plan *plan)
{
    uint32_t character;
    for (size_t at = 0; at < text.len;) {
        at += utf8_decode(text.data + at, text.len - at, &character);
        if (!units_of(plan, character))
            return false;
    }
    return true;
}

static struct span rest_of(struct span text, size_t from)
{
    return (struct span){ text.data + from, text.len - from };
}

static void measure(struct span text, struct gsm_plan *plan)
{
    unsigned used = 0, room = room_of(plan, false);
    (void)gsm7_cut(text, units_of, plan, UINT32_MAX, &plan->units);
    plan->parts = plan->units > 0;
    plan->left = room - (plan->units < room ? plan->units : room);
    if (plan->units <= room)
        return;
    room = room_of(plan, true);
    for (plan->parts = 0; text.len; plan->parts++)
        text = rest_of(text, gsm7_cut(text, units_of, plan, room, &used));
    plan->left = room - used;
}

/* Fewer parts win; of equal ones the first tried, which more phones can read. */
static void try_plan(struct span text, unsigned locking, unsigned single, bool is_ucs2, struct gsm_plan *best)
{
    struct gsm_plan plan = { .is_ucs2 = is_ucs2, .locking = locking, .single = single };
    if (!can_write(text, &plan))
        return;
    measure(text, &plan);
    if (!best->parts || plan.parts < best->parts)
        *best = plan;
}

int gsm_submit_plan(struct span text, const struct gsm_submit_options *options, struct gsm_plan *ret)
{
    *ret = (struct gsm_plan){ .left = OCTETS * 8 / 7 };
    if (!text.len)
        return 0;
    try_plan(text, 0, 0, false, ret);
    if (!ret->parts)
        try_plan(text, 0, 0, true, ret);
    for (unsigned language = 1; options->may_use_national && ret->is_ucs2 && language < GSM_LANGUAGES; language++) {
        try_plan(text, 0, language, false, ret);
        try_plan(text, language, 0, false, ret);
        try_plan(text, language, language, false, ret);
    }
    return ret->parts > GSM_PARTS_MAX ? ERR_LIMIT : 0;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

struct octets {
    uint8_t all[TPDU_MAX];
    size_t len;
};

static void put(struct octets *out, unsigned octet)
{
    out->all[out->len++] = (uint8_t)octet;
}

static int put_number(struct octets *out, const char *number)
{
    bool is_international = number[0] == '+';
    const char *digits = number + is_international;
    size_t len = strlen(digits);
    if (!len || len > NUMBER_MAX || strspn(digits, "0123456789*#") != len)
        return ERR_INVALID;
    put(out, (unsigned)len);
    put(out, is_international ? 0x91 : 0x81);
    for (size_t i = 0; i < len; i += 2) {
        unsigned low = digits[i] == '*' ? 10 : digits[i] == '#' ? 11 : (unsigned)(digits[i] - '0');
        unsigned high = 15;
        if (i + 1 < len)
            high = digits[i + 1] == '*' ? 10 : digits[i + 1] == '#' ? 11 : (unsigned)(digits[i + 1] - '0');
        put(out, high << 4 | low);
    }
    return 0;
}

/* 9.2.3.12.1, the next longer step. */
static unsigned relative_validity(unsigned minutes)
{
    if (minutes <= 12 * 60)
        return (minutes + 4) / 5 - 1;
    if (minutes <= 24 * 60)
        return 143 + (minutes - 12 * 60 + 29) / 30;
    unsigned days = (minutes + 24 * 60 - 1) / (24 * 60);
    if (days <= 30)
        return 166 + days;
    unsigned weeks = (days + 6) / 7;
    return 192 + (weeks < 63 ? weeks : 63);
}

static void put_header(struct octets *out, const struct gsm_plan *plan, unsigned reference, unsigned part)
{
    bool is_part = plan->parts > 1;
    unsigned octets = header_octets(plan, is_part);
    if (!octets)
        return;
    put(out, octets - 1);
    if (is_part) {
        put(out, IE_CONCAT_8);
        put(out, 3);
        put(out, reference);
        put(out, plan->parts);
        put(out, part);
    }
    if (plan->single) {
        put(out, IE_SINGLE);
        put(out, 1);
        put(out, plan->single);
    }
    if (plan->locking) {
        put(out, IE_LOCKING);
        put(out, 1);
        put(out, plan->locking);
    }
}

/* Septets behind a header begin at the next septet border (9.2.3.24). */
static unsigned put_septets(struct octets *out, size_t start, const struct gsm_plan *plan, struct span text)
{
    unsigned septets = (unsigned)((out->len - start) * 8 + 6) / 7;
    memset(out->all + out->len, 0, sizeof out->all - out->len);
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        uint8_t written[2];
        at += utf8_decode(text.data + at, text.len - at, &character);
        unsigned count = gsm_write(plan->locking, plan->single, character, written);
        for (unsigned i = 0; i < count; i++, septets++) {
            size_t bit = (size_t)septets * 7, octet = start + bit / 8;
            unsigned value = (unsigned)written[i] << bit % 8;
            out->all[octet] |= (uint8_t)value;
            if (value > 0xff)
                out->all[octet + 1] |= (uint8_t)(value >> 8);
        }
    }
    out->len = start + (septets * 7 + 7) / 8;
    return septets;
}

static unsigned put_ucs2(struct octets *out, size_t start, struct span text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        at += utf8_decode(text.data + at, text.len - at, &character);
        if (character > 0xffff) {
            uint32_t high = 0xd800 + ((character - 0x10000) >> 10);
            put(out, high >> 8);
            put(out, high & 0xff);
            character = 0xdc00 + ((character - 0x10000) & 0x3ff);
        }
        put(out, character >> 8);
        put(out, character & 0xff);
    }
    return (unsigned)(out->len - start);
}

static struct span text_of_part(struct span text, const struct gsm_plan *plan, unsigned part)
{
    unsigned room = room_of(plan, plan->parts > 1);
    while (part > 1 && text.len) {
        text = rest_of(text, gsm7_cut(text, units_of, plan, room, NULL));
        part--;
    }
    return (struct span){ text.data, gsm7_cut(text, units_of, plan, room, NULL) };
}

static void write_hex(const struct octets *octets, char *ret)
{
    static const char digits[] = "0123456789ABCDEF";
    *ret++ = '0'; /* no SMSC: the one of the SIM */
    *ret++ = '0';
    for (size_t i = 0; i < octets->len; i++) {
        *ret++ = digits[octets->all[i] >> 4];
        *ret++ = digits[octets->all[i] & 0xf];
    }
    *ret = '\0';
}

int gsm_submit_write(struct span text, const struct gsm_submit_options *options, const struct gsm_plan *plan,
    unsigned part, const char *to, char ret[GSM_SUBMIT_HEX_MAX], unsigned *ret_length)
{
    struct octets out = { .len = 0 };
    if (part < 1 || part > (plan->parts ? plan->parts : 1))
        return ERR_INVALID;
    bool has_header = header_octets(plan, plan->parts > 1) > 0;
    put(&out, 0x01u | (options->validity_minutes ? 0x10u : 0) | (options->wants_report ? 0x20u : 0) |
                  (has_header ? 0x40u : 0));
    put(&out, 0); /* TP-MR: the modem gives it */
    int rc = put_number(&out, to);
    if (rc)
        return rc;
    put(&out, 0);
    put(&out, plan->is_ucs2 ? 0x08 : 0x00);
    if (options->validity_minutes)
        put(&out, relative_validity(options->validity_minutes));
    size_t length_at = out.len;
    put(&out, 0);
    size_t start = out.len;
    put_header(&out, plan, options->reference, part);
    struct span mine = text_of_part(text, plan, part);
    unsigned length = plan->is_ucs2 ? put_ucs2(&out, start, mine) : put_septets(&out, start, plan, mine);
    out.all[length_at] = (uint8_t)length;
    write_hex(&out, ret);
    *ret_length = (unsigned)out.len;
    return 0;
}
