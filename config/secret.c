/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secret - see secret.h.
 * Why two mode rules: systemd grants the service user a credential through an ACL, whose mask shows as group-read
 * (0440); a plain file has no reason to be readable by any group.
 */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define CREDENTIAL_PREFIX "@credential:"
#define FILE_PREFIX "@file:"
#define PATH_BYTES_MAX 4096

bool secret_is_reference(const char *text)
{
    return str_starts(text, CREDENTIAL_PREFIX) || str_starts(text, FILE_PREFIX);
}

static bool is_credential_name(const char *name)
{
    return *name && *name != '.' && strlen(name) < 128 && !strchr(name, '/');
}

static int find_credential(const char *name, struct buf *path, struct error *error)
{
    if (!is_credential_name(name))
        return error_set(error, ERR_INVALID, "after @credential: comes a plain name without a slash");
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    if (str_is_empty(directory))
        return error_set(error, ERR_REFUSED,
            "credential %s: no CREDENTIALS_DIRECTORY here; systemd sets it for the service (LoadCredential=)", name);
    buf_add_format(path, "%s/%s", directory, name);
    return 0;
}

static int find_file(const char *name, const char *directory, struct buf *path, struct error *error)
{
    if (!*name)
        return error_set(error, ERR_INVALID, "after @file: comes a path");
    if (*name != '/')
        buf_add_format(path, "%s/", directory);
    buf_add_text(path, name);
    return 0;
}

/* Is the folder itself there and open to us? Then a missing file is a mistake, else another machine or user. */
static bool can_judge(const char *path)
{
    AUTO_FREE char *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (!slash)
        return true;
    slash[slash == folder] = '\0';
    return access(folder, X_OK) == 0;
}

static int explain_open(const char *path, struct error *error)
{
    int number = errno;
    if (number == EACCES || number == EPERM)
        return error_set(error, ERR_REFUSED, "%s: not readable by this user", path);
    if (number == ENOENT && !can_judge(path))
        return error_set(error, ERR_REFUSED, "%s: its folder does not exist or is closed to this user", path);
    if (number == ENOENT)
        return error_set(error, ERR_NOT_FOUND, "%s: there is no such file", path);
    return error_set(error, ERR_INVALID, "%s: %s", path, strerror(number));
}

static int check_status(
    const char *path, const struct stat *status, mode_t forbidden, bool any_owner, struct error *error)
{
    if (!S_ISREG(status->st_mode))
        return error_set(error, ERR_INVALID, "%s: not a plain file", path);
    if (status->st_mode & forbidden)
        return error_set(error, ERR_INVALID, "%s: mode %04o is too open: chmod 0600 it", path, status->st_mode & 07777);
    if (status->st_uid != 0 && status->st_uid != geteuid() && !(any_owner && geteuid() == 0))
        return error_set(
            error, ERR_INVALID, "%s: belongs to another user: chown it to root or to the service's user", path);
    if (status->st_size > SECRET_BYTES_MAX)
        return error_set(error, ERR_INVALID, "%s: larger than %d bytes", path, SECRET_BYTES_MAX);
    return 0;
}

static int read_bytes(int fd, const char *path, struct buf *value, struct error *error)
{
    char chunk[1024];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(value, chunk, (size_t)got);
    explicit_bzero(chunk, sizeof chunk);
    if (got < 0)
        return error_set(error, ERR_INVALID, "%s: %s", path, strerror(errno));
    if (buf_check(value))
        return error_set(error, ERR_INVALID, "%s: larger than %d bytes", path, SECRET_BYTES_MAX);
    return 0;
}

int secret_read(
    const char *reference, const char *directory, bool is_check_only, struct error *error, struct buf *ret_value)
{
    bool is_credential = str_starts(reference, CREDENTIAL_PREFIX);
    AUTO_BUF path;
    buf_init(&path, PATH_BYTES_MAX);
    int code = is_credential ? find_credential(reference + strlen(CREDENTIAL_PREFIX), &path, error)
                             : find_file(reference + strlen(FILE_PREFIX), directory, &path, error);
    if (code)
        return code;
    if (buf_check(&path))
        return error_set(error, ERR_INVALID, "the path of the secret is too long");
    /* O_NONBLOCK: a FIFO in place of the file must not hang the program before check_status refuses it. */
    int fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return explain_open(path.data, error);
    struct stat status;
    buf_clear(ret_value);
    code = fstat(fd, &status) ? error_set(error, ERR_INVALID, "%s: %s", path.data, strerror(errno))
                              : check_status(path.data, &status, is_credential ? 0037 : 0077, is_check_only, error);
    if (!code)
        code = read_bytes(fd, path.data, ret_value, error);
    close(fd);
    return code;
}

int secret_trim(struct buf *value, struct error *error)
{
    while (value->len > 0 && (value->data[value->len - 1] == '\n' || value->data[value->len - 1] == '\r'))
        value->data[--value->len] = '\0';
    if (value->len == 0)
        return error_set(error, ERR_INVALID, "the secret is empty");
    if (strlen(value->data) != value->len)
        return error_set(error, ERR_INVALID, "the secret holds a NUL byte");
    return 0;
}

int secret_to_key(const struct buf *value, unsigned char *ret_key, size_t len, struct error *error)
{
    if (value->len == len) {
        memcpy(ret_key, value->data, len);
        return 0;
    }
    struct span digits = buf_span(value);
    while (digits.len > 0 && (digits.data[digits.len - 1] == '\n' || digits.data[digits.len - 1] == '\r'))
        digits.len--;
    AUTO_BUF bytes;
    buf_init(&bytes, len);
    bool is_key = digits.len == 2 * len && str_hex_decode(&bytes, digits) == 0 && bytes.len == len;
    if (is_key)
        memcpy(ret_key, bytes.data, len);
    secret_wipe(&bytes);
    return is_key ? 0 : error_set(error, ERR_INVALID, "a key is %zu bytes, or %zu hexadecimal digits", len, 2 * len);
}

void secret_wipe(struct buf *value)
{
    if (value->data)
        explicit_bzero(value->data, value->cap);
}
