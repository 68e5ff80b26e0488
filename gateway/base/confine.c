/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confine - see confine.h. */
#include "gateway/base/confine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "gateway/base/str.h"

int confine_empty_environment(void)
{
    static const char *const kept[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID" };
    char *values[STR_COUNT(kept)] = { NULL };
    int status = 0;
    for (size_t i = 0; i < STR_COUNT(kept); i++)
        if (getenv(kept[i]) != NULL && (values[i] = strdup(getenv(kept[i]))) == NULL)
            status = ERR_NOMEM;
    if (status == 0 && clearenv() != 0)
        status = ERR_NOMEM;
    for (size_t i = 0; i < STR_COUNT(kept); i++) {
        if (status == 0 && values[i] != NULL && setenv(kept[i], values[i], 1) != 0)
            status = ERR_NOMEM;
        free(values[i]);
    }
    return status;
}

int confine_forbid_dumps(void)
{
    const struct rlimit none = { 0, 0 };
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return ERR_IO;
#if !defined(__SANITIZE_ADDRESS__)
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return ERR_IO;
#endif
    return 0;
}
