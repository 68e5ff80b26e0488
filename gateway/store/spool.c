/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spool - see spool.h. A record's file is "<13 digits of its time>-<8 hex digits>-<channel>". */
#include "gateway/store/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define FILE_NAME_MAX (13 + 1 + 8 + 1 + NAME_MAX_LEN)
#define CHANNEL_AT (13 + 1 + 8 + 1)
#define HALF ".new" /* what is being written; there is never more than one */
#define ASIDE ".aside"
#define ROOM_FIRST 64
#define PROBE_BYTES 4096
#define READ_STEP 65536

struct record {
    struct spool_name name;
    int64_t size;
};

struct spool {
    char folder[PATH_MAX];
    int64_t bytes, bytes_max;
    struct record *records; /* first .. first + count, in the order of their turn */
    unsigned first, count, room;
    unsigned aside;
};

struct spool *spool_new(const char *folder, int64_t bytes_max)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool || !str_copy(spool->folder, sizeof spool->folder, folder)) {
        free(spool);
        return NULL;
    }
    spool->bytes_max = bytes_max;
    return spool;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    free(spool->records);
    free(spool);
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

static void write_name(const struct spool_name *name, char *ret)
{
    snprintf(ret, FILE_NAME_MAX, "%013lld-%08x-%s", (long long)name->at, name->number, name->channel);
}

static bool read_name(const char *file, struct spool_name *ret)
{
    char at[14], again[FILE_NAME_MAX], *end;
    if (strlen(file) <= CHANNEL_AT || strlen(file) >= FILE_NAME_MAX)
        return false;
    memcpy(at, file, 13);
    at[13] = '\0';
    *ret = (struct spool_name){ .at = 0 };
    if (str_to_int64(at, 0, INT64_MAX, &ret->at))
        return false;
    ret->number = (uint32_t)strtoul(file + 14, &end, 16);
    str_copy(ret->channel, sizeof ret->channel, file + CHANNEL_AT);
    write_name(ret, again);
    return str_equal(file, again) && !strchr(ret->channel, '.');
}

static bool is_same(const struct spool_name *a, const struct spool_name *b)
{
    return a->at == b->at && a->number == b->number && str_equal(a->channel, b->channel);
}

/* ---- the list -------------------------------------------------------------------------------------------------- */

static int make_room(struct spool *spool)
{
    if (spool->first + spool->count < spool->room)
        return 0;
    if (spool->first) {
        memmove(spool->records, spool->records + spool->first, spool->count * sizeof *spool->records);
        spool->first = 0;
        return 0;
    }
    unsigned room = spool->room ? 2 * spool->room : ROOM_FIRST;
    struct record *records = realloc(spool->records, room * sizeof *records);
    if (!records)
        return ERR_NOMEM;
    spool->records = records;
    spool->room = room;
    return 0;
}

static void append(struct spool *spool, const struct spool_name *name, int64_t size)
{
    spool->records[spool->first + spool->count++] = (struct record){ *name, size };
    spool->bytes += size;
}

/* Those before it move up by one: there are few, because what is done with stands at the front. */
static bool take_out(struct spool *spool, const struct spool_name *name, int64_t *ret_size)
{
    struct record *records = spool->records + spool->first;
    for (unsigned i = 0; i < spool->count; i++) {
        if (!is_same(&records[i].name, name))
            continue;
        *ret_size = records[i].size;
        spool->bytes -= *ret_size;
        memmove(records + 1, records, i * sizeof *records);
        spool->first++;
        spool->count--;
        return true;
    }
    return false;
}

static int compare(const void *left, const void *right)
{
    const struct spool_name *a = &((const struct record *)left)->name, *b = &((const struct record *)right)->name;
    return a->at != b->at ? (a->at < b->at ? -1 : 1) : a->number != b->number ? (a->number < b->number ? -1 : 1) : 0;
}

unsigned spool_count(const struct spool *spool)
{
    return spool->count;
}

unsigned spool_aside_count(const struct spool *spool)
{
    return spool->aside;
}

bool spool_at(const struct spool *spool, unsigned index, struct spool_name *ret_name)
{
    if (index >= spool->count)
        return false;
    *ret_name = spool->records[spool->first + index].name;
    return true;
}

void spool_defer(struct spool *spool, const struct spool_name *name)
{
    const struct spool_name copy = *name;
    int64_t size;
    if (take_out(spool, &copy, &size)) /* so there is room behind, or in front */
        append(spool, &copy, make_room(spool) ? 0 : size);
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

static int code_of(int error)
{
    return error == ENOSPC || error == EDQUOT ? ERR_FULL : error == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

/* Opened anew each time: another file system may have been mounted there meanwhile. */
static int open_folder(const struct spool *spool, int *ret_fd)
{
    if (mkdir(spool->folder, 0700) != 0 && errno != EEXIST)
        return errno == ENOENT ? ERR_IO : code_of(errno);
    *ret_fd = open(spool->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *ret_fd < 0 ? ERR_IO : 0;
}

static int write_all(int fd, struct span bytes)
{
    while (bytes.len) {
        ssize_t done = write(fd, bytes.data, bytes.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done ? code_of(errno) : ERR_IO;
        bytes.data += done;
        bytes.len -= (size_t)done;
    }
    return 0;
}

static int write_half(int folder, struct span bytes)
{
    int fd = openat(folder, HALF, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return code_of(errno);
    int rc = write_all(fd, bytes);
    if (!rc && fsync(fd) != 0)
        rc = code_of(errno);
    if (close(fd) != 0 && !rc)
        rc = code_of(errno);
    return rc;
}

static int put_file(int folder, const char *file, struct span sealed)
{
    int rc = write_half(folder, sealed);
    if (!rc && renameat(folder, HALF, folder, file) != 0)
        rc = code_of(errno);
    if (rc) {
        unlinkat(folder, HALF, 0);
        return rc;
    }
    if (fsync(folder) == 0)
        return 0;
    rc = code_of(errno);
    unlinkat(folder, file, 0);
    return rc;
}

int spool_put(struct spool *spool, const struct spool_name *name, struct span sealed)
{
    char file[FILE_NAME_MAX];
    int folder;
    bool is_over = spool->bytes + (int64_t)sealed.len > spool->bytes_max || sealed.len > SPOOL_RECORD_BYTES_MAX;
    if (spool->count >= SPOOL_RECORDS_MAX || is_over)
        return ERR_LIMIT;
    int rc = make_room(spool);
    if (!rc)
        rc = open_folder(spool, &folder);
    if (rc)
        return rc;
    write_name(name, file);
    rc = put_file(folder, file, sealed);
    close(folder);
    if (!rc)
        append(spool, name, (int64_t)sealed.len);
    return rc;
}

int spool_probe(struct spool *spool)
{
    static const char nothing[PROBE_BYTES];
    int folder, rc = spool->count >= SPOOL_RECORDS_MAX || spool->bytes >= spool->bytes_max ? ERR_LIMIT : 0;
    if (!rc)
        rc = open_folder(spool, &folder);
    if (rc)
        return rc;
    rc = write_half(folder, (struct span){ nothing, sizeof nothing });
    unlinkat(folder, HALF, 0);
    close(folder);
    return rc;
}

static int open_record(const struct spool *spool, const struct spool_name *name, int *ret_fd)
{
    char file[FILE_NAME_MAX];
    int folder = open(spool->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return code_of(errno);
    write_name(name, file);
    *ret_fd = openat(folder, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int rc = *ret_fd < 0 ? code_of(errno) : 0;
    close(folder);
    return rc;
}

int spool_read(const struct spool *spool, const struct spool_name *name, struct buf *out)
{
    int fd;
    ssize_t len;
    int rc = open_record(spool, name, &fd);
    char *bytes = rc ? NULL : malloc(READ_STEP);
    if (rc)
        return rc;
    while (bytes && (len = read(fd, bytes, READ_STEP)) != 0) {
        if (len > 0)
            buf_add(out, bytes, (size_t)len);
        else if (errno != EINTR)
            rc = ERR_IO;
        if (rc)
            break;
    }
    if (!bytes)
        rc = ERR_NOMEM;
    free(bytes);
    close(fd);
    return rc ? rc : buf_check(out);
}

void spool_remove(struct spool *spool, const struct spool_name *name)
{
    char file[FILE_NAME_MAX], path[PATH_MAX + FILE_NAME_MAX];
    int64_t size;
    write_name(name, file);
    snprintf(path, sizeof path, "%s/%s", spool->folder, file);
    unlink(path);
    (void)take_out(spool, name, &size);
}

void spool_set_aside(struct spool *spool, const struct spool_name *name)
{
    char file[FILE_NAME_MAX], from[PATH_MAX + FILE_NAME_MAX], to[sizeof from + sizeof ASIDE];
    int64_t size;
    write_name(name, file);
    snprintf(from, sizeof from, "%s/%s", spool->folder, file);
    snprintf(to, sizeof to, "%s" ASIDE, from);
    spool->aside += rename(from, to) == 0;
    (void)take_out(spool, name, &size);
}

/* ---- what is there --------------------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);
    return len >= tail && str_equal(text + len - tail, end);
}

static int list_file(struct spool *spool, int folder, const char *file)
{
    struct spool_name name;
    struct stat status;
    spool->aside += ends_with(file, ASIDE);
    if (!read_name(file, &name) || fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    int rc = make_room(spool);
    if (!rc)
        append(spool, &name, (int64_t)status.st_size);
    return rc;
}

int spool_scan(struct spool *spool)
{
    int fd, rc = open_folder(spool, &fd);
    if (rc)
        return rc;
    unlinkat(fd, HALF, 0);
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return ERR_NOMEM;
    }
    spool->first = spool->count = spool->aside = 0;
    spool->bytes = 0;
    const struct dirent *entry;
    while (!rc && (entry = readdir(folder)) != NULL)
        rc = list_file(spool, fd, entry->d_name);
    closedir(folder);
    if (spool->count)
        qsort(spool->records, spool->count, sizeof *spool->records, compare);
    return rc;
}
