/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_gsm_pdu - any lines of hex are refused or read, alone and joined, and what is read keeps its bounds.
 * What:  up to eight lines, each a PDU; those that are read are decoded together in the order of their parts.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"
#include "handlers/gsm/pdu.h"

#define PARTS_MAX 8
#define TEXT_MAX (PARTS_MAX * GSM_SEPTETS_MAX * 4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct gsm_pdu *pdu)
{
    must_be(pdu->data_len <= (pdu->alphabet == GSM_7BIT ? GSM_SEPTETS_MAX : GSM_OCTETS_MAX));
    must_be(memchr(pdu->address, '\0', sizeof pdu->address) && memchr(pdu->smsc, '\0', sizeof pdu->smsc));
    must_be(utf8_is_valid(span_of(pdu->address)));
    must_be(pdu->part <= pdu->part_total && pdu->part_total <= 255 && (pdu->part > 0) == (pdu->part_total > 0));
    must_be(pdu->message_class >= -1 && pdu->message_class <= 3);
}

static void check_text(const struct gsm_pdu *const *parts, size_t count)
{
    static char all[TEXT_MAX + 1], some[40];
    size_t needed = gsm_pdu_text(parts, count, all, sizeof all);
    must_be(needed < sizeof all && strlen(all) <= needed && utf8_is_valid(span_of(all)));
    must_be(gsm_pdu_text(parts, count, some, sizeof some) == needed);
    must_be(strlen(some) < sizeof some && utf8_is_valid(span_of(some)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gsm_pdu pdus[PARTS_MAX];
    const struct gsm_pdu *parts[PARTS_MAX];
    size_t count = 0;
    const char *at = (const char *)data, *end = at + size;
    while (size && at <= end && count < PARTS_MAX) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct span line = { at, (size_t)((stop ? stop : end) - at) };
        struct gsm_pdu submit;
        if (gsm_pdu_parse_submit(line, &submit) == 0)
            check(&submit);
        if (gsm_pdu_parse(line, -1, &pdus[count]) == 0) {
            check(&pdus[count]);
            parts[count] = &pdus[count];
            check_text(&parts[count], 1);
            count++;
        }
        if (!stop)
            break;
        at = stop + 1;
    }
    if (count)
        check_text(parts, count);
    return 0;
}
