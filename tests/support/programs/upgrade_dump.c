/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upgrade_dump - writes the small database whose dump is kept for every released schema: `upgrade_dump NEW-FILE`.
 * Why:   tests/upgrade/README.md tells when and how.
 */
#include <stdio.h>

#include "tests/support/store_rig.h"

#define TEXTS 2

static int fill(struct store_rig *rig)
{
    int64_t case_id = 0;
    int code = store_begin(rig->store);
    for (int number = 1; code == 0 && number <= TEXTS; number++)
        code = rig_insert_text(rig, number, &case_id);
    return code != 0 ? code : store_commit(rig->store);
}

int main(int argc, char **argv)
{
    struct store_rig rig;
    if (argc != 2) {
        fputs("usage: upgrade_dump NEW-FILE\n", stderr);
        return 2;
    }
    rig_open(&rig);
    int code = fill(&rig);
    if (code == 0)
        code = store_backup(rig.store, argv[1], &rig.error);
    if (code != 0)
        fprintf(stderr, "upgrade_dump: %s: %s\n", error_name(code), rig.error.text);
    rig_close(&rig);
    return code == 0 ? 0 : 1;
}
