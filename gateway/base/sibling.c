/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sibling - see sibling.h. */
#include "gateway/base/sibling.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OWN_MAX (SIBLING_PATH_MAX / 2)

/* "/usr/bin/helplinectl" and "../sbin/" give "/usr/bin/../sbin/NAME". */
static bool try_folder(const char *own, const char *folder, const char *name, char *ret_path)
{
    const char *slash = strrchr(own, '/');
    int len = slash ? snprintf(ret_path, SIBLING_PATH_MAX, "%.*s/%s%s", (int)(slash - own), own, folder, name) : -1;
    return len > 0 && len < SIBLING_PATH_MAX && access(ret_path, X_OK) == 0;
}

int sibling_find(const char *name, char *ret_path)
{
    char own[OWN_MAX];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    own[len > 0 ? len : 0] = '\0';
    bool is_found = try_folder(own, "", name, ret_path) || try_folder(own, "../sbin/", name, ret_path) ||
                    try_folder("/usr/sbin/", "", name, ret_path);
    return is_found ? 0 : ERR_NOT_FOUND;
}
