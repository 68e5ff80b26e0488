/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language - the English name of a language tag, for a reader who does not know that `ceb` is Cebuano.
 */
#ifndef GATEWAY_CONSOLE_LANGUAGE_H
#define GATEWAY_CONSOLE_LANGUAGE_H

/* Static; the tag itself when it has no name here, "not recognised" for "und" and "". */
const char *language_name(const char *tag);

#endif
