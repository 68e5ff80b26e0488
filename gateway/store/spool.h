/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool - a folder of sealed records, one file each, for what the database cannot take at the moment.
 * Keeps: a record that spool_put has taken is on the disk, whole, under its own name, or it is not there at all (a file
 *        of another name, synced, renamed, folder synced); oldest first; bounded in number and bytes; mode 0600.
 * Not here: what is in a record and its seal (core/record), when it is written and taken in again (core/outage).
 */
#ifndef GATEWAY_STORE_SPOOL_H
#define GATEWAY_STORE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"
#include "gateway/base/model.h"

#define SPOOL_RECORDS_MAX 20000
#define SPOOL_RECORD_BYTES_MAX (2u << 20)

/* What the name of a file says: part of its seal too. */
struct spool_name {
    int64_t at; /* UTC ms: when the request came */
    uint32_t number;
    char channel[NAME_MAX_LEN];
};

struct spool;
/* folder and bytes_max as spool_scan uses them. NULL = out of memory. */
struct spool *spool_new(const char *folder, int64_t bytes_max);
void spool_free(struct spool *spool);
/* Makes the folder where it is missing, drops what a crash left half written, and lists what is there. ERR_IO,
 * ERR_FULL, ERR_NOMEM: nothing is known of the folder; it may be called again. */
int spool_scan(struct spool *spool) MUST_CHECK;

/* ERR_LIMIT: the ceiling is reached. ERR_FULL, ERR_IO: nothing of it is there. */
int spool_put(struct spool *spool, const struct spool_name *name, struct span sealed) MUST_CHECK;
/* Could a record be written now? As spool_put, of a file that is gone again afterwards. */
int spool_probe(struct spool *spool) MUST_CHECK;

unsigned spool_count(const struct spool *spool);
unsigned spool_aside_count(const struct spool *spool);
/* The index-th of those listed; false past the end. */
bool spool_at(const struct spool *spool, unsigned index, struct spool_name *ret_name);
int spool_read(const struct spool *spool, const struct spool_name *name, struct buf *out) MUST_CHECK;
/* It is done with: the file goes. Where that fails it is listed again after a restart. */
void spool_remove(struct spool *spool, const struct spool_name *name);
/* It stays under another name, for a person, and is listed no more. */
void spool_set_aside(struct spool *spool, const struct spool_name *name);
/* Its turn comes after all others. */
void spool_defer(struct spool *spool, const struct spool_name *name);

#endif
