/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pdu - see pdu.h. Section numbers are those of 3GPP TS 23.040 unless 23.038 is said. */
#include "handlers/gsm/pdu.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "handlers/gsm/alphabet.h"

#define TYPE_INTERNATIONAL 1u
#define TYPE_ALPHANUMERIC 5u
#define DIGITS_MAX 20u /* semi-octets of an address (9.1.2.5) */

enum { MTI_DELIVER = 0, MTI_SUBMIT = 1, MTI_STATUS_REPORT = 2 };
enum {
    IE_CONCAT_8 = 0x00,
    IE_PORTS_8 = 0x04,
    IE_PORTS_16 = 0x05,
    IE_CONCAT_16 = 0x08,
    IE_SINGLE = 0x24,
    IE_LOCKING = 0x25
};

/* Octets not yet read. A read past the end sets is_short and gives 0. */
struct cursor {
    const uint8_t *at;
    size_t left;
    bool is_short;
};

static uint8_t take(struct cursor *cursor)
{
    if (!cursor->left) {
        cursor->is_short = true;
        return 0;
    }
    cursor->left--;
    return *cursor->at++;
}

static const uint8_t *take_many(struct cursor *cursor, size_t count)
{
    const uint8_t *start = cursor->at;
    if (count > cursor->left) {
        cursor->is_short = true;
        cursor->left = 0;
        return NULL;
    }
    cursor->at += count;
    cursor->left -= count;
    return start;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_hex(struct span hex, uint8_t *ret, size_t max, size_t *ret_len)
{
    if (hex.len % 2 || !hex.len)
        return ERR_INVALID;
    if (hex.len / 2 > max)
        return ERR_LIMIT;
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = hex_digit(hex.data[2 * i]), low = hex_digit(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_INVALID;
        ret[i] = (uint8_t)(high << 4 | low);
    }
    *ret_len = hex.len / 2;
    return 0;
}

/* ---- septets and characters ------------------------------------------------------------------------------------ */

/* count septets from octets, the first one beginning at that bit. */
static void unpack(const uint8_t *octets, size_t len, size_t first_bit, uint8_t *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t bit = first_bit + 7 * i, octet = bit / 8;
        unsigned pair = octets[octet] | (octet + 1 < len ? (unsigned)octets[octet + 1] << 8 : 0);
        ret[i] = (uint8_t)(pair >> bit % 8 & 0x7f);
    }
}

struct text_out {
    char *ret;
    size_t size, len, needed;
};

static void put_character(struct text_out *out, uint32_t c)
{
    char bytes[4];
    size_t len = 0;
    if (c < 0x80) {
        bytes[len++] = (char)c;
    } else if (c < 0x800) {
        bytes[len++] = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        bytes[len++] = (char)(0xe0 | c >> 12);
        bytes[len++] = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        bytes[len++] = (char)(0xf0 | c >> 18);
        bytes[len++] = (char)(0x80 | (c >> 12 & 0x3f));
        bytes[len++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80)
        bytes[len++] = (char)(0x80 | (c & 0x3f));
    /* Once something did not fit, nothing behind it may follow. */
    if (out->needed == out->len && out->len + len < out->size) {
        memcpy(out->ret + out->len, bytes, len);
        out->len += len;
    }
    out->needed += len;
}

/* What lies across the border of two parts. */
struct carry {
    bool is_escaped;
    uint32_t high; /* a high surrogate that waits for its other half */
};

/* A septet behind an escape that its table does not know is shown as that of the main table (23.038 6.2.1.1). */
static void put_septets(struct text_out *out, struct carry *carry, const struct gsm_pdu *pdu)
{
    for (size_t i = 0; i < pdu->data_len; i++) {
        uint8_t septet = pdu->data[i];
        if (septet == GSM_ESCAPE && !carry->is_escaped) {
            carry->is_escaped = true;
            continue;
        }
        uint32_t character = carry->is_escaped ? gsm_single(pdu->single, septet) : 0;
        if (!character)
            character = gsm_locking(pdu->locking, septet);
        put_character(out, character ? character : ' ');
        carry->is_escaped = false;
    }
}

static void put_unit(struct text_out *out, struct carry *carry, uint32_t unit)
{
    bool is_low = unit >= 0xdc00 && unit < 0xe000;
    if (carry->high && is_low) {
        put_character(out, 0x10000 + ((carry->high - 0xd800) << 10) + (unit - 0xdc00));
        carry->high = 0;
        return;
    }
    if (carry->high)
        put_character(out, 0xfffd);
    carry->high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    if (!carry->high)
        put_character(out, is_low || !unit ? 0xfffd : unit);
}

size_t gsm_pdu_text(const struct gsm_pdu *const *parts, size_t count, char *ret, size_t ret_size)
{
    struct text_out out = { .ret = ret, .size = ret_size };
    struct carry carry = { 0 };
    for (size_t i = 0; i < count; i++) {
        const struct gsm_pdu *pdu = parts[i];
        if (pdu->alphabet == GSM_7BIT)
            put_septets(&out, &carry, pdu);
        for (size_t k = 0; pdu->alphabet == GSM_UCS2 && k + 1 < pdu->data_len; k += 2)
            put_unit(&out, &carry, (uint32_t)pdu->data[k] << 8 | pdu->data[k + 1]);
    }
    if (carry.high)
        put_character(&out, 0xfffd);
    if (ret_size)
        ret[out.len] = '\0';
    return out.needed;
}

/* ---- addresses and times --------------------------------------------------------------------------------------- */

static void read_digits(const uint8_t *octets, size_t count, unsigned type, char *ret)
{
    static const char digits[] = "0123456789*#abc"; /* 9.1.2.3 */
    size_t len = 0;
    if ((type >> 4 & 7) == TYPE_INTERNATIONAL)
        ret[len++] = '+';
    for (size_t i = 0; i < count; i++) {
        unsigned value = octets[i / 2] >> (i % 2 ? 4 : 0) & 0xf;
        if (value == 0xf)
            break; /* the filler of an odd number */
        ret[len++] = digits[value];
    }
    ret[len == 1 && ret[0] == '+' ? 0 : len] = '\0';
}

static void read_name(const uint8_t *octets, size_t semi_octets, char *ret)
{
    struct gsm_pdu name = { .alphabet = GSM_7BIT, .data_len = semi_octets * 4 / 7 };
    const struct gsm_pdu *const parts[] = { &name };
    unpack(octets, (semi_octets + 1) / 2, 0, name.data, name.data_len);
    (void)gsm_pdu_text(parts, 1, ret, GSM_ADDRESS_MAX);
}

/* A TP address: number of semi-octets, type, digits. False when it cannot be one. */
static bool read_address(struct cursor *in, struct gsm_pdu *ret)
{
    size_t semi_octets = take(in);
    unsigned type = take(in);
    if (semi_octets > DIGITS_MAX + 2) /* some networks fill 11 characters to the octet */
        return false;
    const uint8_t *octets = take_many(in, (semi_octets + 1) / 2);
    if (!octets)
        return false;
    ret->is_alphanumeric = (type >> 4 & 7) == TYPE_ALPHANUMERIC;
    if (ret->is_alphanumeric)
        read_name(octets, semi_octets, ret->address);
    else
        read_digits(octets, semi_octets, type, ret->address);
    return true;
}

static bool read_smsc(struct cursor *in, char *ret)
{
    size_t len = take(in);
    if (in->is_short || len > GSM_SMSC_MAX)
        return false;
    const uint8_t *octets = take_many(in, len);
    if (!octets && len)
        return false;
    if (len > 1)
        read_digits(octets + 1, 2 * (len - 1), octets[0], ret);
    return true;
}

/* 9.2.3.11: seven octets of swapped decimal digits; the last is the zone in quarters of an hour with its sign. */
static int64_t read_time(struct cursor *in, int *ret_zone_minutes)
{
    unsigned value[7];
    const uint8_t *octets = take_many(in, 7);
    if (!octets)
        return 0;
    for (int i = 0; i < 7; i++) {
        unsigned tens = octets[i] & (i == 6 ? 0x7 : 0xf), ones = octets[i] >> 4;
        if (tens > 9 || ones > 9)
            return 0;
        value[i] = tens * 10 + ones;
    }
    int zone = (int)value[6] * 15 * (octets[6] & 0x8 ? -1 : 1);
    if (!value[1] || value[1] > 12 || !value[2] || value[2] > 31 || value[3] > 23 || value[4] > 59 || value[5] > 60 ||
        value[6] > 14 * 4)
        return 0;
    const struct clock_civil civil = { .year = 2000 + (int)value[0],
        .month = (int)value[1],
        .day = (int)value[2],
        .hour = (int)value[3],
        .minute = (int)value[4],
        .second = (int)value[5] };
    if (ret_zone_minutes)
        *ret_zone_minutes = zone;
    return clock_from_civil(&civil) - (int64_t)zone * 60 * 1000;
}

/* ---- user data ------------------------------------------------------------------------------------------------- */

/* 23.038 clause 4. Reserved coding groups mean the default alphabet. */
static void read_coding(struct gsm_pdu *pdu)
{
    static const enum gsm_alphabet alphabets[] = { GSM_7BIT, GSM_8BIT, GSM_UCS2, GSM_OPAQUE };
    unsigned coding = pdu->coding, group = coding >> 4;
    pdu->alphabet = GSM_7BIT;
    pdu->message_class = -1;
    if (group < 8) {
        pdu->alphabet = coding & 0x20 ? GSM_OPAQUE : alphabets[coding >> 2 & 3];
        if (coding & 0x10)
            pdu->message_class = (int)(coding & 3);
    } else if (group == 0xf) {
        pdu->alphabet = coding & 4 ? GSM_8BIT : GSM_7BIT;
        pdu->message_class = (int)(coding & 3);
    } else if (group >= 0xc) {
        pdu->alphabet = group == 0xe ? GSM_UCS2 : GSM_7BIT;
        pdu->waiting = group == 0xc ? GSM_WAITING_DISCARD : GSM_WAITING_STORE;
    }
}

/* The last element of a kind counts (9.2.3.24); one that makes no sense is left out. */
static void read_concat(struct gsm_pdu *pdu, unsigned ref, unsigned total, unsigned part, bool is_16bit)
{
    if (pdu->part_total || total == 0 || part == 0 || part > total)
        pdu->is_salvaged = true;
    if (total == 0 || part == 0 || part > total)
        return;
    pdu->part_ref = ref;
    pdu->part_total = total;
    pdu->part = part;
    pdu->is_part_ref_16bit = is_16bit;
}

static void read_element(struct gsm_pdu *pdu, unsigned kind, const uint8_t *data, size_t len)
{
    if (kind == IE_CONCAT_8 && len == 3)
        read_concat(pdu, data[0], data[1], data[2], false);
    else if (kind == IE_CONCAT_16 && len == 4)
        read_concat(pdu, data[0] * 256u + data[1], data[2], data[3], true);
    else if (kind == IE_SINGLE && len == 1)
        pdu->single = data[0];
    else if (kind == IE_LOCKING && len == 1)
        pdu->locking = data[0];
    else if ((kind == IE_PORTS_8 && len == 2) || (kind == IE_PORTS_16 && len == 4)) {
        pdu->has_ports = true;
        pdu->port_to = len == 2 ? data[0] : data[0] * 256u + data[1];
        pdu->port_from = len == 2 ? data[1] : data[2] * 256u + data[3];
    } else if (kind == IE_CONCAT_8 || kind == IE_CONCAT_16)
        pdu->is_salvaged = true;
}

static void read_header(struct gsm_pdu *pdu, const uint8_t *header, size_t len)
{
    size_t at = 0;
    while (at + 2 <= len && at + 2 + header[at + 1] <= len) {
        read_element(pdu, header[at], header + at + 2, header[at + 1]);
        at += 2u + header[at + 1];
    }
    if (at != len)
        pdu->is_salvaged = true;
}

/* The octets of one TP-UD that are there, of those that TP-UDL announces. */
static size_t bound_octets(struct gsm_pdu *pdu, size_t announced, size_t left)
{
    size_t octets = pdu->alphabet == GSM_7BIT ? (announced * 7 + 7) / 8 : announced;
    if (octets > GSM_OCTETS_MAX || octets > left)
        pdu->is_salvaged = true;
    octets = octets < GSM_OCTETS_MAX ? octets : GSM_OCTETS_MAX;
    return octets < left ? octets : left;
}

static bool read_user_data(struct cursor *in, bool has_header, struct gsm_pdu *pdu)
{
    size_t announced = take(in);
    if (in->is_short)
        return false;
    size_t octets = bound_octets(pdu, announced, in->left), header = 0;
    const uint8_t *data = take_many(in, octets);
    if (has_header && octets) {
        header = data[0] + 1u;
        if (header > octets)
            return false;
        read_header(pdu, data + 1, header - 1);
    }
    if (pdu->alphabet != GSM_7BIT) {
        pdu->data_len = octets - header;
        if (pdu->alphabet == GSM_UCS2 && pdu->data_len % 2) {
            pdu->data_len--;
            pdu->is_salvaged = true;
        }
        if (pdu->data_len)
            memcpy(pdu->data, data + header, pdu->data_len);
        return true;
    }
    size_t skipped = (header * 8 + 6) / 7, septets = octets * 8 / 7;
    septets = septets < announced ? septets : announced;
    pdu->data_len = septets > skipped ? septets - skipped : 0;
    if (pdu->data_len)
        unpack(data, octets, skipped * 7, pdu->data, pdu->data_len);
    return true;
}

/* ---- TPDUs ----------------------------------------------------------------------------------------------------- */

static int read_deliver(struct cursor *in, unsigned first, struct gsm_pdu *ret)
{
    ret->type = GSM_DELIVER;
    if (!read_address(in, ret))
        return ERR_INVALID;
    ret->protocol_id = take(in);
    ret->coding = take(in);
    read_coding(ret);
    ret->sent_at = read_time(in, &ret->zone_minutes);
    return !in->is_short && read_user_data(in, first & 0x40, ret) ? 0 : ERR_INVALID;
}

static int read_submit(struct cursor *in, unsigned first, struct gsm_pdu *ret)
{
    static const size_t validity_octets[] = { 0, 7, 1, 7 }; /* 9.2.3.3: none, enhanced, relative, absolute */
    ret->type = GSM_SUBMIT;
    ret->wants_report = first & 0x20;
    ret->reference = take(in);
    if (!read_address(in, ret))
        return ERR_INVALID;
    ret->protocol_id = take(in);
    ret->coding = take(in);
    read_coding(ret);
    (void)take_many(in, validity_octets[first >> 3 & 3]);
    return !in->is_short && read_user_data(in, first & 0x40, ret) ? 0 : ERR_INVALID;
}

static int read_status_report(struct cursor *in, struct gsm_pdu *ret)
{
    ret->type = GSM_STATUS_REPORT;
    ret->message_class = -1;
    ret->reference = take(in);
    if (!read_address(in, ret))
        return ERR_INVALID;
    ret->sent_at = read_time(in, &ret->zone_minutes);
    ret->discharged_at = read_time(in, NULL);
    ret->status = take(in); /* optional fields behind it say nothing that is needed */
    return in->is_short ? ERR_INVALID : 0;
}

static int parse(struct span hex, int tpdu_length, bool is_submit, struct gsm_pdu *ret)
{
    uint8_t octets[GSM_SMSC_MAX + 1 + GSM_TPDU_MAX];
    size_t len = 0;
    *ret = (struct gsm_pdu){ .message_class = -1 };
    int rc = read_hex(hex, octets, sizeof octets, &len);
    if (rc)
        return rc;
    struct cursor in = { octets, len, false };
    if (!read_smsc(&in, ret->smsc) || !in.left || (tpdu_length >= 0 && in.left != (size_t)tpdu_length))
        return ERR_INVALID;
    unsigned first = take(&in);
    if (is_submit)
        return (first & 3) == MTI_SUBMIT ? read_submit(&in, first, ret) : ERR_INVALID;
    switch (first & 3) {
    case MTI_DELIVER:
        return read_deliver(&in, first, ret);
    case MTI_STATUS_REPORT:
        return read_status_report(&in, ret);
    default:
        return ERR_INVALID; /* a SUBMIT does not arrive; 3 is reserved */
    }
}

int gsm_pdu_parse(struct span hex, int tpdu_length, struct gsm_pdu *ret)
{
    return parse(hex, tpdu_length, false, ret);
}

int gsm_pdu_parse_submit(struct span hex, struct gsm_pdu *ret)
{
    return parse(hex, -1, true, ret);
}

enum gsm_fate gsm_pdu_fate(uint8_t status)
{
    if (status == 0 || status == 2)
        return GSM_DELIVERED;
    if (status == 1)
        return GSM_FORWARDED;
    if (status >= 0x20 && status < 0x40)
        return GSM_TRYING;
    return status < 0x20 ? GSM_DELIVERED : GSM_FAILED;
}
