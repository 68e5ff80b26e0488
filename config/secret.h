/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secret - the value behind "@credential:NAME" and "@file:PATH".
 * What:  a credential is a file of the directory systemd names in CREDENTIALS_DIRECTORY (LoadCredential=); a file is
 *        absolute or relative to the configuration file.
 * Keeps: a file that others may read, or that belongs to a third user, is refused; no sentence holds the value.
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include <stdbool.h>

#include "gateway/base/buf.h"

#define SECRET_BYTES_MAX 16384 /* an RSA key in PEM form is the longest */

bool secret_is_reference(const char *text);

/* Replaces the contents of ret_value, which the caller wipes and frees. ERR_REFUSED: it cannot be judged from here
 * (no credentials directory, no permission, or the folder that should hold it does not exist); ERR_NOT_FOUND;
 * ERR_INVALID (mode, owner, size, not a file). With is_check_only root does not mind a third owner, who may be the
 * service's user. */
int secret_read(const char *reference, const char *directory, bool is_check_only, struct error *error,
    struct buf *ret_value) MUST_CHECK;

/* A text secret: without the line end that editors add; ERR_INVALID when empty or with a NUL byte. */
int secret_trim(struct buf *value, struct error *error) MUST_CHECK;
/* A key of len bytes: those bytes raw, or twice as many hexadecimal digits. */
int secret_to_key(const struct buf *value, unsigned char *ret_key, size_t len, struct error *error) MUST_CHECK;
void secret_wipe(struct buf *value); /* before buf_done */

#endif
