/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * helplined - the daemon: receives texts, stores them, works out who must know, and keeps at it.
 * What:  reads the arguments, builds the object graph (config, lexicon, vault, store, sockets, daemon), runs the turns,
 * and ends in order. Everything it does is written down in gateway/core. Keeps: opens no outbound connection; holds the
 * only connection to the database; never dumps core.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/coverage.h"
#include "config/print.h"
#include "config/texts_print.h"
#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/systemd.h"
#include "gateway/console/console.h"
#include "gateway/core/daemon.h"
#include "gateway/core/forms.h"
#include "gateway/core/hasher.h"
#include "gateway/core/kinds.h"
#include "gateway/core/triage/stamp.h"
#include "gateway/core/words.h"
#include "gateway/http/listen.h"

#define EXIT_CONFIG 2
#define SOCKET_MODE 0660
#define SOCKET_PATH_MAX 108 /* of sockaddr_un */
#define PRINT_MAX (1u << 20)

struct program {
    const char *config_path;
    struct core core;
    struct config *config; /* the snapshots that core points to */
    struct lexicon *lexicon;
    struct stamp files; /* of what lexicon was read from */
    struct words words; /* those of staff in it */
    struct loop *loop;
    struct console *console;
    struct daemon *daemon;
    struct daemon_sockets sockets;
    char own_control[SOCKET_PATH_MAX],
        own_workers[SOCKET_PATH_MAX]; /* files that we made; "" = the service manager's */
    int signal_fd;
    int stop_signal;
    bool must_reload;
};

/* ---- configuration --------------------------------------------------------------------------------------------- */

static void print_report(const struct config_report *report, FILE *out)
{
    for (unsigned i = 0; i < report->line_count; i++)
        fprintf(out, "%s\n", report->lines[i].text);
}

static void log_report(const struct config_report *report, bool is_refused)
{
    for (unsigned i = 0; i < report->line_count; i++)
        log_event(report->lines[i].is_warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
            report->lines[i].is_warning ? EV_config_warning : EV_config_refused, F_WHY(report->lines[i].text));
    if (is_refused && !report->line_count)
        log_event(LOG_LEVEL_ERROR, EV_config_refused, F_WHY("out of memory"));
}

/* False before the store is open, and when it does not answer: then those that are known stay. */
static bool read_words(struct program *p, struct words *ret_words)
{
    if (!p->core.store)
        return false;
    bool is_read = words_read(p->core.store, ret_words) == 0;
    if (!is_read)
        log_event(LOG_LEVEL_WARNING, EV_config_warning, F_WHY("the words that staff added could not be read anew"));
    return is_read;
}

/* The one in force, when no file of it has changed, and no word of staff. */
static int load_lexicon(struct program *p, const struct config *config, struct lexicon **ret_lexicon)
{
    struct stamp files, unknown = { 0 };
    struct words fresh = { 0 };
    bool is_read = read_words(p, &fresh);
    const struct words *words = is_read ? &fresh : &p->words;
    int rc = 0;
    stamp_take(config->lexicon_directory, &files);
    if (p->lexicon && stamp_equal(&files, &p->files) && words_equal(words, &p->words))
        *ret_lexicon = p->lexicon;
    else
        rc = words_load(config->lexicon_directory, words, ret_lexicon);
    p->files = rc ? unknown : files;
    if (is_read) {
        words_done(&p->words);
        p->words = fresh;
    }
    return rc;
}

static int check_config(const char *path)
{
    AUTO_REPORT *report = report_new();
    AUTO_BUF words;
    struct config *config = NULL;
    struct lexicon *lexicon = NULL;
    buf_init(&words, PRINT_MAX);
    if (!report)
        return EXIT_FAILURE;
    int rc = config_load(path, &kinds_registry, CONFIG_CHECK_ONLY, report, &config);
    if (!rc) {
        coverage_check(config, clock_now_ms(), report);
        forms_check(config, report);
    }
    print_report(report, stdout);
    if (!rc) {
        texts_print(config->texts, &words);
        fputs(words.data ? words.data : "", stdout);
        buf_clear(&words);
        rc = lexicon_load(config->lexicon_directory, &words, &lexicon);
        fputs(words.data ? words.data : "", stdout);
    }
    if (!rc)
        printf("%s: loads; %u channels, %u contacts, %u routes, %u policies; %u languages; %u warnings\n", path,
            config->channel_count, config->contact_count, config->route_count, config->policy_count,
            lexicon->language_count, report->warning_count);
    lexicon_free(lexicon);
    config_free(config);
    return rc ? EXIT_CONFIG : EXIT_SUCCESS;
}

static int load_config(struct program *p, struct config **ret_config, struct lexicon **ret_lexicon)
{
    AUTO_REPORT *report = report_new();
    if (!report)
        return ERR_NOMEM;
    int rc = config_load(p->config_path, &kinds_registry, 0, report, ret_config);
    if (!rc) {
        coverage_check(*ret_config, clock_now_ms(), report);
        forms_check(*ret_config, report);
    }
    log_report(report, rc != 0);
    if (rc)
        return rc;
    rc = load_lexicon(p, *ret_config, ret_lexicon);
    if (rc) {
        config_free(*ret_config);
        *ret_config = NULL;
    }
    return rc;
}

static void install_config(struct program *p, struct config *config, struct lexicon *lexicon)
{
    config_free(p->config);
    if (p->lexicon != lexicon)
        lexicon_free(p->lexicon);
    p->config = config;
    p->lexicon = lexicon;
    p->core.config = config;
    p->core.lexicon = lexicon;
    malloc_trim(0); /* reading the words takes several times what is kept of them */
    log_event(LOG_LEVEL_NOTICE, EV_config_loaded, F_INT("channels", config->channel_count),
        F_INT("contacts", config->contact_count), F_INT("routes", config->route_count));
}

/* What staff added or removed comes into force; the files of the configuration are not looked at. */
static void take_words(struct program *p)
{
    struct lexicon *lexicon = NULL;
    p->core.words_changed = false;
    if (load_lexicon(p, p->config, &lexicon) || lexicon == p->lexicon)
        return;
    lexicon_free(p->lexicon);
    p->lexicon = lexicon;
    p->core.lexicon = lexicon;
    malloc_trim(0);
    log_event(
        LOG_LEVEL_NOTICE, EV_words_loaded, F_INT("entries", lexicon->entry_count), F_INT("added", p->words.count));
}

/* Listening addresses, the database and the keys are fixed while the program runs. */
static const char *changed_for_good(const struct config *old, const struct config *new)
{
    if (!str_equal(old->listen_webhooks, new->listen_webhooks) ||
        !str_equal(old->listen_console, new->listen_console) || !str_equal(old->control_socket, new->control_socket) ||
        !str_equal(old->workers_socket, new->workers_socket))
        return "listening addresses";
    if (!str_equal(old->database, new->database))
        return "the database";
    if (!str_equal(old->storage.spool, new->storage.spool) || old->storage.spool_bytes != new->storage.spool_bytes)
        return "the spool";
    if (memcmp(old->hot_key, new->hot_key, CONFIG_KEY_LEN) || memcmp(old->index_key, new->index_key, CONFIG_KEY_LEN))
        return "the keys";
    return NULL;
}

static void reload(struct program *p)
{
    struct config *config = NULL;
    struct lexicon *lexicon = NULL;
    char why[128];
    p->must_reload = false;
    (void)!systemd_notify_reloading();
    if (!load_config(p, &config, &lexicon)) {
        const char *changed = changed_for_good(p->config, config);
        if (changed) {
            snprintf(why, sizeof why, "%s changed: that needs a restart, until then the old value is used", changed);
            log_event(LOG_LEVEL_WARNING, EV_config_warning, F_WHY(why));
        }
        install_config(p, config, lexicon);
        if (daemon_reconfigure(p->daemon))
            log_event(LOG_LEVEL_ERROR, EV_config_warning, F_WHY("the workers could not be told of the new hosts"));
    }
    (void)!systemd_notify("READY=1");
}

/* ---- sockets --------------------------------------------------------------------------------------------------- */

static int open_tcp(const char *name, const char *address, struct error *error, int *ret_fd)
{
    int rc = systemd_socket(name, ret_fd);
    return rc == ERR_NOT_FOUND ? http_listen(address, error, ret_fd) : rc;
}

static int open_unix(const char *name, const char *path, struct error *error, int *ret_fd, char *ret_own)
{
    int rc = systemd_socket(name, ret_fd);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = frame_listen(path, SOCKET_MODE, error, ret_fd);
    str_copy(ret_own, SOCKET_PATH_MAX, rc ? "" : path);
    return rc;
}

static int open_sockets(struct program *p, struct error *error)
{
    const struct config *config = p->config;
    p->sockets.console = -1;
    int rc = open_tcp("webhooks", config->listen_webhooks, error, &p->sockets.webhooks);
    if (!rc && config->listen_console[0])
        rc = open_tcp("console", config->listen_console, error, &p->sockets.console);
    if (!rc)
        rc = open_unix("control", config->control_socket, error, &p->sockets.control, p->own_control);
    if (!rc)
        rc = open_unix("workers", config->workers_socket, error, &p->sockets.workers, p->own_workers);
    return rc;
}

static void print_ready(const struct program *p)
{
    char webhooks[HTTP_LISTEN_NAME_MAX] = "-", console[HTTP_LISTEN_NAME_MAX] = "-";
    if (http_listen_name(p->sockets.webhooks, webhooks))
        str_copy(webhooks, sizeof webhooks, "-");
    if (p->sockets.console >= 0 && http_listen_name(p->sockets.console, console))
        str_copy(console, sizeof console, "-");
    printf("READY webhooks=%s console=%s control=%s\n", webhooks, console, p->config->control_socket);
    fflush(stdout);
    (void)!systemd_notify("READY=1\nSTATUS=serving");
    log_event(LOG_LEVEL_NOTICE, EV_started, F_WORD("version", HELPLINED_VERSION), F_INT("pid", getpid()));
}

/* ---- signals --------------------------------------------------------------------------------------------------- */

static void on_signal(void *context, int fd, unsigned events)
{
    struct program *p = context;
    struct signalfd_siginfo info;
    (void)events;
    while (read(fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            p->must_reload = true;
        else
            p->stop_signal = (int)info.ssi_signo;
    }
}

static int watch_signals(struct program *p, struct error *error)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is a full disk to us, not an end */
    sigprocmask(SIG_BLOCK, &set, NULL);
    p->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (p->signal_fd < 0)
        return error_set(error, ERR_IO, "signalfd: %s", strerror(errno));
    return loop_add(p->loop, p->signal_fd, LOOP_READ, on_signal, p);
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

static void chain(void *context, const unsigned char *previous, struct span row, unsigned char *ret_mac)
{
    vault_chain(context, previous, row, ret_mac);
}

static int open_hasher(struct program *p, struct error *error)
{
    static const struct passhash_cost cost = { PASSHASH_PASSES, PASSHASH_BYTES };
    int rc = hasher_new(&cost, &p->core.hasher);
    if (!rc)
        rc = hasher_watch(p->core.hasher, p->loop);
    return rc ? error_set(error, rc, "the thread for passwords does not start: %s", error_name(rc)) : 0;
}

static int open_services(struct program *p, struct error *error)
{
    int rc = vault_new(p->config->hot_key, p->config->index_key, &p->core.vault);
    if (rc)
        return error_set(error, rc, "the vault does not open: %s", error_name(rc));
    struct store_options options = { .path = p->config->database, .chain = chain, .chain_context = p->core.vault };
    rc = store_open(&options, error, &p->core.store);
    if (!rc)
        take_words(p);
    if (!rc)
        rc = loop_new(&p->loop);
    if (!rc)
        rc = watch_signals(p, error);
    if (!rc)
        rc = open_sockets(p, error);
    if (!rc)
        rc = open_hasher(p, error);
    if (!rc)
        rc = console_new(&p->core, &p->console);
    if (rc)
        return rc;
    struct visits_writer pages = console_writer(p->console);
    rc = daemon_new(&p->core, p->loop, &p->sockets, &pages, error, &p->daemon);
    if (!rc)
        console_serve_metrics(p->console, daemon_scrape(p->daemon));
    return rc;
}

static int serve(struct program *p)
{
    int rc = 0;
    while (!rc && !p->stop_signal) {
        rc = daemon_turn(p->daemon);
        if (p->must_reload)
            reload(p);
        if (p->core.words_changed)
            take_words(p);
    }
    return rc;
}

static int drain(struct program *p)
{
    int64_t deadline = clock_mono_ms() + p->config->limits.drain_deadline_ms;
    int rc = 0;
    log_event(LOG_LEVEL_NOTICE, EV_stopping, F_INT("signal", p->stop_signal));
    (void)!systemd_notify("STOPPING=1");
    daemon_stop(p->daemon);
    while (!rc && !daemon_is_settled(p->daemon) && clock_mono_ms() < deadline)
        rc = daemon_turn(p->daemon);
    return rc;
}

static void close_services(struct program *p)
{
    daemon_free(p->daemon);
    console_free(p->console);
    store_close(p->core.store);
    vault_free(p->core.vault);
    if (p->loop)
        loop_free(p->loop);
    hasher_free(p->core.hasher);
    if (p->own_control[0])
        unlink(p->own_control);
    if (p->own_workers[0])
        unlink(p->own_workers);
    lexicon_free(p->lexicon);
    words_done(&p->words);
    config_free(p->config);
}

static int run(const char *config_path)
{
    struct program p = { .config_path = config_path, .sockets = { -1, -1, -1, -1 }, .signal_fd = -1 };
    struct config *config = NULL;
    struct lexicon *lexicon = NULL;
    struct error error = { "" };
    umask(0077);
    prctl(PR_SET_DUMPABLE, 0);
    int rc = load_config(&p, &config, &lexicon);
    if (rc)
        return EXIT_CONFIG;
    install_config(&p, config, lexicon);
    rc = open_services(&p, &error);
    if (!rc) {
        print_ready(&p);
        rc = serve(&p);
        if (!rc)
            rc = drain(&p);
    }
    if (rc)
        fprintf(stderr, "helplined: %s\n", error.text[0] ? error.text : error_name(rc));
    close_services(&p);
    log_event(LOG_LEVEL_NOTICE, EV_stopped);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- other things the program can be asked --------------------------------------------------------------------- */

static int generate_key(const char *path)
{
    char text[2 * VAULT_KEY_LEN + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        fprintf(stderr, "helplined: %s: %s\n", path, strerror(errno));
        return EXIT_FAILURE;
    }
    vault_random_hex(text, sizeof text);
    int rc = dprintf(fd, "%s\n", text) == (int)sizeof text && fsync(fd) == 0 ? 0 : -1;
    rc |= close(fd);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int print_configuration(void)
{
    AUTO_BUF text;
    buf_init(&text, PRINT_BYTES_MAX);
    print_example(&kinds_registry, &text);
    if (buf_check(&text))
        return EXIT_FAILURE;
    return fwrite(text.data, 1, text.len, stdout) == text.len ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void usage(FILE *out)
{
    fputs("Usage: helplined --config FILE\n"
          "       helplined --check-config --config FILE\n"
          "       helplined --generate-key FILE | --print-example | --version | --help\n\n"
          "  --config FILE        serve with this configuration, in the foreground\n"
          "  --check-config       print every error and gap of the configuration (file:line); exit 0 or 2\n"
          "  --generate-key FILE  write a new random key to a new file of mode 0600\n"
          "  --print-example      the complete, commented example configuration\n\n"
          "See helplined(8) and helplined.conf(5).\n",
        out);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "check-config", no_argument, NULL, 'k' },
        { "generate-key", required_argument, NULL, 'g' },
        { "print-example", no_argument, NULL, 'e' },
        { "version", no_argument, NULL, 'v' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    const char *config_path = NULL;
    bool must_check = false;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            config_path = optarg;
            break;
        case 'k':
            must_check = true;
            break;
        case 'g':
            return generate_key(optarg);
        case 'e':
            return print_configuration();
        case 'v':
            puts("helplined " HELPLINED_VERSION);
            return EXIT_SUCCESS;
        case 'h':
            usage(stdout);
            return EXIT_SUCCESS;
        default:
            usage(stderr);
            return EXIT_CONFIG;
        }
    }
    if (!config_path && optind < argc)
        config_path = argv[optind++];
    if (!config_path || optind < argc) {
        usage(stderr);
        return EXIT_CONFIG;
    }
    return must_check ? check_config(config_path) : run(config_path);
}
