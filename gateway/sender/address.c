/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - the special-purpose registries of IANA as two tables.
 * Why:   one row a prefix, source beside it: a reader can check the table against the registry line by line.
 * Keeps: the first matching row wins, so a narrower prefix stands above a wider one.
 */
#include "gateway/sender/address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/str.h"

struct prefix4 {
    uint32_t base;
    unsigned bits;
    enum address_class class;
};

#define IPV4(a, b, c, d) (((uint32_t)(a) << 24) | ((uint32_t)(b) << 16) | ((uint32_t)(c) << 8) | (uint32_t)(d))

static const struct prefix4 special4[] = {
    { IPV4(0, 0, 0, 0), 8, ADDRESS_RESERVED },        /* RFC 791: "this network" */
    { IPV4(10, 0, 0, 0), 8, ADDRESS_PRIVATE },        /* RFC 1918 */
    { IPV4(100, 64, 0, 0), 10, ADDRESS_PRIVATE },     /* RFC 6598 */
    { IPV4(127, 0, 0, 0), 8, ADDRESS_LOOPBACK },      /* RFC 1122 */
    { IPV4(169, 254, 0, 0), 16, ADDRESS_LINK_LOCAL }, /* RFC 3927; cloud metadata lives here */
    { IPV4(172, 16, 0, 0), 12, ADDRESS_PRIVATE },     /* RFC 1918 */
    { IPV4(192, 0, 0, 0), 24, ADDRESS_RESERVED },     /* RFC 6890 */
    { IPV4(192, 0, 2, 0), 24, ADDRESS_RESERVED },     /* RFC 5737 */
    { IPV4(192, 88, 99, 0), 24, ADDRESS_RESERVED },   /* RFC 7526 */
    { IPV4(192, 168, 0, 0), 16, ADDRESS_PRIVATE },    /* RFC 1918 */
    { IPV4(198, 18, 0, 0), 15, ADDRESS_RESERVED },    /* RFC 2544 */
    { IPV4(198, 51, 100, 0), 24, ADDRESS_RESERVED },  /* RFC 5737 */
    { IPV4(203, 0, 113, 0), 24, ADDRESS_RESERVED },   /* RFC 5737 */
    { IPV4(224, 0, 0, 0), 3, ADDRESS_RESERVED },      /* RFC 5771 multicast, RFC 1112 class E, broadcast */
};

struct prefix6 {
    unsigned char base[16];
    unsigned bits;
    enum address_class class;
    bool holds_ipv4;     /* judge the IPv4 address inside instead */
    unsigned ipv4_at;    /* first byte of it */
    unsigned char flips; /* Teredo stores it with all bits inverted */
};

static const struct prefix6 special6[] = {
    { { [15] = 1 }, 128, ADDRESS_LOOPBACK, false, 0, 0 },                         /* RFC 4291 */
    { { [10] = 0xff, [11] = 0xff }, 96, ADDRESS_RESERVED, true, 12, 0 },          /* mapped, RFC 4291 */
    { { 0 }, 96, ADDRESS_RESERVED, false, 0, 0 },                                 /* ::, IPv4-compatible */
    { { 0x00, 0x64, 0xff, 0x9b }, 96, ADDRESS_RESERVED, true, 12, 0 },            /* NAT64, RFC 6052 */
    { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, ADDRESS_PRIVATE, false, 0, 0 }, /* local NAT64, RFC 8215 */
    { { 0x20, 0x01, 0x00, 0x00 }, 32, ADDRESS_RESERVED, true, 12, 0xff },         /* Teredo, RFC 4380 */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, ADDRESS_RESERVED, false, 0, 0 },            /* RFC 3849 */
    { { 0x20, 0x01 }, 23, ADDRESS_RESERVED, false, 0, 0 },                        /* RFC 2928 */
    { { 0x20, 0x02 }, 16, ADDRESS_RESERVED, true, 2, 0 },                         /* 6to4, RFC 3056 */
    { { 0x20 }, 3, ADDRESS_PUBLIC, false, 0, 0 },                                 /* global unicast */
    { { 0xfc }, 7, ADDRESS_PRIVATE, false, 0, 0 },                                /* RFC 4193 */
    { { 0xfe, 0x80 }, 10, ADDRESS_LINK_LOCAL, false, 0, 0 },                      /* RFC 4291 */
    { { 0xfe, 0xc0 }, 10, ADDRESS_PRIVATE, false, 0, 0 },                         /* RFC 3879, still routed by some */
};

static enum address_class classify_ipv4(uint32_t ip)
{
    for (size_t i = 0; i < STR_COUNT(special4); i++)
        if ((ip ^ special4[i].base) >> (32 - special4[i].bits) == 0)
            return special4[i].class;
    return ADDRESS_PUBLIC;
}

static bool has_prefix(const unsigned char *ip, const struct prefix6 *prefix)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (memcmp(ip, prefix->base, whole) != 0)
        return false;
    return rest == 0 || (ip[whole] ^ prefix->base[whole]) >> (8 - rest) == 0;
}

static enum address_class classify_ipv6(const unsigned char *ip)
{
    for (size_t i = 0; i < STR_COUNT(special6); i++) {
        const struct prefix6 *row = &special6[i];
        if (!has_prefix(ip, row))
            continue;
        if (!row->holds_ipv4)
            return row->class;
        const unsigned char *inner = ip + row->ipv4_at;
        uint32_t ipv4 =
            IPV4(inner[0] ^ row->flips, inner[1] ^ row->flips, inner[2] ^ row->flips, inner[3] ^ row->flips);
        return classify_ipv4(ipv4);
    }
    return ADDRESS_RESERVED;
}

enum address_class address_classify(const struct sockaddr *address, socklen_t len)
{
    if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof(in));
        return classify_ipv4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof(in6));
        return classify_ipv6(in6.sin6_addr.s6_addr);
    }
    return ADDRESS_RESERVED;
}

bool address_is_permitted(enum address_class class, bool is_literal, bool is_trusted, bool is_plain)
{
    if (class == ADDRESS_RESERVED)
        return false;
    if (is_plain)
        return class == ADDRESS_LOOPBACK && is_trusted;
    return class == ADDRESS_PUBLIC || is_literal || is_trusted;
}
