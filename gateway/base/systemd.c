/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * systemd - see the header. The variables are read at each call: they are few, short and never change.
 */
#include "gateway/base/systemd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define LISTEN_FD_FIRST 3 /* sd_listen_fds(3) */
#define LISTEN_FDS_MAX 64
#define NOTIFY_MAX 1024
#define USEC_MAX INT64_C(0x7fffffffffffff)

/* A variable may be inherited from a process it was meant for: it counts only with our own pid beside it. */
static bool is_for_us(const char *pid_variable)
{
    int64_t pid = 0;
    const char *text = getenv(pid_variable);
    return text != NULL && str_to_int64(text, 1, INT64_MAX, &pid) == 0 && pid == getpid();
}

/* The index of `name` in the colon-separated list, or -1. */
static int find_name(const char *names, const char *name)
{
    size_t len = strlen(name);
    int index = 0;
    while (*names != '\0') {
        size_t part = strcspn(names, ":");
        if (part == len && memcmp(names, name, len) == 0)
            return index;
        names += part;
        names += *names == ':';
        index++;
    }
    return -1;
}

int systemd_socket(const char *name, int *ret_fd)
{
    const char *count_text = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    int64_t count = 0;
    if (count_text == NULL || !is_for_us("LISTEN_PID"))
        return ERR_NOT_FOUND;
    if (str_to_int64(count_text, 0, LISTEN_FDS_MAX, &count) != 0)
        return ERR_INVALID;
    int index = names != NULL ? find_name(names, name) : -1;
    if (index < 0)
        return ERR_NOT_FOUND;
    if (index >= count)
        return ERR_INVALID;
    int fd = LISTEN_FD_FIRST + index;
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) != 0)
        return ERR_INVALID;
    /* Without NonBlocking= in the unit it blocks, and one accept too many would stop the only thread. */
    int status = fcntl(fd, F_GETFL);
    if (status < 0 || fcntl(fd, F_SETFL, status | O_NONBLOCK) != 0)
        return ERR_INVALID;
    *ret_fd = fd;
    return 0;
}

/* "/run/..." or "@abstract", whose @ stands for a NUL byte. */
static int notify_address(const char *path, struct sockaddr_un *ret_address, socklen_t *ret_len)
{
    size_t len = strlen(path);
    memset(ret_address, 0, sizeof(*ret_address));
    if ((path[0] != '/' && path[0] != '@') || len < 2 || len >= sizeof(ret_address->sun_path))
        return ERR_INVALID;
    ret_address->sun_family = AF_UNIX;
    memcpy(ret_address->sun_path, path, len);
    if (path[0] == '@')
        ret_address->sun_path[0] = '\0';
    *ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (path[0] == '/'));
    return 0;
}

static int send_message(const char *text, size_t len)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t address_len = 0;
    if (str_is_empty(path))
        return ERR_NOT_FOUND;
    int code = notify_address(path, &address, &address_len);
    if (code != 0)
        return code;
    /* Non-blocking: a full queue of the manager must not stop the one thread that stores messages. */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return ERR_IO;
    ssize_t sent = sendto(fd, text, len, MSG_NOSIGNAL, (struct sockaddr *)&address, address_len);
    close(fd);
    return sent == (ssize_t)len ? 0 : ERR_IO;
}

int systemd_notify(const char *format, ...)
{
    char text[NOTIFY_MAX];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (len <= 0)
        return ERR_INVALID;
    if ((size_t)len >= sizeof(text))
        return ERR_LIMIT;
    return send_message(text, (size_t)len);
}

int systemd_notify_reloading(void)
{
    struct timespec now;
    /* The manager compares with its own CLOCK_MONOTONIC, so the test seam of clock would be wrong here. */
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return ERR_IO;
    int64_t us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    return systemd_notify("RELOADING=1\nMONOTONIC_USEC=%" PRId64, us);
}

int64_t systemd_watchdog_ms(void)
{
    const char *text = getenv("WATCHDOG_USEC");
    int64_t us = 0;
    if (text == NULL || (getenv("WATCHDOG_PID") != NULL && !is_for_us("WATCHDOG_PID")))
        return 0;
    if (str_to_int64(text, 2000, USEC_MAX, &us) != 0)
        return 0;
    return us / 2000;
}
