/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lineconf - a small valid configuration, a folder with its keys, and a registry of invented channel kinds.
 * Why:   a test of the loader changes one place of a file that is otherwise right, and must not depend on real kinds.
 */
#ifndef TESTS_SUPPORT_LINECONF_H
#define TESTS_SUPPORT_LINECONF_H

#include "config/config.h"

/* Kinds: `sms` (both ways, numbers, own keys), `post` (sends to contacts, URLs only), `inbox` (receives only). */
extern const struct config_registry lineconf_registry;

/* The whole file, line by line as the tests count them. */
extern const char lineconf_text[];

struct lineconf {
    char directory[64];
    char path[96]; /* directory/helplined.conf: only a name, the text is given from memory */
};

/* A folder below TMPDIR with keys/hot.key, keys/index.key (mode 0600) and keys/token. Asserts success. */
void lineconf_open(struct lineconf *lineconf);
void lineconf_close(struct lineconf *lineconf);
void lineconf_write(const struct lineconf *lineconf, const char *name, const void *data, size_t len, unsigned mode);

/* lineconf_text with the first `cut` replaced by `put`; aborts when it is not there. Caller frees. */
char *lineconf_change(const char *cut, const char *put);
/* The same in another text. */
char *lineconf_replace(const char *text, const char *cut, const char *put);
/* Loads a text as that file. */
int lineconf_load(const struct lineconf *lineconf, const char *text, unsigned options, struct config_report *report,
    struct config **ret_config);
/* Is there such a line? `want` begins with "helplined.conf". */
bool lineconf_has_line(const struct config_report *report, const char *want);
void lineconf_print(const struct config_report *report, const char *label); /* to standard error, for a failed test */

#endif
