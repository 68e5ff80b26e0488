/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ballast - see ballast.h. */
#include "gateway/store/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define BLOCK 512               /* unit of st_blocks, whatever the file system's own is */
#define SHORT_BYTES (1LL << 20) /* less than this is next to nothing */
#define ROOM_TIMES 2            /* so often its size must be free before it is made */

/* Bytes that we may use in the file system of that file; -1 = unknown. */
static int64_t room_at(const char *path)
{
    char folder[PATH_MAX];
    struct statvfs status;
    const char *slash = strrchr(path, '/');
    struct span span = { path, slash == path ? 1 : slash ? (size_t)(slash - path) : 0 };
    if (!str_copy_span(folder, sizeof folder, slash ? span : span_of(".")) || statvfs(folder, &status) != 0)
        return -1;
    return (int64_t)status.f_bavail * (int64_t)status.f_frsize;
}

bool ballast_is_there(const char *path, int64_t size)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == size &&
           (int64_t)status.st_blocks * BLOCK >= size;
}

bool ballast_is_short(const char *path)
{
    int64_t room = room_at(path);
    return room >= 0 && room < SHORT_BYTES;
}

static int allocate(const char *path, int64_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return ERR_IO;
    int code = posix_fallocate(fd, 0, size);
    if (close(fd) != 0 && code == 0)
        code = EIO;
    if (code == 0)
        return 0;
    unlink(path);
    return code == ENOSPC || code == EDQUOT || code == EFBIG ? ERR_FULL : ERR_IO;
}

int ballast_make(const char *path, int64_t size)
{
    if (size == 0) {
        (void)ballast_release(path);
        return 0;
    }
    if (ballast_is_there(path, size))
        return 0;
    (void)ballast_release(path); /* of another size, or a part of one */
    int64_t room = room_at(path);
    if (room >= 0 && room < ROOM_TIMES * size)
        return ERR_FULL;
    return allocate(path, size);
}

bool ballast_release(const char *path)
{
    return unlink(path) == 0;
}
