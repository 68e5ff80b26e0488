/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * helpline-sender - the only program that opens connections to the world.
 * What:  arguments, an empty environment, signals, the loop. It connects to the worker socket of the daemon, takes one
 *        finished request at a time and tells what came of it (gateway/PROTOCOL.md).
 * Why:   a separate process: whoever breaks in through a reply of the network finds no database, no keys, no listener.
 * Not here: everything else; see gateway/sender/link.h for the start of it.
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
#include "gateway/sender/link.h"
#include "gateway/sender/wire.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const struct option options[] = { { "socket", required_argument, NULL, 's' },
    { "name", required_argument, NULL, 'n' }, { "ca-file", required_argument, NULL, 'c' },
    { "version", no_argument, NULL, 'V' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };

static const char usage[] = "Usage: helpline-sender --socket PATH [--name NAME] [--ca-file FILE]\n"
                            "Sends what helplined asks for: HTTPS requests and mail. Runs in the foreground.\n"
                            "\n"
                            "  --socket PATH   worker socket of the daemon; may appear later\n"
                            "  --name NAME     name in the logs, [a-z0-9_-], default: sender\n"
                            "  --ca-file FILE  trust these certificates (PEM) instead of the system's\n"
                            "  --version       print the version\n"
                            "  --help          print this\n";

/* 0 to go on, else the exit code plus one. */
static int read_arguments(int argc, char **argv, struct link_settings *ret_settings)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 's':
            ret_settings->path = optarg;
            break;
        case 'n':
            ret_settings->name = optarg;
            break;
        case 'c':
            ret_settings->ca_file = optarg;
            break;
        case 'V':
            puts("helpline-sender " HELPLINED_VERSION);
            return EXIT_DONE + 1;
        case 'h':
            fputs(usage, stdout);
            return EXIT_DONE + 1;
        default:
            fputs(usage, stderr);
            return EXIT_USAGE + 1;
        }
    }
    if (optind == argc && ret_settings->path != NULL && wire_is_name(ret_settings->name))
        return 0;
    fputs(usage, stderr);
    return EXIT_USAGE + 1;
}

struct sender {
    struct loop *loop;
    struct link *link;
    int signal_fd;
    int64_t watchdog_ms; /* 0 = the service manager does not watch */
    struct loop_timer watchdog;
};

static void signal_came(void *context, int fd, unsigned events)
{
    struct sender *sender = context;
    struct signalfd_siginfo info;
    (void)events;
    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    log_event(LOG_LEVEL_NOTICE, EV_stopping, F_INT("signal", (int64_t)info.ssi_signo));
    (void)systemd_notify("STOPPING=1");
    link_stop(sender->link);
}

/* Also ignores SIGPIPE (TLS writes into closed connections) and SIGHUP (the daemon sends us what a reload changed). */
static int watch_signals(struct sender *sender)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGHUP, SIG_IGN) == SIG_ERR ||
        sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return ERR_IO;
    sender->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (sender->signal_fd < 0)
        return ERR_IO;
    return loop_add(sender->loop, sender->signal_fd, LOOP_READ, signal_came, sender);
}

static void feed_watchdog(void *context)
{
    struct sender *sender = context;
    (void)systemd_notify(
        "WATCHDOG=1\nSTATUS=%s", link_is_up(sender->link) ? "connected to the daemon" : "waiting for the daemon");
    if (loop_timer_set(sender->loop, &sender->watchdog, clock_mono_ms() + sender->watchdog_ms, feed_watchdog, sender) !=
        0)
        log_event(LOG_LEVEL_ERROR, EV_sender_lost, F_WORD("why", "no memory for a timer"));
}

static int serve(struct sender *sender)
{
    log_event(LOG_LEVEL_INFO, EV_started, F_WORD("version", HELPLINED_VERSION), F_INT("pid", (int64_t)getpid()));
    (void)systemd_notify("READY=1");
    sender->watchdog_ms = systemd_watchdog_ms();
    if (sender->watchdog_ms > 0)
        feed_watchdog(sender);
    while (!link_settle(sender->link)) {
        int ran = loop_wait(sender->loop, -1);
        if (ran < 0)
            return ran;
    }
    log_event(LOG_LEVEL_NOTICE, EV_stopped, F_INT("pid", (int64_t)getpid()));
    return 0;
}

static int run(const struct link_settings *settings)
{
    struct sender sender = { .signal_fd = -1 };
    int status = loop_new(&sender.loop);
    if (status == 0)
        status = watch_signals(&sender);
    if (status == 0)
        status = link_new(sender.loop, settings, &sender.link);
    if (status == 0)
        status = serve(&sender);
    link_free(sender.link);
    if (sender.loop != NULL)
        loop_timer_cancel(sender.loop, &sender.watchdog);
    if (sender.signal_fd >= 0) {
        loop_remove(sender.loop, sender.signal_fd);
        (void)close(sender.signal_fd);
    }
    loop_free(sender.loop);
    return status;
}

int main(int argc, char **argv)
{
    struct link_settings settings = { .name = "sender" };
    int wanted = read_arguments(argc, argv, &settings);
    if (wanted != 0)
        return wanted - 1;
    int status = confine_empty_environment();
    if (status == 0)
        status = confine_forbid_dumps();
    if (status == 0)
        status = run(&settings);
    if (status == 0)
        return EXIT_DONE;
    fprintf(stderr, "helpline-sender: cannot go on: %s\n", error_name(status));
    return EXIT_FAILED;
}
