/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_vfs - a file layer under SQLite that fails on demand.
 * What:  once registered it is SQLite's default; fault_arm makes the n-th operation of one kind from now fail, once or
 * for ever.
 */
#ifndef TESTS_SUPPORT_FAULT_VFS_H
#define TESTS_SUPPORT_FAULT_VFS_H

#include <stdbool.h>

enum fault_kind { FAULT_NONE, FAULT_WRITE, FAULT_SYNC, FAULT_FULL };

void fault_register(void);
void fault_arm(enum fault_kind kind, int countdown, bool is_lasting); /* countdown 1 = the next one */
void fault_disarm(void);
/* Calls fn before each write and each sync; without_syncs: the disk itself is not asked to sync, which is right where
 * only processes die. */
void fault_watch(void (*fn)(void), bool without_syncs);
bool fault_was_hit(void); /* since it was armed */

#endif
