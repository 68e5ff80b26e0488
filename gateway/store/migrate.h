/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrate - brings a database to the schema of this build.
 * Keeps: forward only; all steps in one transaction, after a backup when there is data; a newer database is refused.
 * Not here: the statements (gateway/store/sql/NNNN_name.sql, embedded by the Makefile).
 */
#ifndef GATEWAY_STORE_MIGRATE_H
#define GATEWAY_STORE_MIGRATE_H

#include "gateway/base/error.h"

struct migration_sql {
    int version;
    const char *name;
    const char *sql;
};
/* In ascending order, ends with version 0. */
extern const struct migration_sql schema_sql[];

struct store;
int migrate_run(struct store *store, struct error *error) MUST_CHECK;

#endif
