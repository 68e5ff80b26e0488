/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_signed - the text that an unknown provider has signed, made of the pieces that `signed_text` names.
 * Keeps: a piece that the request lacks is an error, never an empty piece: else two different requests could have one
 *        signature.
 */
#ifndef HANDLERS_GENERIC_SIGNED_H
#define HANDLERS_GENERIC_SIGNED_H

#include "handlers/generic_source.h"

#define GENERIC_SIGNED_MAX (512 * 1024)

struct generic_signed {
    const struct generic_source *source;
    struct span base;      /* one of our public addresses, without query */
    struct span query;     /* of the public address */
    const char *timestamp; /* as it stands in the request */
    const char *secret;    /* of `hash` */
};

/* Appends the text. ERR_INVALID, ERR_NOT_FOUND when a piece is missing; ERR_LIMIT, ERR_NOMEM. */
int generic_signed_build(const struct generic_signed *request, struct buf *out) MUST_CHECK;

/* Does signed_text name this piece ("body", "header:X-Id")? */
bool generic_signed_has(const struct settings *settings, const char *piece);
int generic_signed_check(const struct settings *settings, struct error *error) MUST_CHECK;

#endif
