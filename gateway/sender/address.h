/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - which network addresses a finished job may be connected to (gateway/PROTOCOL.md §3, rules 4 to 7).
 * What:  sorts a socket address into a class and holds the one rule that permits or refuses it.
 * Why:   an allow-list of names is not enough: whoever answers for a name may answer with 127.0.0.1 or the metadata
 *        service of the cloud. So the address itself is judged, after resolving and before connecting.
 * Keeps: pure; an IPv4 address hidden in an IPv6 one is judged as the IPv4 address; what is not understood is RESERVED.
 */
#ifndef GATEWAY_SENDER_ADDRESS_H
#define GATEWAY_SENDER_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

enum address_class {
    ADDRESS_PUBLIC,
    ADDRESS_LOOPBACK,
    ADDRESS_PRIVATE,    /* RFC 1918, RFC 6598 (carrier NAT), RFC 4193 */
    ADDRESS_LINK_LOCAL, /* RFC 3927, RFC 4291 */
    ADDRESS_RESERVED    /* unspecified, multicast, broadcast, documentation, other families: never a destination */
};

enum address_class address_classify(const struct sockaddr *address, socklen_t len);

/* is_literal: the URL names the address itself (so the allow-list does too). is_trusted: the host is in insecure_hosts.
 * is_plain: nothing on this connection will be encrypted. */
bool address_is_permitted(enum address_class class, bool is_literal, bool is_trusted, bool is_plain);

#endif
