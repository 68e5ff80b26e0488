/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe - the dialogue of bringup, one question after the other, with a person as its reader.
 */
#include "gateway/modem/probe.h"

#include <dirent.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/modem/bringup.h"
#include "gateway/modem/serial.h"
#include "gateway/modem/vitals.h"

#define DRAIN_MS 300
#define SYNC_MS 800
#define SYNC_TRIES 4
#define ASK_MS 5000
#define SLOW_MS 15000
#define REGISTER_MS 20000 /* a SIM that has just been put in */
#define SIGNAL_WEAK 7     /* of +CSQ: below, messages get lost on the way */

struct probe {
    FILE *out;
    const char *path;
    struct loop *loop;
    struct talk *talk;
    bool is_answered, is_gone, is_good;
    enum talk_end end;
    struct atline_final final;
    char line[TALK_LINES_MAX]; /* the first of the answer */
};

static void say(struct probe *probe, const char *what, const char *found)
{
    AUTO_BUF visible;
    buf_init(&visible, TALK_LINES_MAX * 6);
    str_add_visible(&visible, span_of(found));
    fprintf(probe->out, "%-13s %s\n", what, visible.data != NULL ? visible.data : "");
}

/* A finding that keeps the line from working, and what to do about it. */
static void fail(struct probe *probe, const char *what, const char *found, const char *advice)
{
    probe->is_good = false;
    say(probe, what, found);
    fprintf(probe->out, "              -> %s\n", advice);
}

static void warn(struct probe *probe, const char *what, const char *found, const char *advice)
{
    say(probe, what, found);
    fprintf(probe->out, "              -> %s\n", advice);
}

/* ---- asking
 * ---------------------------------------------------------------------------------------------------------- */

static void ignore_line(void *context, struct span line)
{
    (void)context;
    (void)line;
}

static void ignore_message(void *context, const struct answer_found *message)
{
    (void)context;
    (void)message;
}

static void gone(void *context, const char *why)
{
    struct probe *probe = context;
    (void)why;
    probe->is_gone = probe->is_answered = true;
}

static void answered(void *context, const struct talk_result *result)
{
    struct probe *probe = context;
    probe->is_answered = true;
    probe->end = result->end;
    probe->final = result->final;
    (void)str_copy_span(probe->line, sizeof(probe->line), (struct span){ result->lines, strcspn(result->lines, "\n") });
}

static bool run(struct probe *probe, const char *text, const char *prefix, enum answer_shape shape, int deadline_ms)
{
    const struct talk_command command = { .text = text, .prefix = prefix, .shape = shape, .deadline_ms = deadline_ms };
    probe->line[0] = '\0';
    probe->is_answered = probe->is_gone;
    if (probe->is_gone)
        return false;
    talk_run(probe->talk, &command, NULL, answered, probe);
    while (!probe->is_answered)
        if (loop_wait(probe->loop, -1) < 0)
            probe->is_gone = probe->is_answered = true;
    return !probe->is_gone && probe->end == TALK_OK;
}

/* True with what follows the prefix of the answer in *ret_rest. */
static bool ask(struct probe *probe, const char *text, const char *prefix, int deadline_ms, struct span *ret_rest)
{
    return run(probe, text, prefix, ANSWER_PLAIN, deadline_ms) &&
           atline_has_prefix(span_of(probe->line), prefix, ret_rest);
}

static void wait_ms(struct probe *probe, int ms)
{
    int64_t until = clock_mono_ms() + ms;
    for (int64_t left = ms; left > 0 && !probe->is_gone; left = until - clock_mono_ms())
        if (loop_wait(probe->loop, (int)left) < 0)
            return;
}

/* ---- around the device
 * ------------------------------------------------------------------------------------------------- */

static bool read_word(const char *folder, const char *entry, const char *file, char *ret, size_t ret_size)
{
    char path[512];
    int len = snprintf(path, sizeof(path), "%s/%s/%s", folder, entry, file);
    FILE *in = len > 0 && (size_t)len < sizeof(path) ? fopen(path, "re") : NULL;
    ret[0] = '\0';
    if (in == NULL)
        return false;
    bool is_read = fgets(ret, (int)ret_size, in) != NULL;
    ret[strcspn(ret, "\n")] = '\0';
    (void)fclose(in);
    return is_read;
}

static bool runs_modem_manager(void)
{
    DIR *folder = opendir("/proc");
    bool is_running = false;
    char name[32];
    for (struct dirent *entry; folder != NULL && !is_running && (entry = readdir(folder)) != NULL;)
        is_running = strspn(entry->d_name, "0123456789") == strlen(entry->d_name) &&
                     read_word("/proc", entry->d_name, "comm", name, sizeof(name)) && str_equal(name, "ModemManager");
    if (folder != NULL)
        (void)closedir(folder);
    return is_running;
}

#define USB "/sys/bus/usb/devices"

/* Sticks that show no serial device: as a network card (HiLink), or as a CD with drivers for another system. */
static void look_at_usb(struct probe *probe)
{
    static const struct {
        const char *product, *found, *advice;
    } sticks[] = { { "14db", "a Huawei stick with HiLink firmware: it is a network card and has no AT port",
                       "use another stick, or one with \"stick\" (non-HiLink) firmware" },
        { "14dc", "a Huawei stick with HiLink firmware: it is a network card and has no AT port",
            "use another stick, or one with \"stick\" (non-HiLink) firmware" },
        { "1f01", "a Huawei stick that still shows itself as a CD",
            "install the package usb-modeswitch and plug the stick in again" },
        { "1446", "a Huawei stick that still shows itself as a CD",
            "install the package usb-modeswitch and plug the stick in again" } };
    DIR *folder = opendir(USB);
    char vendor[16], product[16];
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (!read_word(USB, entry->d_name, "idVendor", vendor, sizeof(vendor)) || !str_equal(vendor, "12d1") ||
            !read_word(USB, entry->d_name, "idProduct", product, sizeof(product)))
            continue;
        for (size_t i = 0; i < STR_COUNT(sticks); i++)
            if (str_equal(product, sticks[i].product))
                fail(probe, "USB", sticks[i].found, sticks[i].advice);
    }
    if (folder != NULL)
        (void)closedir(folder);
}

#define BY_ID "/dev/serial/by-id"

static void list_devices(struct probe *probe)
{
    DIR *folder = opendir(BY_ID);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            fprintf(probe->out, "              there is: %s/%s\n", BY_ID, entry->d_name);
    if (folder != NULL)
        (void)closedir(folder);
}

#define KEEP_AWAY                                                                                                      \
    "ModemManager is running and probes serial devices: stop it, or install the udev rule of this package and plug "   \
    "the stick in again"

static bool open_device(struct probe *probe)
{
    const struct talk_events events = {
        .unasked = ignore_line, .arrived = ignore_message, .gone = gone, .context = probe
    };
    struct error error = { "" };
    int fd = -1;
    int code = serial_open(probe->path, 115200, &error, &fd);
    if (code == 0)
        code = talk_new(probe->loop, fd, 100, &events, &probe->talk);
    if (code == 0) {
        say(probe, "Device", probe->path);
        return true;
    }
    if (code == ERR_CONFLICT)
        fail(probe, "Device", error.text,
            runs_modem_manager() ? KEEP_AWAY
                                 : "stop helpline-modem for this device (or whoever else has it) and try again");
    else if (code == ERR_REFUSED)
        fail(probe, "Device", error.text, "run this as a member of the group dialout, or as root");
    else if (code == ERR_NOT_FOUND)
        fail(probe, "Device", error.text, "plug the modem in, and name it by its path in " BY_ID);
    else
        fail(probe, "Device", error.text, "name a serial device, such as a path in " BY_ID);
    look_at_usb(probe);
    list_devices(probe);
    return false;
}

/* ---- what is found
 * ---------------------------------------------------------------------------------------------------- */

static bool look_at_port(struct probe *probe)
{
    talk_escape(probe->talk);
    wait_ms(probe, DRAIN_MS);
    for (int i = 0; i < SYNC_TRIES; i++)
        if (run(probe, "AT", NULL, ANSWER_PLAIN, SYNC_MS))
            return true;
    fail(probe, "AT port", "no answer to AT",
        runs_modem_manager()
            ? KEEP_AWAY
            : "a modem has several ports and only one or two speak AT: try the other paths of the same "
              "stick (-if00, -if01, -if02 ...)");
    list_devices(probe);
    return false;
}

static void look_at_model(struct probe *probe)
{
    (void)run(probe, "ATE0", NULL, ANSWER_PLAIN, ASK_MS);
    (void)run(probe, "AT+CMEE=1", NULL, ANSWER_PLAIN, ASK_MS);
    if (run(probe, "AT+CGMI", "+CGMI", ANSWER_BARE, ASK_MS))
        say(probe, "Made by", probe->line);
    if (run(probe, "AT+CGMM", "+CGMM", ANSWER_BARE, ASK_MS))
        say(probe, "Model", probe->line);
}

static bool look_at_sim(struct probe *probe)
{
    struct span rest = { "", 0 };
    bool is_read = ask(probe, "AT+CPIN?", "+CPIN", SLOW_MS, &rest);
    int error = probe->final.code == ATLINE_CME ? probe->final.number : -1;
    if (is_read && atline_is_word(rest, "READY")) {
        say(probe, "SIM", "is there and unlocked");
        return true;
    }
    if ((is_read && memmem(rest.data, rest.len, "PUK", 3) != NULL) || error == 12)
        fail(probe, "SIM", "is locked and asks for its PUK",
            "put the SIM into a telephone, give the PUK that came with it, and switch its PIN off");
    else if ((is_read && atline_is_word(rest, "SIM PIN")) || error == 11)
        fail(probe, "SIM", "asks for its PIN",
            "write `pin` into the modem's channel in helplined.conf, or switch the PIN off in a telephone");
    else if (is_read)
        fail(probe, "SIM", "the modem is locked to another network or asks for another code",
            "use an unlocked modem, or a SIM of its network");
    else
        fail(probe, "SIM", "the modem sees no SIM", "put a SIM in, the right way round, and plug the modem in again");
    return false;
}

static void look_at_network(struct probe *probe)
{
    static const struct {
        const char *text, *prefix;
    } nets[] = { { "AT+CREG?", "+CREG" }, { "AT+CEREG?", "+CEREG" }, { "AT+CGREG?", "+CGREG" } };
    int state = -1;
    struct vitals vitals;
    int64_t until = clock_mono_ms() + REGISTER_MS;
    vitals_init(&vitals, NULL, NULL);
    do {
        for (size_t i = 0; i < STR_COUNT(nets); i++) {
            struct span rest;
            bool is_answer = false;
            if (ask(probe, nets[i].text, nets[i].prefix, ASK_MS, &rest) &&
                (state = vitals_read_state(rest, &is_answer)) >= 0)
                vitals.nets[i] = state;
        }
        if (vitals_is_registered(&vitals) || vitals.nets[VITALS_CREG] != 2)
            break;
        wait_ms(probe, 1000);
    } while (!probe->is_gone && clock_mono_ms() < until);
    if (vitals_is_registered(&vitals))
        say(probe, "Network", "registered");
    else if (vitals.nets[VITALS_CREG] == 3)
        fail(probe, "Network", "the network refuses this SIM", "ask its operator whether it is active and paid for");
    else
        fail(probe, "Network", "not registered",
            "look at the antenna, try another place, and try the SIM in a telephone; an old modem may know no network of "
            "this country");
}

static void look_at_signal(struct probe *probe)
{
    struct span rest;
    int signal = 99;
    char text[64];
    if (!ask(probe, "AT+CSQ", "+CSQ", ASK_MS, &rest) || !atline_number(rest, 0, &signal) || signal > 31) {
        warn(probe, "Signal", "unknown", "try again in a minute");
        return;
    }
    (void)snprintf(text, sizeof(text), "%d of 31 (%d dBm)", signal, 2 * signal - 113);
    if (signal < SIGNAL_WEAK)
        warn(probe, "Signal", text, "weak: move the modem to a window, or use a USB cable or an outside antenna");
    else
        say(probe, "Signal", text);
    char operator[MODEMWIRE_LABEL_MAX] = "";
    if (ask(probe, "AT+COPS?", "+COPS", SLOW_MS, &rest) && atline_field(rest, 2, operator, sizeof(operator)))
        say(probe, "Operator", operator);
}

static void look_at_storage(struct probe *probe)
{
    struct span rest;
    int used = 0, total = 0;
    char text[64], name[LEDGER_STORAGE_MAX];
    if (!ask(probe, "AT+CPMS?", "+CPMS", ASK_MS, &rest) || !atline_number(rest, 1, &used) ||
        !atline_number(rest, 2, &total))
        return;
    (void)atline_field(rest, 0, name, sizeof(name));
    (void)snprintf(text, sizeof(text), "%d of %d messages in %s", used, total, name);
    if (total > 0 && used >= total)
        warn(probe, "Storage", text,
            "full: nothing more comes in until helpline-modem has read and emptied it, which it does when it runs");
    else
        say(probe, "Storage", text);
}

static void look_at_sms(struct probe *probe)
{
    struct span rest;
    char number[48] = "";
    if (!run(probe, "AT+CMGF=0", NULL, ANSWER_PLAIN, ASK_MS)) {
        fail(probe, "SMS", "the modem has no SMS in PDU mode on this port",
            "try the other ports of the stick; if none works, use another modem");
        return;
    }
    say(probe, "SMS", "PDU mode works");
    if (ask(probe, "AT+CSCA?", "+CSCA", ASK_MS, &rest) &&
        (!atline_field(rest, 0, number, sizeof(number)) || number[0] == '\0'))
        fail(probe, "SMS centre", "the SIM has no number of an SMS centre: it can receive and not send",
            "ask the operator for the number and set it in a telephone");
    look_at_storage(probe);
}

static void look(struct probe *probe)
{
    if (!open_device(probe) || !look_at_port(probe))
        return;
    look_at_model(probe);
    if (!look_at_sim(probe))
        return;
    look_at_sms(probe);
    look_at_network(probe);
    look_at_signal(probe);
    if (probe->is_gone)
        fail(probe, "Device", "it went away while we spoke to it", "look at its cable and power, and try again");
}

bool probe_device(const char *path, FILE *out)
{
    struct probe probe = { .out = out, .path = path, .is_good = true };
    if (loop_new(&probe.loop) != 0)
        return false;
    look(&probe);
    fprintf(out, "%s\n",
        probe.is_good ? "This modem can serve the line."
                      : "This modem cannot serve the line as it is: see the arrows above.");
    talk_free(probe.talk);
    loop_free(probe.loop);
    return probe.is_good;
}
