/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_control_frame - any frame of a control client: a verb answers it, refuses it, or it is no request.
 * What:  the request runs against a line with three cases and is undone again.
 */
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/frame.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/verbs.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct line {
    struct core_rig core;
    struct peer_rig peers;
    struct dispatch *dispatch;
};

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

/* Made once: a line takes longer to make than a request to run. */
static struct line *the_line(void)
{
    static struct line *line; /* mutable: made once, every input is undone */
    if (line)
        return line;
    line = calloc(1, sizeof *line);
    must_be(line != NULL);
    core_rig_open(&line->core, NULL);
    peer_rig_open(&line->peers, line->core.folder.directory, "workers.sock");
    must_be(dispatch_new(&line->core.core, line->peers.loop, line->peers.listen_fd, &line->dispatch) == 0);
    unlink(line->peers.path);
    lineconf_close(&line->core.folder);
    core_rig_text_in(&line->core, "+966505550123", "he will kill me", "a1", RIG_NOW);
    core_rig_text_in(&line->core, "+966505550124", "no salary", "a2", RIG_NOW);
    core_rig_text_in(&line->core, "", "winner of the prize, loan prize", "a3", RIG_NOW);
    return line;
}

static void on_row(void *context, json_t *row)
{
    AUTO_BUF text;
    (void)context;
    buf_init(&text, FRAME_MAX);
    must_be(json_is_object(row) && json_write(row, &text) == 0);
    json_decref(row);
}

static const struct outage_state well = { .is_spool_well = true };

static void run(struct line *line, const struct verb *verb, const json_t *args)
{
    struct verb_call call = { .core = &line->core.core,
        .dispatch = line->dispatch,
        .actor = "uid:7",
        .args = args,
        .now_ms = RIG_NOW + 1000,
        .storage = &well,
        .on_row = on_row };
    core_rig_begin(&line->core);
    int end = verb->run(&call);
    must_be(end == VERB_DONE || end == VERB_REFUSED || end == VERB_USAGE);
    must_be(end != VERB_USAGE || (call.why[0] && !store_is_dirty(line->core.core.store)));
    must_be(end != VERB_REFUSED || call.why[0]);
    must_be(utf8_is_valid(span_of(call.why)));
    store_rollback(line->core.core.store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    AUTO_JSON *frame = json_read((struct span){ (const char *)data, size }, &error);
    if (!json_is_object(frame))
        return 0;
    const struct verb *verb = verbs_find(json_text(frame, "verb", ""));
    if (verb && !verb->is_outside) /* those write files */
        run(the_line(), verb, json_object_get(frame, "args"));
    return 0;
}
