/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * publicurl - the addresses of ours that a provider may have signed for one request.
 * What:  what is typed at the provider for this kind of request (`public_url`, or the address for delivery reports),
 *        and scheme, host and port of `public_url` with the path of the request.
 * Why:   a proxy may change path and host on the way; Host and X-Forwarded-* are never looked at, because who can set
 *        them could choose the address.
 */
#ifndef HANDLERS_PUBLICURL_H
#define HANDLERS_PUBLICURL_H

#include "handlers/channel.h"

#define PUBLICURL_COUNT 2
#define PUBLICURL_MAX 4096

struct publicurl {
    struct buf bases[PUBLICURL_COUNT]; /* without query */
    size_t count;
    struct span query; /* of the request, else what was typed and lost on the way; borrowed from both */
};
void publicurl_init(struct publicurl *urls);
void publicurl_auto_done(struct publicurl *urls);
#define AUTO_PUBLICURL __attribute__((cleanup(publicurl_auto_done))) struct publicurl

void publicurl_find(const struct settings *settings, const struct request *request, struct publicurl *urls);
/* Is it the address for delivery reports: /in/NAME/status? */
bool publicurl_is_status(const struct request *request);

#endif
