/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sender_address - which addresses a job may be connected to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "gateway/base/str.h"
#include "gateway/sender/address.h"

static enum address_class classify(const char *text)
{
    struct sockaddr_in in = { .sin_family = AF_INET };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return address_classify((const struct sockaddr *)&in, sizeof(in));
    if (inet_pton(AF_INET6, text, &in6.sin6_addr) != 1)
        fail_msg("%s is no address", text);
    return address_classify((const struct sockaddr *)&in6, sizeof(in6));
}

static void every_special_range_has_its_class_up_to_its_edges(void **state)
{
    static const struct {
        const char *in;
        enum address_class want;
    } rows[] = {
        { "8.8.8.8", ADDRESS_PUBLIC },
        { "0.0.0.0", ADDRESS_RESERVED },
        { "0.255.255.255", ADDRESS_RESERVED },
        { "1.0.0.0", ADDRESS_PUBLIC },
        { "9.255.255.255", ADDRESS_PUBLIC },
        { "10.0.0.0", ADDRESS_PRIVATE },
        { "10.255.255.255", ADDRESS_PRIVATE },
        { "11.0.0.0", ADDRESS_PUBLIC },
        { "100.63.255.255", ADDRESS_PUBLIC },
        { "100.64.0.0", ADDRESS_PRIVATE },
        { "100.127.255.255", ADDRESS_PRIVATE },
        { "100.128.0.0", ADDRESS_PUBLIC },
        { "126.255.255.255", ADDRESS_PUBLIC },
        { "127.0.0.1", ADDRESS_LOOPBACK },
        { "127.255.255.255", ADDRESS_LOOPBACK },
        { "128.0.0.0", ADDRESS_PUBLIC },
        { "169.254.169.254", ADDRESS_LINK_LOCAL },
        { "169.253.255.255", ADDRESS_PUBLIC },
        { "169.255.0.0", ADDRESS_PUBLIC },
        { "172.15.255.255", ADDRESS_PUBLIC },
        { "172.16.0.0", ADDRESS_PRIVATE },
        { "172.31.255.255", ADDRESS_PRIVATE },
        { "172.32.0.0", ADDRESS_PUBLIC },
        { "192.0.0.8", ADDRESS_RESERVED },
        { "192.0.2.1", ADDRESS_RESERVED },
        { "192.0.3.1", ADDRESS_PUBLIC },
        { "192.167.255.255", ADDRESS_PUBLIC },
        { "192.168.0.0", ADDRESS_PRIVATE },
        { "192.168.255.255", ADDRESS_PRIVATE },
        { "192.169.0.0", ADDRESS_PUBLIC },
        { "198.17.255.255", ADDRESS_PUBLIC },
        { "198.18.0.0", ADDRESS_RESERVED },
        { "198.19.255.255", ADDRESS_RESERVED },
        { "198.20.0.0", ADDRESS_PUBLIC },
        { "198.51.100.7", ADDRESS_RESERVED },
        { "203.0.113.7", ADDRESS_RESERVED },
        { "223.255.255.255", ADDRESS_PUBLIC },
        { "224.0.0.1", ADDRESS_RESERVED },
        { "240.0.0.1", ADDRESS_RESERVED },
        { "255.255.255.255", ADDRESS_RESERVED },
        { "::", ADDRESS_RESERVED },
        { "::1", ADDRESS_LOOPBACK },
        { "::2", ADDRESS_RESERVED },
        { "::127.0.0.1", ADDRESS_RESERVED },
        { "::ffff:127.0.0.1", ADDRESS_LOOPBACK },
        { "::ffff:10.1.2.3", ADDRESS_PRIVATE },
        { "::ffff:169.254.169.254", ADDRESS_LINK_LOCAL },
        { "::ffff:8.8.8.8", ADDRESS_PUBLIC },
        { "::ffff:0.0.0.0", ADDRESS_RESERVED },
        { "64:ff9b::8.8.8.8", ADDRESS_PUBLIC },
        { "64:ff9b::192.168.1.1", ADDRESS_PRIVATE },
        { "64:ff9b:1::1", ADDRESS_PRIVATE },
        { "2001::", ADDRESS_RESERVED },
        /* Teredo to 127.0.0.1 and to 8.8.8.8, whose bits are stored inverted. */
        { "2001:0:1:2:3:4:80ff:fffe", ADDRESS_LOOPBACK },
        { "2001:0:1:2:3:4:f7f7:f7f7", ADDRESS_PUBLIC },
        { "2001:db8::1", ADDRESS_RESERVED },
        { "2001:1ff::1", ADDRESS_RESERVED },
        { "2001:200::1", ADDRESS_PUBLIC },
        { "2002:7f00:1::", ADDRESS_LOOPBACK },
        { "2002:a00:1::1", ADDRESS_PRIVATE },
        { "2002:808:808::1", ADDRESS_PUBLIC },
        { "2a00:1450:4001::1", ADDRESS_PUBLIC },
        { "3fff:ffff::1", ADDRESS_PUBLIC },
        { "4000::1", ADDRESS_RESERVED },
        { "fbff::1", ADDRESS_RESERVED },
        { "fc00::1", ADDRESS_PRIVATE },
        { "fdff::1", ADDRESS_PRIVATE },
        { "fe80::1", ADDRESS_LINK_LOCAL },
        { "febf::1", ADDRESS_LINK_LOCAL },
        { "fec0::1", ADDRESS_PRIVATE },
        { "ff02::1", ADDRESS_RESERVED },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (classify(rows[i].in) != rows[i].want)
            fail_msg("%s: got %d, want %d", rows[i].in, classify(rows[i].in), rows[i].want);
}

static void other_families_and_short_addresses_are_reserved(void **state)
{
    struct sockaddr_storage storage = { .ss_family = AF_UNIX };

    (void)state;
    assert_int_equal(address_classify((const struct sockaddr *)&storage, sizeof(storage)), ADDRESS_RESERVED);
    storage.ss_family = AF_INET;
    assert_int_equal(address_classify((const struct sockaddr *)&storage, 4), ADDRESS_RESERVED);
    storage.ss_family = AF_INET6;
    assert_int_equal(address_classify((const struct sockaddr *)&storage, sizeof(struct sockaddr_in)), ADDRESS_RESERVED);
}

/* The whole rule: five classes times eight combinations, each permitted one written out. */
static void only_these_combinations_are_permitted(void **state)
{
    static const struct {
        enum address_class class;
        bool is_literal, is_trusted, is_plain;
    } permitted[] = {
        { ADDRESS_PUBLIC, false, false, false },
        { ADDRESS_PUBLIC, false, true, false },
        { ADDRESS_PUBLIC, true, false, false },
        { ADDRESS_PUBLIC, true, true, false },
        { ADDRESS_LOOPBACK, false, true, false },
        { ADDRESS_LOOPBACK, true, false, false },
        { ADDRESS_LOOPBACK, true, true, false },
        { ADDRESS_PRIVATE, false, true, false },
        { ADDRESS_PRIVATE, true, false, false },
        { ADDRESS_PRIVATE, true, true, false },
        { ADDRESS_LINK_LOCAL, false, true, false },
        { ADDRESS_LINK_LOCAL, true, false, false },
        { ADDRESS_LINK_LOCAL, true, true, false },
        { ADDRESS_LOOPBACK, false, true, true },
        { ADDRESS_LOOPBACK, true, true, true },
    };

    (void)state;
    for (unsigned bits = 0; bits < 5 * 8; bits++) {
        enum address_class class = (enum address_class)(bits / 8);
        bool is_literal = bits & 1, is_trusted = bits & 2, is_plain = bits & 4, want = false;
        for (size_t i = 0; i < STR_COUNT(permitted); i++)
            want = want || (permitted[i].class == class && permitted[i].is_literal == is_literal &&
                               permitted[i].is_trusted == is_trusted && permitted[i].is_plain == is_plain);
        if (address_is_permitted(class, is_literal, is_trusted, is_plain) != want)
            fail_msg("class %d literal %d trusted %d plain %d: want %d", class, is_literal, is_trusted, is_plain, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_special_range_has_its_class_up_to_its_edges),
        cmocka_unit_test(other_families_and_short_addresses_are_reserved),
        cmocka_unit_test(only_these_combinations_are_permitted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
