/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zone - see zone.h. Layout of a TZif file: RFC 8536 3.
 * Why the second block only: version 2 and later repeat the data with 64-bit times; the first block ends in 2037.
 */
#include "config/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/tzrule.h"
#include "gateway/base/buf.h"
#include "gateway/base/str.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define ZONE_BYTES_MAX 65536
#define ZONE_CHANGES_MAX 4096
#define ZONE_TYPES_MAX 256
#define ZONE_FOOTER_MAX 128
#define HEADER_LEN 44
#define OFFSET_BOUND_S (26 * 3600) /* RFC 8536 3.2: more than -25 h, less than 26 h */

struct zone {
    char name[ZONE_NAME_MAX];
    unsigned change_count;
    int64_t changes_s[ZONE_CHANGES_MAX];
    unsigned char types[ZONE_CHANGES_MAX]; /* in force from that change */
    int32_t offsets_s[ZONE_TYPES_MAX];
    bool has_rule;
    struct tzrule rule;
};

/* The counts of one block's header. */
struct header {
    char version;
    size_t utc_count, standard_count, leap_count, change_count, type_count, char_count;
};

static uint32_t get_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t get_time(const unsigned char *at, size_t width)
{
    if (width == 4)
        return (int32_t)get_u32(at);
    return (int64_t)((uint64_t)get_u32(at) << 32 | get_u32(at + 4));
}

static bool read_header(const unsigned char *data, size_t len, struct header *header)
{
    if (len < HEADER_LEN || memcmp(data, "TZif", 4) != 0)
        return false;
    *header = (struct header){ (char)data[4], get_u32(data + 20), get_u32(data + 24), get_u32(data + 28),
        get_u32(data + 32), get_u32(data + 36), get_u32(data + 40) };
    return header->change_count <= ZONE_CHANGES_MAX && header->type_count >= 1 &&
           header->type_count <= ZONE_TYPES_MAX && header->char_count <= ZONE_BYTES_MAX &&
           header->leap_count <= ZONE_BYTES_MAX && header->standard_count <= ZONE_TYPES_MAX &&
           header->utc_count <= ZONE_TYPES_MAX;
}

/* Bytes of the block after its header; width is that of its times. */
static size_t block_len(const struct header *header, size_t width)
{
    return header->change_count * (width + 1) + header->type_count * 6 + header->char_count +
           header->leap_count * (width + 4) + header->standard_count + header->utc_count;
}

static bool read_block(struct zone *zone, const unsigned char *at, const struct header *header, size_t width)
{
    zone->change_count = (unsigned)header->change_count;
    for (size_t i = 0; i < header->change_count; i++, at += width) {
        zone->changes_s[i] = get_time(at, width);
        if (i > 0 && zone->changes_s[i] <= zone->changes_s[i - 1])
            return false;
    }
    for (size_t i = 0; i < header->change_count; i++, at++) {
        zone->types[i] = *at;
        if (*at >= header->type_count)
            return false;
    }
    for (size_t i = 0; i < header->type_count; i++, at += 6) {
        zone->offsets_s[i] = (int32_t)get_u32(at);
        if (zone->offsets_s[i] >= OFFSET_BOUND_S || zone->offsets_s[i] <= -OFFSET_BOUND_S)
            return false;
    }
    return true;
}

/* "\n<rule>\n"; an empty rule means that the last change goes on. */
static bool read_footer(struct zone *zone, const unsigned char *at, size_t len)
{
    if (len < 2 || at[0] != '\n')
        return false;
    const unsigned char *end = memchr(at + 1, '\n', len - 1);
    size_t rule_len = end ? (size_t)(end - at) - 1 : 0;
    char text[ZONE_FOOTER_MAX];
    if (!end || rule_len >= sizeof text)
        return false;
    memcpy(text, at + 1, rule_len);
    text[rule_len] = '\0';
    if (rule_len == 0)
        return true;
    zone->has_rule = true;
    return tzrule_parse(text, &zone->rule) == 0;
}

static bool read_file(struct zone *zone, const unsigned char *data, size_t len)
{
    struct header header;
    size_t width = 4;
    if (!read_header(data, len, &header) || len - HEADER_LEN < block_len(&header, width))
        return false;
    if (header.version >= '2') {
        size_t skip = HEADER_LEN + block_len(&header, width);
        data += skip;
        len -= skip;
        width = 8;
        if (!read_header(data, len, &header) || len - HEADER_LEN < block_len(&header, width))
            return false;
    }
    if (!read_block(zone, data + HEADER_LEN, &header, width))
        return false;
    size_t used = HEADER_LEN + block_len(&header, width);
    return width == 4 || read_footer(zone, data + used, len - used);
}

int zone_parse(const char *name, const void *data, size_t len, struct error *error, struct zone **ret_zone)
{
    struct zone *zone = calloc(1, sizeof *zone);
    if (!zone)
        return error_set(error, ERR_NOMEM, "no memory for a time zone");
    (void)str_copy(zone->name, sizeof zone->name, name);
    if (!read_file(zone, data, len)) {
        zone_free(zone);
        return error_set(error, ERR_INVALID, "the time zone file of %s is broken", name);
    }
    *ret_zone = zone;
    return 0;
}

void zone_free(struct zone *zone)
{
    free(zone);
}

/* Letters, digits, '_', '+', '-' in parts divided by single slashes: it cannot leave the folder. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len >= ZONE_NAME_MAX || name[0] == '/' || name[len - 1] == '/' || strstr(name, "//"))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") == len;
}

static int read_bytes(const char *path, struct buf *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    char chunk[4096];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(bytes, chunk, (size_t)got);
    close(fd);
    return got < 0 ? ERR_IO : buf_check(bytes);
}

int zone_open(const char *name, struct error *error, struct zone **ret_zone)
{
    char path[sizeof ZONE_FOLDER + ZONE_NAME_MAX] = ZONE_FOLDER;
    AUTO_BUF bytes;
    buf_init(&bytes, ZONE_BYTES_MAX);
    if (!is_name(name))
        return error_set(error, ERR_INVALID, "a time zone is an IANA name such as \"Asia/Riyadh\"");
    (void)str_copy(path + sizeof ZONE_FOLDER - 1, ZONE_NAME_MAX, name);
    int code = read_bytes(path, &bytes);
    if (code == ERR_NOT_FOUND || code == ERR_IO)
        return error_set(
            error, code, "%s does not hold this time zone; names are such as \"Asia/Riyadh\"", ZONE_FOLDER);
    if (code)
        return error_set(error, code, "the time zone file of %s cannot be read", name);
    return zone_parse(name, bytes.data, bytes.len, error, ret_zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* Index of the last change at or before the second; -1 when it is before the first one. */
static int find_change(const struct zone *zone, int64_t now_s)
{
    unsigned low = 0, high = zone->change_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (zone->changes_s[middle] <= now_s)
            low = middle + 1;
        else
            high = middle;
    }
    return (int)low - 1;
}

int32_t zone_offset_s(const struct zone *zone, int64_t now_ms)
{
    if (!zone)
        return 0;
    int64_t now_s = now_ms / 1000 - (now_ms % 1000 < 0);
    int index = find_change(zone, now_s);
    if (zone->has_rule && index == (int)zone->change_count - 1)
        return tzrule_offset_s(&zone->rule, now_ms);
    /* RFC 8536 3.2: before the first change the first type holds. */
    return zone->offsets_s[index < 0 ? 0 : zone->types[index]];
}
