/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listen - see the header.
 */
#include "gateway/http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define LISTEN_BACKLOG 1024
#define LISTEN_HOST_MAX 64
#define LISTEN_UNIX_PREFIX "unix:"
#define LISTEN_UNIX_MODE 0660 /* the proxy in front is in our group */

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
        struct sockaddr_storage storage;
    } as;
    socklen_t len;
};

static int parse_unix(const char *path, struct error *error, struct address *ret)
{
    ret->as.local.sun_family = AF_UNIX;
    if (path[0] != '/')
        return error_set(error, ERR_INVALID, "\"unix:%s\": the path of a Unix socket must be absolute", path);
    if (!str_copy(ret->as.local.sun_path, sizeof(ret->as.local.sun_path), path))
        return error_set(error, ERR_INVALID, "\"unix:%s\": longer than the %zu bytes of a Unix socket path", path,
            sizeof(ret->as.local.sun_path) - 1);
    ret->len = sizeof(ret->as.local);
    return 0;
}

/* Cuts "host:port" at its last colon and takes the brackets off an IPv6 host. */
static bool split_host(const char *text, char *ret_host, size_t host_size, int64_t *ret_port)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || str_to_int64(colon + 1, 0, 65535, ret_port) != 0)
        return false;
    struct span host = { text, (size_t)(colon - text) };
    if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
        host = (struct span){ host.data + 1, host.len - 2 };
    return str_copy_span(ret_host, host_size, host);
}

static int parse_address(const char *text, struct error *error, struct address *ret)
{
    char host[LISTEN_HOST_MAX];
    int64_t port = 0;
    memset(ret, 0, sizeof(*ret));
    if (str_starts(text, LISTEN_UNIX_PREFIX))
        return parse_unix(text + strlen(LISTEN_UNIX_PREFIX), error, ret);
    if (split_host(text, host, sizeof(host), &port)) {
        if (text[0] != '[' && inet_pton(AF_INET, host, &ret->as.v4.sin_addr) == 1) {
            ret->as.v4.sin_family = AF_INET;
            ret->as.v4.sin_port = htons((uint16_t)port);
            ret->len = sizeof(ret->as.v4);
            return 0;
        }
        if (text[0] == '[' && inet_pton(AF_INET6, host, &ret->as.v6.sin6_addr) == 1) {
            ret->as.v6.sin6_family = AF_INET6;
            ret->as.v6.sin6_port = htons((uint16_t)port);
            ret->len = sizeof(ret->as.v6);
            return 0;
        }
    }
    return error_set(
        error, ERR_INVALID, "\"%s\" is no address to listen on: write 127.0.0.1:8080, [::1]:8080 or unix:/path", text);
}

/* A socket file stays behind when its process is killed. Only a socket that nobody answers is removed. */
static int clear_stale(const struct address *address, struct error *error)
{
    const char *path = address->as.local.sun_path;
    struct stat info;
    if (lstat(path, &info) != 0)
        return errno == ENOENT ? 0 : error_set(error, ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISSOCK(info.st_mode))
        return error_set(error, ERR_EXISTS, "%s exists and is not a socket: remove it or choose another path", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_set(error, ERR_IO, "socket: %s", strerror(errno));
    bool is_dead = connect(fd, &address->as.any, address->len) != 0 && errno == ECONNREFUSED;
    close(fd);
    if (!is_dead)
        return error_set(error, ERR_EXISTS, "%s is in use by another program", path);
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(error, ERR_IO, "%s: %s", path, strerror(errno));
    return 0;
}

static int bind_and_listen(int fd, const struct address *address)
{
    int on = 1;
    if (address->as.any.sa_family != AF_UNIX && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        return -1;
    if (address->as.any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
        return -1;
    if (bind(fd, &address->as.any, address->len) != 0)
        return -1;
    if (address->as.any.sa_family == AF_UNIX && chmod(address->as.local.sun_path, LISTEN_UNIX_MODE) != 0)
        return -1;
    return listen(fd, LISTEN_BACKLOG);
}

int http_listen(const char *text, struct error *error, int *ret_fd)
{
    struct address address;
    int code = parse_address(text, error, &address);
    if (code == 0 && address.as.any.sa_family == AF_UNIX)
        code = clear_stale(&address, error);
    if (code != 0)
        return code;
    int fd = socket(address.as.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_set(error, ERR_IO, "socket: %s", strerror(errno));
    if (bind_and_listen(fd, &address) != 0) {
        code = errno == EADDRINUSE ? ERR_EXISTS : ERR_IO;
        error_set(error, code, "cannot listen on %s: %s", text, strerror(errno));
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return 0;
}

int http_listen_name(int fd, char *ret_name)
{
    struct address address = { .len = sizeof(address.as) };
    char host[LISTEN_HOST_MAX];
    if (getsockname(fd, &address.as.any, &address.len) != 0)
        return ERR_IO;
    switch (address.as.any.sa_family) {
    case AF_INET:
        if (inet_ntop(AF_INET, &address.as.v4.sin_addr, host, sizeof(host)) == NULL)
            return ERR_IO;
        snprintf(ret_name, HTTP_LISTEN_NAME_MAX, "%s:%u", host, (unsigned)ntohs(address.as.v4.sin_port));
        return 0;
    case AF_INET6:
        if (inet_ntop(AF_INET6, &address.as.v6.sin6_addr, host, sizeof(host)) == NULL)
            return ERR_IO;
        snprintf(ret_name, HTTP_LISTEN_NAME_MAX, "[%s]:%u", host, (unsigned)ntohs(address.as.v6.sin6_port));
        return 0;
    case AF_UNIX:
        /* A path that fills sun_path carries no NUL of its own: the precision stops there. */
        snprintf(ret_name, HTTP_LISTEN_NAME_MAX, "unix:%.*s", (int)sizeof(address.as.local.sun_path),
            address.as.local.sun_path);
        return 0;
    default:
        return ERR_UNSUPPORTED;
    }
}
