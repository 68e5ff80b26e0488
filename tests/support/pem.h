/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pem - the pair of RSA keys that tests sign with; made for them and used nowhere else. */
#ifndef TESTS_SUPPORT_PEM_H
#define TESTS_SUPPORT_PEM_H

#include "gateway/base/buf.h"

/* Appends tests/golden/rsa_private.pem or rsa_public.pem; out has been initialised. */
void pem_add_private(struct buf *out);
void pem_add_public(struct buf *out);

#endif
