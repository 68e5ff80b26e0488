/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udh - see the header. */
#include "handlers/udh.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define HEADER_MAX 140 /* octets of one short message */
#define PARTS_MAX 255
#define IE_CONCAT_8 0x00
#define IE_CONCAT_16 0x08

static bool set_part(unsigned part, unsigned total, struct sms_in *sms)
{
    if (part == 0 || part > total || total < 2)
        return false;
    sms->part = part;
    sms->part_total = total;
    return true;
}

static bool read_element(const unsigned char *element, struct sms_in *sms)
{
    const unsigned char *data = element + 2;
    if (element[0] == IE_CONCAT_8 && element[1] == 3 && set_part(data[2], data[1], sms)) {
        (void)snprintf(sms->part_ref, sizeof sms->part_ref, "%u", data[0]);
        return true;
    }
    if (element[0] == IE_CONCAT_16 && element[1] == 4 && set_part(data[3], data[2], sms)) {
        (void)snprintf(sms->part_ref, sizeof sms->part_ref, "%u", data[0] * 256u + data[1]);
        return true;
    }
    return false;
}

bool udh_set_part(struct span header, struct sms_in *sms)
{
    const unsigned char *bytes = (const unsigned char *)header.data;
    if (header.len == 0 || bytes[0] + 1u > header.len)
        return false;
    size_t end = bytes[0] + 1u;
    for (size_t at = 1; at + 2 <= end && at + 2 + bytes[at + 1] <= end; at += 2u + bytes[at + 1]) {
        if (read_element(bytes + at, sms))
            return true;
    }
    return false;
}

bool udh_set_part_hex(struct span hex, struct sms_in *sms)
{
    AUTO_BUF header;
    buf_init(&header, HEADER_MAX);
    return str_hex_decode(&header, hex) == 0 && buf_check(&header) == 0 && udh_set_part(buf_span(&header), sms);
}

static unsigned number_of(struct span text)
{
    char copy[8];
    int64_t value = 0;
    if (!str_copy_span(copy, sizeof copy, text) || str_to_int64(copy, 1, PARTS_MAX, &value))
        return 0;
    return (unsigned)value;
}

bool udh_set_part_numbers(struct span part, struct span total, struct span ref, struct sms_in *sms)
{
    if (!utf8_is_valid(ref) || !set_part(number_of(part), number_of(total), sms))
        return false;
    str_copy_span(
        sms->part_ref, sizeof sms->part_ref, (struct span){ ref.data, utf8_prefix(ref, sizeof sms->part_ref - 1) });
    return true;
}
