/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp - see stamp.h. */
#include "gateway/core/triage/stamp.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define SEED 0xcbf29ce484222325u /* of FNV-1a, 64 bits */
#define PRIME 0x100000001b3u

static uint64_t mix(uint64_t sum, const void *data, size_t len)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ bytes[i]) * PRIME;
    return sum;
}

static bool add_file(int directory, const char *name, struct stamp *stamp)
{
    struct stat status;
    if (fstatat(directory, name, &status, 0))
        return false;
    uint64_t sum = mix(SEED, name, strlen(name));
    sum = mix(sum, &status.st_dev, sizeof status.st_dev);
    sum = mix(sum, &status.st_ino, sizeof status.st_ino);
    sum = mix(sum, &status.st_size, sizeof status.st_size);
    sum = mix(sum, &status.st_mtim, sizeof status.st_mtim);
    sum = mix(sum, &status.st_ctim, sizeof status.st_ctim);
    stamp->sum += sum; /* a folder lists its files in any order */
    stamp->files++;
    return true;
}

void stamp_take(const char *directory, struct stamp *ret_stamp)
{
    DIR *dir = opendir(directory);
    const struct dirent *file;
    bool is_whole = dir != NULL;
    *ret_stamp = (struct stamp){ .sum = mix(SEED, directory, strlen(directory)) };
    while (is_whole && (file = readdir(dir)))
        if (file->d_name[0] != '.')
            is_whole = add_file(dirfd(dir), file->d_name, ret_stamp);
    if (dir)
        closedir(dir);
    if (!is_whole)
        *ret_stamp = (struct stamp){ 0 };
}

bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->files && a->files == b->files && a->sum == b->sum;
}
