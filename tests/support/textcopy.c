/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textcopy - see textcopy.h. */
#include "tests/support/textcopy.h"

#include <stdlib.h>
#include <string.h>

char *textcopy_new(struct span text)
{
    char *copy = calloc(1, text.len + 1);
    if (copy && text.len)
        memcpy(copy, text.data, text.len);
    return copy;
}
