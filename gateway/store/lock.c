/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock - the fence around the database file.
 * Why:   SQLite 3.40.1 can corrupt a database that two connections checkpoint at once, and its own locks fall when any
 *        descriptor of the file is closed in this process. A lock on a file of its own has neither weakness.
 */
#include "gateway/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define PATH_LEN_MAX PATH_MAX

static int fail(struct error *error, const char *what, const char *path)
{
    int code = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    return error_set(error, code, "%s: %s: %s", path, what, strerror(errno));
}

static int check_folder(const char *path, struct error *error)
{
    char folder[PATH_LEN_MAX];
    const char *slash = strrchr(path, '/');
    struct span span = { path, slash == NULL ? 0 : (size_t)(slash - path) };
    if (slash == path)
        span.len = 1;
    if (!str_copy_span(folder, sizeof folder, slash == NULL ? span_of(".") : span))
        return error_set(error, ERR_LIMIT, "the path of the database is too long");
    struct stat status;
    if (stat(folder, &status) != 0)
        return fail(error, "cannot look at the folder of the database", folder);
    if ((status.st_mode & 077) != 0)
        return error_set(error, ERR_REFUSED,
            "%s: others may enter the folder of the database (mode %03o): run chmod 700 on it", folder,
            (unsigned)(status.st_mode & 0777));
    return 0;
}

/* SQLite gives its side files the mode of the database, so the mode must be right before it opens it. */
static int check_file(const char *path, struct error *error)
{
    struct stat status;
    if (stat(path, &status) == 0) {
        if ((status.st_mode & 077) != 0)
            return error_set(error, ERR_REFUSED, "%s: others may read the database (mode %03o): run chmod 600 on it",
                path, (unsigned)(status.st_mode & 0777));
        return 0;
    }
    if (errno != ENOENT)
        return fail(error, "cannot look at the database", path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, "cannot create the database", path);
    close(fd);
    return 0;
}

static int open_lock(const char *path, struct error *error, int *ret_fd)
{
    char name[PATH_LEN_MAX];
    if (!str_copy(name, sizeof name, path) || !str_copy(name + strlen(name), sizeof name - strlen(name), ".lock"))
        return error_set(error, ERR_LIMIT, "the path of the database is too long");
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(error, "cannot open the lock file", name);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int code = errno == EWOULDBLOCK ? error_set(error, ERR_EXISTS, "%s: another process holds this database", name)
                                        : fail(error, "cannot lock", name);
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return 0;
}

int lock_take(const char *path, struct error *error, int *ret_fd)
{
    int fd = -1;
    int code = check_folder(path, error);
    if (code == 0)
        code = open_lock(path, error, &fd);
    if (code == 0)
        code = check_file(path, error);
    if (code != 0) {
        lock_release(fd);
        return code;
    }
    *ret_fd = fd;
    return 0;
}

void lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}
