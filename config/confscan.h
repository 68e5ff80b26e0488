/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confscan - a quick reader for the plain part of libconfig's language, in which large files of words are written.
 * Why:   libconfig takes three quarters of the time in which the 1.7 MB of words are read.
 * Keeps: what it reads, libconfig reads as well and alike (tests compare the two); at anything rare, strange or wrong -
 *        escapes, texts in pieces, numbers of other bases, a mistake - it gives up, and libconfig reads the text or
 *        words the mistake.
 * Not here: that the text is UTF-8 and without @include (conf).
 */
#ifndef CONFIG_CONFSCAN_H
#define CONFIG_CONFSCAN_H

#include "config/confnode.h"

/* text ends with NUL and holds no other; it is cut up into names and texts, which the nodes borrow. ERR_UNSUPPORTED
 * when it gave up (then text and nodes are good for nothing), ERR_NOMEM. */
int confscan_read(char *text, unsigned depth_max, struct confnodes *nodes) MUST_CHECK;

#endif
