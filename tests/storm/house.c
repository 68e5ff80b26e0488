/* SPDX-License-Identifier: GPL-3.0-or-later */
/* house - see house.h. */
#include "tests/storm/house.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/console/console.h"
#include "gateway/core/daemon.h"
#include "gateway/core/kinds.h"
#include "gateway/http/listen.h"
#include "tests/support/fault_vfs.h"

#define COMMAND_STOP 0
#define DRAIN_TURNS 2000
#define WORDS_REPORT_MAX (1u << 20)
#define WORKER_CAPACITY 200

struct house_shared {
    int64_t now_ms, mono_ms;
    int port;
    unsigned operations_left; /* 0 = nobody kills it */
    enum mistake mistake;
    uint64_t random;
};

static struct house_shared *here; /* mutable: the clock seam takes functions without a context */

static void must(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "storm: the house: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- inside ---------------------------------------------------------------------------------------------------- */

static int64_t tell_now(void)
{
    return here->now_ms;
}

static int64_t tell_mono(void)
{
    return here->mono_ms;
}

static void count_operation(void)
{
    if (here->operations_left && --here->operations_left == 0)
        raise(SIGKILL); /* the number says that it was meant */
}

static bool is_dying(void)
{
    return here->operations_left > 0;
}

static void die(void)
{
    here->operations_left = 0;
    raise(SIGKILL);
}

static void always(void *context, int fd, unsigned events)
{
    (void)context, (void)fd, (void)events; /* it is never read: so the loop never sleeps */
}

static void chain(void *context, const unsigned char *previous, struct span row, unsigned char *ret_mac)
{
    vault_chain(context, previous, row, ret_mac);
}

static void open_core(struct house *house, struct core *core)
{
    struct error error = { "" };
    *core = (struct core){ .config = house->config, .lexicon = house->lexicon };
    must(vault_new(house->config->hot_key, house->config->index_key, &core->vault) == 0, "no vault");
    struct store_options options = { .path = house->config->database, .chain = chain, .chain_context = core->vault };
    if (store_open(&options, &error, &core->store))
        must(false, error.text);
}

struct rooms { /* of the child */
    struct core core;
    struct loop *loop;
    struct console *console;
    struct daemon *daemon;
    struct daemon_sockets sockets;
};

static int read_port(int fd)
{
    char name[HTTP_LISTEN_NAME_MAX];
    int64_t port = 0;
    must(http_listen_name(fd, name) == 0, "no address");
    must(str_to_int64(strrchr(name, ':') + 1, 1, 65535, &port) == 0, "no port");
    return (int)port;
}

static void furnish(struct house *house, struct rooms *rooms)
{
    struct error error = { "" };
    open_core(house, &rooms->core);
    rooms->sockets.console = -1;
    int awake = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = awake >= 0 ? loop_new(&rooms->loop) : ERR_IO;
    if (!rc)
        rc = loop_add(rooms->loop, awake, LOOP_READ, always, NULL);
    if (!rc)
        rc = http_listen("127.0.0.1:0", &error, &rooms->sockets.webhooks);
    if (!rc)
        rc = frame_listen(house->config->control_socket, 0600, &error, &rooms->sockets.control);
    if (!rc)
        rc = frame_listen(house->config->workers_socket, 0600, &error, &rooms->sockets.workers);
    if (!rc)
        rc = console_new(&rooms->core, &rooms->console);
    if (!rc) {
        struct visits_writer pages = console_writer(rooms->console);
        rc = daemon_new(&rooms->core, rooms->loop, &rooms->sockets, &pages, &error, &rooms->daemon);
    }
    if (rc)
        must(false, error.text);
    house->shared->port = read_port(rooms->sockets.webhooks);
}

static void leave(struct house *house, struct rooms *rooms)
{
    daemon_stop(rooms->daemon);
    for (unsigned i = 0; i < DRAIN_TURNS && !daemon_is_settled(rooms->daemon); i++) {
        house->shared->mono_ms += 10;
        must(daemon_turn(rooms->daemon) == 0, "the loop is broken");
    }
    daemon_free(rooms->daemon);
    console_free(rooms->console);
    store_close(rooms->core.store);
    vault_free(rooms->core.vault);
    loop_free(rooms->loop);
    unlink(house->config->control_socket);
    unlink(house->config->workers_socket);
}

static void live(struct house *house, int from_parent, int to_parent)
{
    struct rooms rooms = { 0 };
    unsigned char turns, done = 1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!getenv("STORM_LOG")) /* it would tell of every channel that rests */
        log_set_level((enum log_level)(LOG_LEVEL_ERROR - 1));
    mistakes_make(house->shared->mistake, is_dying, die);
    fault_watch(count_operation, true);
    fault_register();
    clock_set_source(tell_now, tell_mono);
    furnish(house, &rooms);
    must(write(to_parent, &done, 1) == 1, "nobody listens");
    while (read(from_parent, &turns, 1) == 1 && turns != COMMAND_STOP) {
        for (unsigned i = 0; i < turns; i++)
            must(daemon_turn(rooms.daemon) == 0, "the loop is broken");
        must(write(to_parent, &done, 1) == 1, "nobody listens");
    }
    leave(house, &rooms);
    exit(0);
}

/* ---- outside --------------------------------------------------------------------------------------------------- */

static void load_config(struct house *house, const char *text)
{
    AUTO_REPORT *report = report_new();
    AUTO_BUF whole;
    char *root = getcwd(NULL, 0);
    buf_init(&whole, WORDS_REPORT_MAX);
    for (const char *at; root && (at = strstr(text, "@ROOT@")) != NULL; text = at + strlen("@ROOT@")) {
        buf_add(&whole, text, (size_t)(at - text));
        buf_add_text(&whole, root);
    }
    buf_add_text(&whole, text);
    free(root);
    must(report != NULL && !buf_check(&whole), "no memory");
    if (config_load_text(house->folder.path, buf_span(&whole), &kinds_registry, 0, report, &house->config)) {
        lineconf_print(report, "storm");
        exit(1);
    }
}

static void load_words(struct house *house)
{
    AUTO_BUF report;
    buf_init(&report, WORDS_REPORT_MAX);
    int rc = lexicon_load(house->config->lexicon_directory, &report, &house->lexicon);
    must(rc == 0, report.data ? report.data : "the words do not load");
}

/* What the daemon takes for random comes from the seed too: codes, jitter, keys. */
static uint32_t next_random(void)
{
    uint64_t x = here->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    here->random = x;
    return (uint32_t)(x * 0x2545F4914F6CDD1DULL >> 32);
}

static void fill_random(void *buf, size_t size)
{
    unsigned char *bytes = buf;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(next_random() >> 8);
}

static const char *name_random(void)
{
    return "storm";
}

static void take_random_from_seed(void)
{
    static struct randombytes_implementation made; /* mutable: libsodium keeps the pointer */
    made = (struct randombytes_implementation){
        .implementation_name = name_random, .random = next_random, .buf = fill_random
    };
    must(randombytes_set_implementation(&made) == 0, "no random numbers");
}

void house_open(struct house *house, const char *config_text, int64_t now_ms, uint64_t seed, enum mistake mistake)
{
    *house = (struct house){ .worker = -1 };
    lineconf_open(&house->folder);
    load_config(house, config_text);
    load_words(house);
    house->shared = mmap(NULL, sizeof *house->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(house->shared != MAP_FAILED, "no memory");
    *house->shared =
        (struct house_shared){ .now_ms = now_ms, .mono_ms = 1000000, .mistake = mistake, .random = seed | 1 };
    here = house->shared;
    take_random_from_seed();
    signal(SIGPIPE, SIG_IGN);
}

void house_set_time(struct house *house, int64_t now_ms)
{
    house->shared->mono_ms += now_ms - house->shared->now_ms;
    house->shared->now_ms = now_ms;
}

static void forget_child(struct house *house)
{
    if (house->worker >= 0)
        close(house->worker);
    close(house->to_child);
    close(house->from_child);
    waitpid(house->pid, NULL, 0);
    house->worker = -1;
    house->pid = 0;
}

static void greet(struct house *house)
{
    struct error error = { "" };
    char hello[128];
    snprintf(
        hello, sizeof hello, "{\"hello\":1,\"role\":\"sender\",\"name\":\"storm\",\"capacity\":%d}", WORKER_CAPACITY);
    if (frame_connect(house->config->workers_socket, &error, &house->worker))
        must(false, error.text);
    must(frame_write(house->worker, span_of(hello)) == 0, "no hello");
    must(fcntl(house->worker, F_SETFL, O_NONBLOCK) == 0, "no flags");
}

void house_start(struct house *house)
{
    int down[2], up[2];
    unsigned char ready;
    must(pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0, "no pipes");
    house->shared->operations_left = 0;
    fflush(NULL);
    house->pid = fork();
    must(house->pid >= 0, "no process");
    if (house->pid == 0) {
        close(down[1]);
        close(up[0]);
        live(house, down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    house->to_child = down[1];
    house->from_child = up[0];
    must(read(house->from_child, &ready, 1) == 1, "the daemon does not start");
    house->port = house->shared->port;
    house->starts++;
    greet(house);
}

bool house_turn(struct house *house, unsigned turns)
{
    unsigned char command = (unsigned char)turns, done;
    if (!house->pid)
        return false;
    if (write(house->to_child, &command, 1) == 1 && read(house->from_child, &done, 1) == 1)
        return true;
    int is_expected = house->shared->operations_left == 0;
    must(is_expected, "the daemon died by itself");
    house->kills++;
    forget_child(house);
    return false;
}

void house_stop(struct house *house)
{
    unsigned char command = COMMAND_STOP;
    int status = 0;
    house->shared->operations_left = 0;
    if (!house->pid)
        return;
    must(write(house->to_child, &command, 1) == 1, "nobody listens");
    close(house->worker); /* the sender ends with it: what it had in hand comes back at once */
    house->worker = -1;
    must(waitpid(house->pid, &status, 0) == house->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "the daemon did not end in order");
    close(house->to_child);
    close(house->from_child);
    house->pid = 0;
}

void house_kill_after(struct house *house, unsigned file_operations)
{
    house->shared->operations_left = file_operations;
}

bool house_is_up(const struct house *house)
{
    return house->pid != 0;
}

void house_look_in(struct house *house, struct core *ret_core)
{
    must(!house->pid, "one connection at a time");
    open_core(house, ret_core);
}

void house_look_out(struct core *core)
{
    store_close(core->store);
    vault_free(core->vault);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void house_close(struct house *house)
{
    house_stop(house);
    lexicon_free(house->lexicon);
    config_free(house->config);
    munmap(house->shared, sizeof *house->shared);
    nftw(house->folder.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
