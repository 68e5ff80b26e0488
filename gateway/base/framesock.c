/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * framesock - the sockets under frame.h: listening, connecting, and the blocking pair for a command-line client.
 * Why:   a socket file outlives a killed daemon. Only a connection attempt tells a stale one from a live one; a live
 *        one is left alone.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/frame.h"
#include "gateway/base/str.h"

#define HEADER_LEN 4u
#define READ_CHUNK (16u << 10)
#define BACKLOG 128

static int make_address(const char *path, struct sockaddr_un *ret, struct error *error)
{
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (str_is_empty(path))
        return error_set(error, ERR_INVALID, "the path of the socket is empty");
    if (!str_copy(ret->sun_path, sizeof(ret->sun_path), path))
        return error_set(
            error, ERR_INVALID, "%s: the path of a socket may have at most %zu bytes", path, sizeof(ret->sun_path) - 1);
    return 0;
}

static int new_socket(int flags, struct error *error, int *ret_fd)
{
    *ret_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (*ret_fd < 0)
        return error_set(error, ERR_IO, "cannot make a Unix socket: %s", strerror(errno));
    return 0;
}

static int join_address(int fd, const struct sockaddr_un *address)
{
    const void *any = address;

    return connect(fd, any, sizeof(*address)) == 0 ? 0 : errno;
}

/* Takes a socket file away that nobody listens on. */
static int clear_stale(const struct sockaddr_un *address, struct error *error)
{
    const char *path = address->sun_path;
    struct stat status;
    int fd, code, answer;

    if (lstat(path, &status) != 0)
        return 0;
    if (!S_ISSOCK(status.st_mode))
        return error_set(error, ERR_EXISTS, "%s exists and is not a socket: move it away", path);
    code = new_socket(SOCK_NONBLOCK, error, &fd);
    if (code)
        return code;
    answer = join_address(fd, address);
    close(fd);
    if (answer != ECONNREFUSED)
        return error_set(error, ERR_EXISTS, "%s: another process listens there", path);
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(error, ERR_IO, "%s: cannot remove the stale socket: %s", path, strerror(errno));
    return 0;
}

/* The mode is given by the umask already at bind: there is no moment in which the socket is open to more people. */
static int bind_with_mode(int fd, const struct sockaddr_un *address, unsigned mode)
{
    const void *any = address;
    mode_t before = umask(0777 & ~(mode_t)mode);
    int code = bind(fd, any, sizeof(*address)) == 0 ? 0 : errno;

    umask(before);
    return code;
}

int frame_listen(const char *path, unsigned mode, struct error *error, int *ret_fd)
{
    struct sockaddr_un address;
    int fd, failure;
    int code = make_address(path, &address, error);

    if (code == 0)
        code = clear_stale(&address, error);
    if (code == 0)
        code = new_socket(SOCK_NONBLOCK, error, &fd);
    if (code)
        return code;
    failure = bind_with_mode(fd, &address, mode);
    if (failure == 0 && listen(fd, BACKLOG) != 0)
        failure = errno;
    if (failure) {
        close(fd);
        return error_set(
            error, failure == EADDRINUSE ? ERR_EXISTS : ERR_IO, "%s: cannot listen: %s", path, strerror(failure));
    }
    *ret_fd = fd;
    return 0;
}

int frame_connect(const char *path, struct error *error, int *ret_fd)
{
    struct sockaddr_un address;
    int fd, failure;
    int code = make_address(path, &address, error);

    if (code == 0)
        code = new_socket(0, error, &fd);
    if (code)
        return code;
    failure = join_address(fd, &address);
    if (failure == 0) {
        *ret_fd = fd;
        return 0;
    }
    close(fd);
    if (failure == ENOENT || failure == ECONNREFUSED)
        return error_set(error, ERR_NOT_FOUND, "%s: nobody listens there: is the daemon running?", path);
    return error_set(error, failure == EACCES || failure == EPERM ? ERR_REFUSED : ERR_IO, "%s: cannot connect: %s",
        path, strerror(failure));
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? ERR_AGAIN : ERR_IO;
        data += sent;
        len -= (size_t)sent;
    }
    return 0;
}

int frame_write(int fd, struct span frame)
{
    char header[HEADER_LEN] = { (char)(frame.len >> 24), (char)(frame.len >> 16), (char)(frame.len >> 8),
        (char)frame.len };
    int code;

    if (frame.len == 0 || frame.len > FRAME_MAX)
        return ERR_INVALID;
    code = write_all(fd, header, HEADER_LEN);
    return code ? code : write_all(fd, frame.data, frame.len);
}

/* Appends exactly len bytes. ERR_NOT_FOUND when the stream ends before the first of them, ERR_PROTOCOL later. */
static int read_exactly(int fd, struct buf *into, size_t len)
{
    char chunk[READ_CHUNK];
    size_t left = len;

    while (left > 0) {
        ssize_t got = recv(fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? ERR_AGAIN : ERR_IO;
        if (got == 0)
            return left == len ? ERR_NOT_FOUND : ERR_PROTOCOL;
        buf_add(into, chunk, (size_t)got);
        if (buf_check(into))
            return buf_check(into);
        left -= (size_t)got;
    }
    return 0;
}

int frame_read(int fd, struct buf *into)
{
    unsigned char header[HEADER_LEN];
    size_t len;
    int code;

    buf_clear(into);
    code = read_exactly(fd, into, HEADER_LEN);
    if (code)
        return code;
    memcpy(header, into->data, HEADER_LEN);
    len = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
    if (len == 0 || len > FRAME_MAX)
        return ERR_PROTOCOL;
    buf_clear(into);
    code = read_exactly(fd, into, len);
    return code == ERR_NOT_FOUND ? ERR_PROTOCOL : code;
}
