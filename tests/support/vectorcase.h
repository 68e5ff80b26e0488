/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vectorcase - the committed signature vectors of one scheme, run over a channel that knows several of them.
 * What:  each vector is judged with its secret as the current and as the previous one, and with the address as it was
 *        typed and with scheme and host alone.
 */
#ifndef TESTS_SUPPORT_VECTORCASE_H
#define TESTS_SUPPORT_VECTORCASE_H

#include "tests/support/channels.h"

struct vectorcase {
    const char *kind, *scheme;
    const char *const *pairs;  /* settings beside the secret and public_url; NULL-terminated, at most 8 */
    const char *secret_key;    /* "auth_token": the key of the secret; its previous one ends in _previous */
    bool has_public_url;       /* the channel has that key */
    bool is_token_in_path;     /* the last part of the URL is put behind /message */
    const char *secret_prefix; /* what of the vector's secret is left out: "elks:" */
    size_t at_least;           /* vectors there must be */
};
void vectorcase_check(const struct vectorcase *test);

#endif
