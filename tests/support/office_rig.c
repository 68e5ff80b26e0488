/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office_rig - see office_rig.h. */
#include "tests/support/office_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/str.h"

static const struct outage_state well = { .is_spool_well = true };

int office_open(void **state)
{
    struct office *office = calloc(1, sizeof *office);
    core_rig_open(&office->core, NULL);
    peer_rig_open(&office->peers, office->core.folder.directory, "workers.sock");
    assert_int_equal(
        dispatch_new(&office->core.core, office->peers.loop, office->peers.listen_fd, &office->dispatch), 0);
    office->rows = json_array();
    *state = office;
    return 0;
}

int office_close(void **state)
{
    struct office *office = *state;
    json_decref(office->rows);
    dispatch_free(office->dispatch);
    peer_rig_close(&office->peers);
    core_rig_close(&office->core);
    free(office);
    return 0;
}

static void on_row(void *context, json_t *row)
{
    struct office *office = context;
    assert_true(json_is_object(row));
    assert_int_equal(json_array_append_new(office->rows, row), 0);
}

int office_run(struct office *office, const char *words, const char *args)
{
    struct error error = { "" };
    AUTO_JSON *json = json_read(span_of(args), &error);
    const struct verb *verb = verbs_find(words);
    struct verb_call call = { .core = &office->core.core,
        .dispatch = office->dispatch,
        .actor = "uid:7",
        .args = json,
        .now_ms = RIG_NOW + 5000,
        .storage = &well,
        .on_row = on_row,
        .context = office };
    if (!json || !verb)
        fail_msg("%s %s: %s", words, args, error.text);
    json_array_clear(office->rows);
    core_rig_begin(&office->core);
    assert_int_equal(store_savepoint(office->core.core.store), 0);
    int end = verb->run(&call);
    if (end == VERB_DONE || end == VERB_REFUSED)
        assert_int_equal(store_release(office->core.core.store), 0);
    else
        store_undo(office->core.core.store);
    core_rig_commit(&office->core);
    str_copy(office->why, sizeof office->why, call.why);
    return end;
}

const json_t *office_row(const struct office *office, size_t index)
{
    return json_array_get(office->rows, index);
}
