/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * helpline-modem - one serial device with a SIM card, between the mobile network and the daemon.
 * What:  arguments, an empty environment, signals, the loop. It moves messages as they are between the device and the
 *        worker socket of the daemon (gateway/PROTOCOL.md §2.8); `--probe` looks at a device without a daemon.
 * Why:   a separate process: what a stranger's text or a modem's firmware does to it reaches no database, key or
 * network. Not here: everything else; see gateway/modem/driver.h for the start of it.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/confine.h"
#include "gateway/base/log.h"
#include "gateway/base/loop.h"
#include "gateway/base/str.h"
#include "gateway/base/systemd.h"
#include "gateway/modem/driver.h"
#include "gateway/modem/modemwire.h"
#include "gateway/modem/probe.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const struct option options[] = { { "socket", required_argument, NULL, 's' },
    { "name", required_argument, NULL, 'n' }, { "device", required_argument, NULL, 'd' },
    { "probe", required_argument, NULL, 'p' }, { "version", no_argument, NULL, 'V' },
    { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };

static const char usage[] = "Usage: helpline-modem --socket PATH --name CHANNEL [--device PATH]\n"
                            "       helpline-modem --probe DEVICE\n"
                            "Receives and sends SMS through one modem for helplined. Runs in the foreground.\n"
                            "\n"
                            "  --socket PATH   worker socket of the daemon; may appear later\n"
                            "  --name CHANNEL  the channel of kind modem that this is, [a-z0-9_-]\n"
                            "  --device PATH   this device instead of the configuration's\n"
                            "  --probe DEVICE  look at a modem, say what is found and what to do; needs no daemon\n"
                            "  --version       print the version\n"
                            "  --help          print this\n";

struct arguments {
    struct driver_settings driver;
    const char *probe;
};

static int print_usage(FILE *where, int code)
{
    fputs(usage, where);
    return code + 1;
}

/* 0 to go on, else the exit code plus one. */
static int read_arguments(int argc, char **argv, struct arguments *ret)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 's':
            ret->driver.socket = optarg;
            break;
        case 'n':
            ret->driver.name = optarg;
            break;
        case 'd':
            ret->driver.device = optarg;
            break;
        case 'p':
            ret->probe = optarg;
            break;
        case 'V':
            puts("helpline-modem " HELPLINED_VERSION);
            return EXIT_DONE + 1;
        case 'h':
            return print_usage(stdout, EXIT_DONE);
        default:
            return print_usage(stderr, EXIT_USAGE);
        }
    }
    bool is_worker = ret->driver.socket != NULL && ret->driver.name != NULL && modemwire_is_name(ret->driver.name);
    if (optind == argc && (ret->probe != NULL ? ret->driver.socket == NULL : is_worker))
        return 0;
    return print_usage(stderr, EXIT_USAGE);
}

struct worker {
    struct loop *loop;
    struct driver *driver;
    int signal_fd;
    int64_t watchdog_ms; /* 0 = the service manager does not watch */
    struct loop_timer watchdog;
};

static void signal_came(void *context, int fd, unsigned events)
{
    struct worker *worker = context;
    struct signalfd_siginfo info;
    (void)events;
    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    log_event(LOG_LEVEL_NOTICE, EV_stopping, F_INT("signal", (int64_t)info.ssi_signo));
    (void)systemd_notify("STOPPING=1");
    driver_stop(worker->driver);
}

/* Also ignores SIGPIPE and SIGHUP: a device that hangs up is told by its descriptor, a reload by the daemon. */
static int watch_signals(struct worker *worker)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGHUP, SIG_IGN) == SIG_ERR ||
        sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return ERR_IO;
    worker->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (worker->signal_fd < 0)
        return ERR_IO;
    return loop_add(worker->loop, worker->signal_fd, LOOP_READ, signal_came, worker);
}

static void feed_watchdog(void *context)
{
    struct worker *worker = context;
    (void)systemd_notify("WATCHDOG=1\nSTATUS=%s", driver_summary(worker->driver));
    if (loop_timer_set(worker->loop, &worker->watchdog, clock_mono_ms() + worker->watchdog_ms, feed_watchdog, worker) !=
        0)
        log_event(LOG_LEVEL_ERROR, EV_driver_lost, F_WORD("why", "no memory for a timer"));
}

static int serve(struct worker *worker)
{
    log_event(LOG_LEVEL_INFO, EV_started, F_WORD("version", HELPLINED_VERSION), F_INT("pid", (int64_t)getpid()));
    (void)systemd_notify("READY=1");
    worker->watchdog_ms = systemd_watchdog_ms();
    if (worker->watchdog_ms > 0)
        feed_watchdog(worker);
    while (!driver_is_over(worker->driver)) {
        int ran = loop_wait(worker->loop, -1);
        if (ran < 0)
            return ran;
    }
    log_event(LOG_LEVEL_NOTICE, EV_stopped, F_INT("pid", (int64_t)getpid()));
    return 0;
}

static int run(const struct driver_settings *settings)
{
    struct worker worker = { .signal_fd = -1 };
    int status = loop_new(&worker.loop);
    if (status == 0)
        status = watch_signals(&worker);
    if (status == 0)
        status = driver_new(worker.loop, settings, &worker.driver);
    if (status == 0)
        status = serve(&worker);
    driver_free(worker.driver);
    if (worker.loop != NULL)
        loop_timer_cancel(worker.loop, &worker.watchdog);
    if (worker.signal_fd >= 0) {
        loop_remove(worker.loop, worker.signal_fd);
        (void)close(worker.signal_fd);
    }
    loop_free(worker.loop);
    return status;
}

int main(int argc, char **argv)
{
    struct arguments arguments = { .probe = NULL };
    int wanted = read_arguments(argc, argv, &arguments);
    if (wanted != 0)
        return wanted - 1;
    int status = confine_empty_environment();
    if (status == 0)
        status = confine_forbid_dumps();
    if (status == 0 && arguments.probe != NULL)
        return probe_device(arguments.probe, stdout) ? EXIT_DONE : EXIT_FAILED;
    if (status == 0)
        status = run(&arguments.driver);
    if (status == 0)
        return EXIT_DONE;
    fprintf(stderr, "helpline-modem: cannot go on: %s\n", error_name(status));
    return EXIT_FAILED;
}
