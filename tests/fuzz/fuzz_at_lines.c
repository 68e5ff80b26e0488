/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_at_lines - anything that a modem may write while a sweep is going on.
 * What:  a real sweep over a socket; the input is what the modem writes, cut into pieces at octet 0xFE. The first octet
 * says which messages the daemon stores and which it cannot. Keeps: a slot is deleted only when something was read from
 * it and all of it is stored, once a listing; what is told as whole fits the length beside it; only commands that a
 * sweep has are ever written.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/modem/sweep.h"

#define PIECES_MAX 64
#define TURNS_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig {
    struct loop *loop;
    struct talk *talk;
    struct ledger ledger;
    struct sweep sweep;
    int modem_fd;
    uint8_t storing;
    char ids[LEDGER_WINDOW][24]; /* to be answered */
    size_t id_count;
    bool is_over, is_deleted[SWEEP_SLOTS_MAX];
};

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static bool take_message(void *context, const struct ledger_entry *entry)
{
    struct rig *rig = context;
    if (rig->id_count == LEDGER_WINDOW)
        return false;
    if (entry->kind == LEDGER_PDU || entry->kind == LEDGER_REPORT)
        must_be(atline_tpdu_length(span_of(entry->pdu)) == entry->length);
    (void)str_copy(rig->ids[rig->id_count++], sizeof(rig->ids[0]), entry->id);
    return true;
}

static void take_arrived(void *context, const struct answer_found *message)
{
    (void)context;
    if (message->is_whole)
        must_be(atline_tpdu_length(message->pdu) == message->length);
}

static void take_unasked(void *context, struct span line)
{
    (void)context;
    must_be(line.len > 0);
}

static void take_gone(void *context, const char *why)
{
    (void)context;
    (void)why;
    abort();
}

static void sweep_over(void *context, enum sweep_end end)
{
    struct rig *rig = context;
    (void)end;
    rig->is_over = true;
}

/* What the sweep has written: the deletions in it must be allowed at this moment. */
static void check_written(struct rig *rig)
{
    char text[1024];
    ssize_t got = read(rig->modem_fd, text, sizeof(text) - 1);
    if (got <= 0)
        return;
    text[got] = '\0';
    for (char *line = text, *end; (end = strchr(line, '\r')) != NULL; line = end + 1) {
        int index = 0;
        *end = '\0';
        if (sscanf(line, "AT+CMGD=%d", &index) == 1) {
            must_be(ledger_is_stored(&rig->ledger, "SM", index));
            must_be(index >= SWEEP_SLOTS_MAX || !rig->is_deleted[index]);
            if (index < SWEEP_SLOTS_MAX)
                rig->is_deleted[index] = true;
        } else {
            must_be(str_equal(line, "AT+CMGL=4") || str_starts(line, "AT+CMGR="));
        }
    }
}

static void turn(struct rig *rig)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        int ran = loop_wait(rig->loop, 0);
        must_be(ran >= 0);
        check_written(rig);
        while (rig->id_count > 0) {
            const char *id = rig->ids[--rig->id_count];
            bool is_stored = (rig->storing >> (id[strlen(id) - 1] & 7) & 1) != 0;
            must_be(ledger_answer(&rig->ledger, id, is_stored));
            must_be(!ledger_answer(&rig->ledger, id, true));
            sweep_poke(&rig->sweep);
            check_written(rig);
        }
        if (ran == 0)
            return;
    }
}

static void begin(struct rig *rig)
{
    static const char receive[3][LEDGER_STORAGE_MAX] = { "SM", "SM", "SM" };
    const struct talk_events events = {
        .unasked = take_unasked, .arrived = take_arrived, .gone = take_gone, .context = rig
    };
    int fds[2];
    must_be(loop_new(&rig->loop) == 0);
    must_be(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    rig->modem_fd = fds[1];
    must_be(talk_new(rig->loop, fds[0], 100, &events, &rig->talk) == 0);
    ledger_init(&rig->ledger, take_message, rig);
    sweep_init(&rig->sweep, rig->loop, &rig->ledger, sweep_over, rig);
    sweep_set_receive(&rig->sweep, receive);
}

static void play(struct rig *rig, const uint8_t *data, size_t size)
{
    rig->is_over = true;
    for (unsigned piece = 0; piece < PIECES_MAX && size > 0; piece++) {
        const uint8_t *cut = memchr(data, 0xfe, size);
        size_t len = cut != NULL ? (size_t)(cut - data) : size;
        if (rig->is_over) {
            rig->is_over = false;
            memset(rig->is_deleted, 0, sizeof(rig->is_deleted));
            sweep_begin(&rig->sweep, rig->talk, NULL, 0);
        }
        must_be(len == 0 || write(rig->modem_fd, data, len) == (ssize_t)len);
        turn(rig);
        data += len + (cut != NULL);
        size -= len + (cut != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    must_be(rig != NULL);
    if (size > 1 && size < 32768) {
        begin(rig);
        rig->storing = data[0];
        play(rig, data + 1, size - 1);
        sweep_drop(&rig->sweep, true);
        ledger_done(&rig->ledger);
        talk_free(rig->talk);
        loop_free(rig->loop);
        (void)close(rig->modem_fd);
    }
    free(rig);
    return 0;
}
