/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textcopy - a C string from bytes, for fuzz targets.
 * Why:   strndup() looks for an end of the string in bytes that have none, and a strict sanitizer rightly objects.
 */
#ifndef TESTS_SUPPORT_TEXTCOPY_H
#define TESTS_SUPPORT_TEXTCOPY_H

#include "gateway/base/buf.h"

/* Caller frees; NULL when memory is exhausted. */
char *textcopy_new(struct span text);

#endif
