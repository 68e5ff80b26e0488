/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pem - see pem.h. */
#include "tests/support/pem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define PEM_MAX 8192

static void add_file(struct buf *out, const char *path)
{
    char text[PEM_MAX];
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s: run tests from the root of the tree", path);
    size_t len = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    buf_add(out, text, len);
    assert_int_equal(buf_check(out), 0);
}

void pem_add_private(struct buf *out)
{
    add_file(out, "tests/golden/rsa_private.pem");
}

void pem_add_public(struct buf *out)
{
    add_file(out, "tests/golden/rsa_public.pem");
}
