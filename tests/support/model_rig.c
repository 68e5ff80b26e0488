/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_rig - see model_rig.h. Failures of the rig itself abort: a test on a broken rig proves nothing. */
#include "tests/support/model_rig.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/escalation.h"
#include "gateway/core/kinds.h"

#define WORKER_CAPACITY 64
#define MEMORY_FOLDER "/dev/shm" /* what is tested is not the disk */

const char model_rig_text[] =
    "database = \"line.db\";\n"
    "replies_texts = \"@WORDS@/replies\"; commands = \"@WORDS@/commands.conf\"; countries = \"@WORDS@/countries.conf\";\n"
    "keys = { hot = \"@file:keys/hot.key\"; index = \"@file:keys/index.key\"; };\n"
    "replies = { mode = \"neutral\"; window = \"24 h\"; daily_budget = 2; };\n"
    "consent = { mode = \"ask\"; };\n"
    "auditor = { contacts = [ \"ngo\" ]; };\n"
    "channels = (\n"
    "  { name = \"line\"; kind = \"generic\"; auth = \"token\"; secret = \"open-sesame\"; country = \"PH\";\n"
    "    send_url = \"https://sms.example.org/send?to={to}\"; send_type = \"text\"; send_body = \"{text}\"; id_path = \"/id\";\n"
    "    in_flight_max = 4; attempts_max = 3; retry_first = \"2 s\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\";\n"
    "    attempts_max = 3; }\n"
    ");\n"
    "contacts = (\n"
    "  { name = \"ngo\"; title = \"Desk\"; kind = \"ngo\"; trust = \"full\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+639171110001\"; },\n"
    "                  { channel = \"desk\"; to = \"https://desk.example.org/a\"; } ); },\n"
    "  { name = \"watch\"; title = \"Watch\"; kind = \"ngo\"; trust = \"minimal\"; duty = [ \"Mon-Fri 08:00-16:00\" ];\n"
    "    addresses = ( { channel = \"line\"; to = \"+639171110002\"; } ); },\n"
    "  { name = \"house\"; title = \"House\"; kind = \"shelter\"; trust = \"masked\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+639171110003\"; } ); },\n"
    "  { name = \"embassy\"; title = \"Embassy\"; kind = \"consulate\"; trust = \"full\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+639171110004\"; } ); }\n"
    ");\n"
    "policies = (\n"
    "  { name = \"all\"; repeat = \"1 h\"; steps = (\n"
    "    { contacts = [ \"ngo\", \"watch\", \"embassy\" ]; },\n"
    "    { after = \"10 min\"; contacts = [ \"house\" ]; } ); },\n"
    "  { name = \"one\"; steps = (\n"
    "    { contacts = [ \"ngo\" ]; },\n"
    "    { after = \"30 min\"; contacts = [ \"house\" ]; } ); }\n"
    ");\n"
    "routes = (\n"
    "  { urgency_min = \"urgent\"; policy = \"all\"; },\n"
    "  { policy = \"one\"; }\n"
    ");\n";

/* What is different in the second configuration. */
static const char *const changes[][2] = {
    { "mode = \"neutral\"", "mode = \"off\"" },
    { "  { name = \"watch\"; title = \"Watch\"; kind = \"ngo\"; trust = \"minimal\"; duty = [ \"Mon-Fri 08:00-16:00\" ];\n"
      "    addresses = ( { channel = \"line\"; to = \"+639171110002\"; } ); },\n",
        "" },
    { "name = \"all\"; repeat = \"1 h\";", "name = \"loud\";" },
    { "{ contacts = [ \"ngo\", \"watch\", \"embassy\" ]; }", "{ contacts = [ \"ngo\" ]; }" },
    { "{ after = \"10 min\"; contacts = [ \"house\" ]; }",
        "{ after = \"5 min\"; contacts = [ \"house\", \"embassy\" ]; }" },
    { "policy = \"all\"", "policy = \"loud\"" },
};

/* Enough words for each urgency, each intent and her rules. */
static const char words[] =
    "language = \"en\"; reviewed = \"no\"; reads = [ \"*\" ]; negation = \"before\"; negation_window = 3;\n"
    "categories = { danger = ( \"kill me\" ); violence = ( \"beats me\" ); wages = ( \"no salary\" ); };\n"
    "flags = { no_reply = ( \"dont reply\" ); borrowed_phone = ( \"borrowed phone\" ); safe_time = ( \"after 11pm\" ); };\n"
    "intents = { stop = ( \"stop\" ); start = ( \"start\" ); safe = ( \"i am safe\" ); yes = ( \"yes\" ); no = ( \"no\" );\n"
    "            thanks = ( \"thank you\" ); };\n"
    "concepts = { spam = ( \"prize\", \"winner\", \"loan\" ); };\n";

static void must(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "model_rig: %s\n", what);
    abort();
}

/* ---- one seed, one run ----------------------------------------------------------------------------------------- */

static struct {
    uint64_t random;
    int64_t wall_ms, mono_ms;
} fixed; /* what the clocks and libsodium ask for without a context */

static const char *generator_name(void)
{
    return "model_rig";
}

static uint32_t generator_next(void)
{
    fixed.random ^= fixed.random >> 12;
    fixed.random ^= fixed.random << 25;
    fixed.random ^= fixed.random >> 27;
    return (uint32_t)(fixed.random * 0x2545f4914f6cdd1dULL >> 32);
}

static void generator_fill(void *bytes, const size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)generator_next();
}

static void use_generator(void)
{
    static randombytes_implementation generator = {
        .implementation_name = generator_name, .random = generator_next, .buf = generator_fill
    };
    must(randombytes_set_implementation(&generator) == 0, "no generator");
}

static int64_t tell_wall(void)
{
    return fixed.wall_ms;
}

static int64_t tell_mono(void)
{
    return fixed.mono_ms;
}

void model_rig_pass(struct model_rig *rig, int64_t span_ms)
{
    rig->now_ms = fixed.wall_ms += span_ms;
    fixed.mono_ms += span_ms;
}

void model_rig_jump(struct model_rig *rig, int64_t span_ms)
{
    rig->now_ms = fixed.wall_ms += span_ms;
}

/* ---- loaded once ----------------------------------------------------------------------------------------------- */

static void load_words(struct model_rig *rig)
{
    AUTO_BUF report;
    buf_init(&report, 4096);
    must(lexicon_new(&rig->lexicon) == 0, "no lexicon");
    int code = lexicon_add_text(rig->lexicon, span_of(words), "words", &report);
    if (code == 0)
        code = lexicon_close(rig->lexicon, NULL, &report);
    must(code == 0, report.data ? report.data : "the words do not load");
}

static struct config *load_config(struct model_rig *rig, const char *text)
{
    struct config_report *report = report_new();
    struct config *config = NULL;
    int code = config_load_text(rig->folder.path, span_of(text), &kinds_registry, 0, report, &config);
    if (code != 0)
        lineconf_print(report, "model_rig");
    must(code == 0, "the configuration does not load");
    report_free(report);
    return config;
}

/* The text with every "@WORDS@" replaced by the folder of the sentences. */
static char *place_words(const struct model_rig *rig, const char *text)
{
    char *placed = strdup(text);
    while (strstr(placed, "@WORDS@")) {
        char *next = lineconf_replace(placed, "@WORDS@", rig->words.folder);
        free(placed);
        placed = next;
    }
    return placed;
}

static void load_configs(struct model_rig *rig, const char *text)
{
    char *placed = place_words(rig, text ? text : model_rig_text);
    rig->configs[0] = load_config(rig, placed);
    for (size_t i = 0; !text && i < STR_COUNT(changes); i++) {
        char *next = lineconf_replace(placed, changes[i][0], changes[i][1]);
        free(placed);
        placed = next;
    }
    rig->configs[1] = load_config(rig, placed);
    free(placed);
}

void model_rig_open(struct model_rig *rig, const char *text)
{
    if (access(MEMORY_FOLDER, W_OK) == 0)
        setenv("TMPDIR", MEMORY_FOLDER, 0);
    memset(rig, 0, sizeof *rig);
    lineconf_open(&rig->folder);
    wordsdir_open(&rig->words);
    wordsdir_put(&rig->words, "replies/en.conf", wordsdir_english);
    wordsdir_put(&rig->words, "commands.conf", "commands = ( );\n");
    wordsdir_put(&rig->words, "countries.conf", "countries = ( );\n");
    load_words(rig);
    load_configs(rig, text);
    peer_rig_open(&rig->peers, rig->folder.directory, "workers.sock");
    clock_set_source(tell_wall, tell_mono);
}

void model_rig_close(struct model_rig *rig)
{
    peer_rig_close(&rig->peers);
    for (unsigned i = 0; i < MODEL_RIG_CONFIGS; i++)
        config_free(rig->configs[i]);
    lexicon_free(rig->lexicon);
    wordsdir_close(&rig->words);
    lineconf_close(&rig->folder);
    clock_set_source(NULL, NULL);
}

/* ---- a process ------------------------------------------------------------------------------------------------- */

void model_rig_drop_worker(struct model_rig *rig)
{
    if (rig->worker >= 0)
        close(rig->worker);
    rig->worker = -1;
    peer_rig_turn(&rig->peers);
}

void model_rig_connect_worker(struct model_rig *rig)
{
    if (rig->worker < 0)
        rig->worker = peer_rig_sender(&rig->peers, "sender", WORKER_CAPACITY);
}

static void start_process(struct model_rig *rig)
{
    rig->core.store = rig->base.store;
    rig->core.vault = rig->base.vault;
    must(dispatch_new(&rig->core, rig->peers.loop, rig->peers.listen_fd, &rig->dispatch) == 0, "no dispatch");
    must(dispatch_configure(rig->dispatch) == 0, "dispatch is not configured");
    must(store_begin(rig->core.store) == 0, "no transaction");
    must(dispatch_recover(rig->dispatch, rig->now_ms) == 0, "no recovery");
    must(store_commit(rig->core.store) == 0, "no commit");
    rig->next_step_due = 0;
    model_rig_connect_worker(rig);
}

static void stop_process(struct model_rig *rig)
{
    if (rig->worker >= 0)
        close(rig->worker);
    rig->worker = -1;
    dispatch_free(rig->dispatch);
    rig->dispatch = NULL;
    peer_rig_turn(&rig->peers);
}

void model_rig_rest(struct model_rig *rig)
{
    stop_process(rig);
}

void model_rig_end(struct model_rig *rig)
{
    if (rig->dispatch)
        stop_process(rig);
    if (rig->base.store)
        rig_close(&rig->base);
    rig->base.store = NULL;
}

void model_rig_begin(struct model_rig *rig, bool is_on_file, uint64_t seed)
{
    use_generator();
    fixed.random = seed | 1;
    fixed.wall_ms = rig->now_ms = MODEL_RIG_START;
    fixed.mono_ms = 1000000;
    bool is_kept = rig->base.store != NULL && rig->is_on_file == is_on_file;
    if (!is_kept)
        model_rig_end(rig);
    rig->is_on_file = is_on_file;
    if (is_kept)
        rig_empty(&rig->base);
    else if (is_on_file)
        rig_open(&rig->base);
    else
        rig_open_memory(&rig->base);
    rig->core = (struct core){ .lexicon = rig->lexicon, .config = rig->configs[0] };
    rig->worker = -1;
    start_process(rig);
}

void model_rig_reload(struct model_rig *rig, unsigned which)
{
    rig->core.config = rig->configs[which];
    must(dispatch_configure(rig->dispatch) == 0, "dispatch is not configured");
}

void model_rig_restart(struct model_rig *rig)
{
    stop_process(rig);
    if (rig->is_on_file)
        must(rig_reopen(&rig->base) == 0, rig->base.error.text);
    start_process(rig);
}

static void name_copy(const struct model_rig *rig, const char *ending, char *ret_from, char *ret_to, size_t size)
{
    snprintf(ret_from, size, "%s%s", rig->base.path, ending);
    snprintf(ret_to, size, "%s/copy%s", rig->base.folder, ending);
}

/* The files as they are on the disk now take the place of what an orderly end would leave. */
static void crash_file(struct model_rig *rig)
{
    static const char *const endings[] = { "", "-wal" };
    char from[2][128], to[2][128];
    bool has[2];
    for (unsigned i = 0; i < 2; i++) {
        name_copy(rig, endings[i], from[i], to[i], sizeof from[i]);
        has[i] = access(from[i], R_OK) == 0;
        if (has[i])
            rig_copy_file(from[i], to[i]);
    }
    store_close(rig->base.store);
    rig->base.store = NULL;
    for (unsigned i = 0; i < 2; i++) {
        if (has[i])
            must(rename(to[i], from[i]) == 0, "a copy cannot be moved");
        else
            unlink(from[i]);
    }
    must(rig_reopen(&rig->base) == 0, rig->base.error.text);
}

void model_rig_crash(struct model_rig *rig)
{
    if (rig->is_on_file)
        crash_file(rig);
    else if (store_is_in_transaction(rig->base.store))
        store_rollback(rig->base.store);
    stop_process(rig);
    start_process(rig);
}

/* ---- a turn ---------------------------------------------------------------------------------------------------- */

static void run_parts(struct model_rig *rig, model_requests_fn requests, void *context)
{
    struct store *store = rig->core.store;
    must(store_begin(store) == 0, "no transaction");
    if (requests)
        requests(context);
    must(dispatch_settle(rig->dispatch, rig->now_ms) == 0, "results are not settled");
    if (store_is_dirty(store) || rig->now_ms >= rig->next_step_due)
        must(escalation_run(&rig->core, rig->now_ms, &rig->next_step_due) == 0, "no escalation");
    must(dispatch_lease(rig->dispatch, store_is_dirty(store), rig->now_ms) == 0, "nothing is leased");
}

void model_rig_turn(struct model_rig *rig, enum model_turn how, model_requests_fn requests, void *context)
{
    peer_rig_turn(&rig->peers);
    run_parts(rig, requests, context);
    switch (how) {
    case TURN_FAILS:
        store_rollback(rig->core.store);
        dispatch_abandon(rig->dispatch);
        rig->next_step_due = 0;
        break;
    case TURN_CRASHES_BEFORE_COMMIT:
        model_rig_crash(rig);
        break;
    case TURN_CRASHES_AFTER_COMMIT:
        must(store_commit(rig->core.store) == 0, "no commit");
        model_rig_crash(rig);
        break;
    default:
        must(store_commit(rig->core.store) == 0, "no commit");
        dispatch_release(rig->dispatch);
        peer_rig_turn(&rig->peers);
    }
}

struct intake_result model_rig_text_in(struct model_rig *rig, const char *from, const char *text, const char *id)
{
    struct intake_result result = { 0 };
    struct sms_in sms = { .provider_intent = INTENT_help };
    sms.from_kind = phone_normalise(from, "PH", sms.from);
    str_copy(sms.remote_id, sizeof sms.remote_id, id);
    sms.text = strdup(text);
    must(sms.text != NULL, "no memory");
    must(intake_message(&rig->core, "line", &sms, 0, rig->now_ms, &result) == 0, "a message was not taken in");
    sms_in_done(&sms);
    return result;
}

/* ---- the worker ------------------------------------------------------------------------------------------------ */

static void read_text(const json_t *frame, char *ret, size_t size)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    must(str_base64_decode(&text, span_of(json_text(frame, "body", ""))) == 0, "a body is not base64");
    snprintf(ret, size, "%.*s", (int)text.len, text.data ? text.data : "");
}

bool model_rig_take_job(struct model_rig *rig, struct model_job *ret_job)
{
    while (rig->worker >= 0) {
        AUTO_JSON *frame = peer_rig_read(&rig->peers, rig->worker);
        if (!frame)
            return false;
        const char *job = json_text(frame, "job", "");
        long long id;
        if (sscanf(job, "%lld-%d", &id, &ret_job->attempt) != 2)
            continue; /* a new list of allowed hosts */
        ret_job->outbox_id = id;
        str_copy(ret_job->url, sizeof ret_job->url, json_text(frame, "url", ""));
        read_text(frame, ret_job->text, sizeof ret_job->text);
        return true;
    }
    return false;
}

void model_rig_answer(struct model_rig *rig, const struct model_job *job, const char *kind, int status)
{
    char body[64], result[320];
    AUTO_BUF coded;
    buf_init(&coded, sizeof result);
    snprintf(body, sizeof body, "{\"id\":\"r%lld-%d\"}", (long long)job->outbox_id, job->attempt);
    str_base64_encode(&coded, body, strlen(body));
    snprintf(result, sizeof result,
        "{\"result\":\"%lld-%d\",\"kind\":\"%s\",\"status\":%d,\"body\":\"%s\",\"reason\":\"x\"}",
        (long long)job->outbox_id, job->attempt, kind, status, coded.data);
    if (rig->worker >= 0)
        peer_rig_send(&rig->peers, rig->worker, result);
}
