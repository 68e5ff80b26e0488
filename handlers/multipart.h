/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * multipart - a multipart/form-data body (RFC 7578) as the fields of a form.
 * Why:   gateway apps on old phones post with whatever their HTTP library does by default, which is often this.
 * Keeps: the limits of a form; a part without a name is skipped; what stands before the first and behind the last
 *        boundary does not count.
 */
#ifndef HANDLERS_MULTIPART_H
#define HANDLERS_MULTIPART_H

#include "gateway/base/model.h"
#include "handlers/form.h"

bool multipart_is(const struct request *request);
/* ERR_INVALID without a boundary or without any part, ERR_LIMIT, ERR_NOMEM. */
int multipart_add(struct form *form, const struct request *request) MUST_CHECK;

#endif
