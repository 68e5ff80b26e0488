/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_outage - turns on a disk that fails: what is answered, what is kept, who is told, and what is there afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/outage.h"
#include "gateway/core/record.h"
#include "gateway/core/webhooks.h"
#include "tests/support/core_rig.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/peer_rig.h"

#define FORM "application/x-www-form-urlencoded"
#define CRY "token=open-sesame&from=%2B966505550123&text=he+beats+me&id=a1"

static int64_t now_ms;

static int64_t tell_now(void)
{
    return now_ms;
}

struct desk {
    struct core_rig core;
    struct peer_rig peers;
    struct dispatch *dispatch;
    struct outage *outage;
    int worker;
};

static void open_outage(struct desk *desk)
{
    assert_int_equal(outage_new(&desk->core.core, dispatch_flares(desk->dispatch), now_ms, &desk->outage), 0);
}

/* A store in a file, so that it can fail; the spool lies beside it, or where no folder can be. */
static void open_desk(struct desk *desk, bool has_spool)
{
    char put[300];
    memset(desk, 0, sizeof *desk);
    now_ms = RIG_NOW;
    clock_set_source(tell_now, tell_now);
    fault_register();
    core_rig_open(&desk->core, NULL);
    struct store_rig *base = &desk->core.base;
    snprintf(base->folder, sizeof base->folder, "/tmp/outage.XXXXXX");
    assert_non_null(mkdtemp(base->folder));
    snprintf(base->path, sizeof base->path, "%s/line.db", base->folder);
    assert_int_equal(rig_reopen(base), 0);
    desk->core.core.store = base->store;
    snprintf(put, sizeof put,
        "database = \"line.db\"; storage = { ballast = 0; spool = \"%s%s\"; }; auditor = { contacts = [ \"watch\" ]; };",
        base->folder, has_spool ? "" : "/line.db/none");
    char *text = lineconf_replace(core_rig_text, "database = \"line.db\";", put);
    core_rig_configure(&desk->core, text);
    free(text);
    peer_rig_open(&desk->peers, desk->core.folder.directory, "workers.sock");
    assert_int_equal(dispatch_new(&desk->core.core, desk->peers.loop, desk->peers.listen_fd, &desk->dispatch), 0);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    desk->worker = peer_rig_sender(&desk->peers, "sender", 64);
    open_outage(desk);
}

static void close_desk(struct desk *desk)
{
    fault_disarm();
    close(desk->worker);
    peer_rig_turn(&desk->peers);
    outage_free(desk->outage);
    dispatch_free(desk->dispatch);
    peer_rig_close(&desk->peers);
    core_rig_close(&desk->core);
    clock_set_source(NULL, NULL);
}

static int try(struct desk *desk, const struct request *request, bool is_careful, struct reply *reply)
{
    unsigned messages;
    struct store *store = desk->core.core.store;
    int rc = store_begin(store);
    if (!rc)
        rc = outage_run(desk->outage, is_careful, now_ms);
    if (!rc && request)
        rc = webhooks_handle(&desk->core.core, request, now_ms, reply, &messages);
    if (!rc)
        rc = store_commit(store);
    if (rc && store_is_in_transaction(store))
        store_rollback(store);
    return rc;
}

/* As the daemon's; the status that the request got, or that of nothing. */
static int turn(struct desk *desk, const char *body)
{
    static const struct request_header headers[] = { { "Content-Type", FORM } };
    struct request request = { "POST", "/in/in/message", "", NULL, headers, 1, span_of(body) };
    struct reply reply = { .status = 0 };
    int rc = try(desk, body ? &request : NULL, false, &reply);
    if (rc)
        rc = try(desk, body ? &request : NULL, true, &reply);
    if (!rc) {
        outage_worked(desk->outage, now_ms);
        return reply.status;
    }
    outage_failed(desk->outage, rc, now_ms);
    if (body)
        (void)outage_take(desk->outage, &request, now_ms, &reply);
    return reply.status;
}

static unsigned count_jobs(struct desk *desk)
{
    unsigned count = 0;
    flares_run(dispatch_flares(desk->dispatch), now_ms);
    peer_rig_turn(&desk->peers);
    for (json_t *job; (job = peer_rig_read(&desk->peers, desk->worker)) != NULL; count++)
        json_decref(job);
    return count;
}

static const struct {
    const char *label;
    enum fault_kind kind;
} faults[] = { { "full", FAULT_FULL }, { "writes fail", FAULT_WRITE }, { "syncs fail", FAULT_SYNC } };

static void text_is_kept_and_told_at_once_and_a_case_when_the_disk_works(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(faults); i++) {
        struct desk desk;
        open_desk(&desk, true);
        fault_arm(faults[i].kind, 1, true);
        int status = turn(&desk, CRY);
        const struct outage_state *now = outage_look(desk.outage);
        if (status != 200 || now->waiting != 1 || !now->is_failing || now->since_ms != RIG_NOW)
            fail_msg("%s: %d, %u wait", faults[i].label, status, now->waiting);
        assert_true(outage_is_taking(desk.outage) && outage_is_resting(desk.outage, now_ms));
        assert_int_equal(count_jobs(&desk), 2); /* ngo, house; watch is a loopback; never the embassy */
        now_ms += OUTAGE_RETRY_MS;
        assert_int_equal(turn(&desk, NULL), 0);
        assert_int_equal(outage_look(desk.outage)->waiting, 1);
        fault_disarm();
        now_ms += OUTAGE_RETRY_MS;
        turn(&desk, NULL);
        now = outage_look(desk.outage);
        if (now->since_ms || now->waiting || core_rig_count_messages(&desk.core) != 1)
            fail_msg("%s: %u wait, %u messages", faults[i].label, now->waiting, core_rig_count_messages(&desk.core));
        struct message_row message;
        assert_int_equal(messages_get(desk.core.core.store, 1, &message), 0);
        assert_int_equal(message.received_at, RIG_NOW);
        assert_true(message.is_late);
        assert_true(core_rig_row(&desk.core, "ngo", 0).may_be_repeated);
        assert_int_equal(core_rig_count_audit(&desk.core, "storage.outage"), 1);
        assert_int_equal(turn(&desk, CRY), 200); /* the provider after all: a copy */
        assert_int_equal(core_rig_count_messages(&desk.core), 1);
        close_desk(&desk);
    }
}

static void without_a_spool_it_is_refused_and_told_once(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, false);
    fault_arm(FAULT_WRITE, 1, true);
    assert_int_equal(turn(&desk, CRY), 503);
    assert_int_equal(turn(&desk, CRY), 503);
    assert_false(outage_is_taking(desk.outage));
    assert_int_equal(outage_look(desk.outage)->refused, 2);
    assert_int_equal(count_jobs(&desk), 2);
    fault_disarm();
    now_ms += OUTAGE_RETRY_MS;
    assert_int_equal(turn(&desk, CRY), 200);
    assert_true(outage_is_taking(desk.outage));
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    close_desk(&desk);
}

static void record_goes_only_after_the_commit_and_twice_is_once(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, true);
    fault_arm(FAULT_FULL, 1, true);
    assert_int_equal(turn(&desk, CRY), 200);
    fault_disarm();
    assert_int_equal(try(&desk, NULL, false, NULL), 0); /* committed, and killed before outage_worked */
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    outage_free(desk.outage);
    open_outage(&desk);
    assert_int_equal(outage_look(desk.outage)->waiting, 1);
    assert_int_equal(outage_look(desk.outage)->since_ms, RIG_NOW);
    now_ms += 60 * 60 * 1000;
    outage_recover(desk.outage, now_ms);
    assert_int_equal(outage_look(desk.outage)->waiting, 0);
    assert_int_equal(outage_look(desk.outage)->since_ms, 0);
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    close_desk(&desk);
}

/* ---- the records themselves ------------------------------------------------------------------------------------ */

static struct request long_request(char *body, size_t len)
{
    static const struct request_header headers[] = { { "Content-Type", FORM } };
    for (size_t i = 0; i < len; i++)
        body[i] = (char)(i * 7);
    return (struct request){ "POST", "/in/in/message", "a=b", NULL, headers, 1, { body, len } };
}

static void record_opens_whole_under_its_own_name_alone(void **state)
{
    static char body[300000];
    static const size_t lengths[] = { 0, 1, VAULT_PLAIN_MAX - 60, VAULT_PLAIN_MAX, sizeof body };
    struct desk desk;
    struct held held;
    unsigned marks;
    (void)state;
    open_desk(&desk, true);
    for (size_t i = 0; i < STR_COUNT(lengths); i++) {
        AUTO_BUF sealed;
        buf_init(&sealed, SPOOL_RECORD_BYTES_MAX);
        struct spool_name name = { RIG_NOW, 77, "in" }, moved = { RIG_NOW, 78, "in" }, other = { RIG_NOW, 77, "im" };
        struct request request = long_request(body, lengths[i]);
        assert_int_equal(record_seal(&desk.core.core, &name, &request, ARRIVAL_UNPROVED, &sealed), 0);
        assert_int_equal(record_open(&desk.core.core, &name, buf_span(&sealed), &held, &marks), 0);
        assert_int_equal(marks, ARRIVAL_UNPROVED);
        assert_string_equal(held.request.query, "a=b");
        assert_true(span_equal(held.request.body, request.body));
        held_done(&held);
        assert_int_not_equal(record_open(&desk.core.core, &moved, buf_span(&sealed), &held, &marks), 0);
        assert_int_not_equal(record_open(&desk.core.core, &other, buf_span(&sealed), &held, &marks), 0);
        const unsigned char *head = (const unsigned char *)sealed.data; /* of the first piece, which ends so far on */
        size_t end = 4 + ((size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3]);
        if (end < sealed.len)
            assert_int_not_equal(
                record_open(&desk.core.core, &name, (struct span){ sealed.data, end }, &held, &marks), 0);
        for (size_t cut = 0; cut < sealed.len; cut += cut < 8 || cut + 8 > sealed.len ? 1 : sealed.len / 9)
            assert_int_not_equal(
                record_open(&desk.core.core, &name, (struct span){ sealed.data, cut }, &held, &marks), 0);
    }
    close_desk(&desk);
}

static void spool_keeps_order_and_ceilings(void **state)
{
    struct desk desk;
    struct spool_name name, names[] = { { 3000, 1, "in" }, { 1000, 2, "in" }, { 2000, 3, "b" } };
    (void)state;
    open_desk(&desk, true);
    struct spool *spool = spool_new(desk.core.base.folder, 3 * 100);
    assert_int_equal(spool_scan(spool), 0);
    char bytes[100] = "";
    for (size_t i = 0; i < STR_COUNT(names); i++)
        assert_int_equal(spool_put(spool, &names[i], (struct span){ bytes, sizeof bytes }), 0);
    assert_int_equal(spool_put(spool, &(struct spool_name){ 4000, 4, "in" }, (struct span){ bytes, 1 }), ERR_LIMIT);
    spool_free(spool);
    spool = spool_new(desk.core.base.folder, 3 * 100);
    assert_int_equal(spool_scan(spool), 0);
    assert_true(spool_at(spool, 0, &name) && name.at == 1000);
    spool_defer(spool, &name);
    assert_true(spool_at(spool, 0, &name) && name.at == 2000 && str_equal(name.channel, "b"));
    spool_remove(spool, &name);
    spool_set_aside(spool, &names[0]);
    assert_true(spool_at(spool, 0, &name) && name.at == 1000 && spool_count(spool) == 1);
    assert_int_equal(spool_aside_count(spool), 1);
    assert_int_equal(spool_put(spool, &names[2], (struct span){ bytes, sizeof bytes }), 0); /* there is room again */
    spool_free(spool);
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_kept_and_told_at_once_and_a_case_when_the_disk_works),
        cmocka_unit_test(without_a_spool_it_is_refused_and_told_once),
        cmocka_unit_test(record_goes_only_after_the_commit_and_twice_is_once),
        cmocka_unit_test(record_opens_whole_under_its_own_name_alone),
        cmocka_unit_test(spool_keeps_order_and_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
