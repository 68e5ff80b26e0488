/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_rig - a line of four contacts as the daemon's turn drives it: intake, dispatch with a worker that the test
 * plays, escalation, crashes and reloads, all at times that the test sets.
 * What:  the configuration, the words and the sentences are loaded once; each sequence begins with an empty store.
 * Keeps: one seed gives one run: codes and jitter come from a generator that the sequence seeds; nothing sleeps.
 */
#ifndef TESTS_SUPPORT_MODEL_RIG_H
#define TESTS_SUPPORT_MODEL_RIG_H

#include "gateway/core/core.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/intake.h"
#include "tests/support/lineconf.h"
#include "tests/support/peer_rig.h"
#include "tests/support/store_rig.h"
#include "tests/support/wordsdir.h"

#define MODEL_RIG_CONFIGS 2
#define MODEL_RIG_START 1764000000000 /* RIG_NOW: a Monday, 16:00 UTC */

/* The first configuration. Channel `line` (generic, both ways: her number and the contacts' telephones), `desk`
 * (webhook). Contacts: ngo (+639171110001, then desk), watch (+639171110002, on duty Mon-Fri 08:00-16:00), house
 * (+639171110003), embassy (consulate, +639171110004). Policy all for urgent and worse: ngo, watch, embassy; after 10
 * min house; again after 1 h. Policy one for the rest: ngo; after 30 min house. Neutral replies, one in 24 h, two a
 * day; she is asked for consent. The second: no watch, no replies but the question, policy loud (ngo; after 5 min house
 * and embassy) that does not repeat. */
extern const char model_rig_text[];

struct model_rig {
    struct lineconf folder;
    struct wordsdir words;
    struct peer_rig peers;
    struct lexicon *lexicon;
    struct config *configs[MODEL_RIG_CONFIGS];
    struct store_rig base;
    struct core core;
    struct dispatch *dispatch;
    int worker; /* -1 = none is connected */
    bool is_on_file;
    int64_t now_ms, next_step_due;
};

/* text NULL = model_rig_text, with the second configuration; another text stands for both. */
void model_rig_open(struct model_rig *rig, const char *text);
void model_rig_close(struct model_rig *rig);

/* An empty store and a process on it. The store of the sequence before is used again where it is of the same sort. */
void model_rig_begin(struct model_rig *rig, bool is_on_file, uint64_t seed);
void model_rig_rest(struct model_rig *rig); /* the process ends, the store stays for the next sequence */
void model_rig_end(struct model_rig *rig);  /* both end */

void model_rig_pass(struct model_rig *rig, int64_t span_ms); /* time passes */
void model_rig_jump(struct model_rig *rig, int64_t span_ms); /* the wall clock is set: the monotonic one stands still */
void model_rig_reload(struct model_rig *rig, unsigned which);
void model_rig_restart(struct model_rig *rig); /* an orderly end and a new process */
/* The process is gone: what a file held at that moment is found again, the rest is not. Within a transaction too. */
void model_rig_crash(struct model_rig *rig);

/* One turn of the daemon. requests: what comes in, called inside the transaction; NULL = nothing. */
enum model_turn { TURN_COMMITS, TURN_FAILS, TURN_CRASHES_BEFORE_COMMIT, TURN_CRASHES_AFTER_COMMIT };
typedef void (*model_requests_fn)(void *context);
void model_rig_turn(struct model_rig *rig, enum model_turn how, model_requests_fn requests, void *context);

/* Takes one text in; inside a transaction. */
struct intake_result model_rig_text_in(struct model_rig *rig, const char *from, const char *text, const char *id);

/* ---- the worker ---- */

struct model_job {
    int64_t outbox_id;
    int attempt;
    char url[160];  /* of an SMS: ends with "to=" and the number, percent-encoded */
    char text[400]; /* of an SMS, its beginning */
};
/* The next job that has left the daemon; false when there is none. */
bool model_rig_take_job(struct model_rig *rig, struct model_job *ret_job);
/* kind "answered" (with a status), "not_sent" or "unknown". Its remote id is "r<outbox>-<attempt>". */
void model_rig_answer(struct model_rig *rig, const struct model_job *job, const char *kind, int status);
void model_rig_drop_worker(struct model_rig *rig);
void model_rig_connect_worker(struct model_rig *rig);

#endif
