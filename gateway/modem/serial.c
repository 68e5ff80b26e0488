/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serial - open, lock, raw, flush.
 * Why:   O_NONBLOCK at open: without it open() waits for a carrier on a port that has none. TIOCEXCL is not used: it
 *        outlives a killed process on some drivers, and flock does not.
 */
#include "gateway/modem/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/str.h"

static const struct {
    int baud;
    speed_t speed;
} speeds[] = { { 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
    { 230400, B230400 }, { 460800, B460800 }, { 921600, B921600 } };

static int find_speed(int baud, speed_t *ret)
{
    for (size_t i = 0; i < STR_COUNT(speeds); i++)
        if (speeds[i].baud == baud) {
            *ret = speeds[i].speed;
            return 0;
        }
    return ERR_INVALID;
}

static int refuse(struct error *error, const char *path, const char *what)
{
    int why = errno;
    int code = ERR_IO;
    if (why == ENOENT || why == ENODEV || why == ENXIO || why == EIO)
        code = ERR_NOT_FOUND;
    else if (why == EACCES || why == EPERM)
        code = ERR_REFUSED;
    else if (why == EBUSY || why == EWOULDBLOCK)
        code = ERR_CONFLICT;
    else if (why == ENOTTY || why == EINVAL || why == EISDIR)
        code = ERR_INVALID;
    return error_set(error, code, "%s: %s: %s", path, what, strerror(why));
}

static int make_raw(int fd, speed_t speed)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0)
        return -1;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cflag &= ~(tcflag_t)CRTSCTS;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    if (cfsetspeed(&settings, speed) != 0 || tcsetattr(fd, TCSANOW, &settings) != 0)
        return -1;
    return tcflush(fd, TCIOFLUSH);
}

int serial_open(const char *path, int baud, struct error *error, int *ret_fd)
{
    speed_t speed = B115200;
    if (find_speed(baud, &speed) != 0)
        return error_set(error, ERR_INVALID, "%d is no speed of a serial device: 115200 is usual", baud);
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return refuse(error, path, "cannot open");
    int code = 0;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        code = refuse(error, path, errno == EWOULDBLOCK ? "another program holds it" : "cannot lock");
    else if (make_raw(fd, speed) != 0)
        code = refuse(error, path, "cannot be set up as a serial device");
    if (code != 0) {
        (void)close(fd);
        return code;
    }
    *ret_fd = fd;
    return 0;
}
