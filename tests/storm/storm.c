/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storm - hours of bad providers, in seconds; see storm.h. `STORM_SEED=n` repeats one run.
 * What:  STORM_HOURS of virtual time with STORM_WORKERS people, STORM_SEEDS times. Three requests in ten are lost, one
 *        provider is down for an hour, the daemon is killed again and again and away for an hour. Then all is calm
 * until nothing is under way, and the ledger counts. Why:   a check that cannot fail is a defect: each deliberate
 * mistake (mistakes.h) has to be seen by the same run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/str.h"
#include "tests/storm/storm.h"

/* Of each contact; else the quiet hours of their country would hold what can wait. */
#define DAY_AND_NIGHT "duty = [ \"daily 00:00-24:00\" ]; time_zone = \"UTC\";"

#define BEGIN_MS 1764000000000LL
#define LOOKS_A_RUN 4

const char storm_config[] =
    "database = \"line.db\";\n"
    "public_url = \"https://line.example.org\";\n"
    "lexicon = \"@ROOT@/config/lexicon\"; replies_texts = \"@ROOT@/config/replies\";\n"
    "commands = \"@ROOT@/config/commands.conf\"; countries = \"@ROOT@/config/countries.conf\";\n"
    "listen = { control = \"control.sock\"; workers = \"workers.sock\"; };\n"
    "keys = { hot = \"@file:keys/hot.key\"; index = \"@file:keys/index.key\"; };\n"
    "replies = { mode = \"neutral\"; daily_budget = 10000; };\n"
    "channels = (\n"
    "  { name = \"tw\"; kind = \"twilio\"; account_sid = \"AC0123\"; auth_token = \"twilio-token\"; from = \"+639175550100\";\n"
    "    public_url = \"https://line.example.org/in/tw/message\"; },\n"
    "  { name = \"vo\"; kind = \"vonage_sms\"; api_key = \"abcd1234\"; api_secret = \"vonage-api\"; secret = \"vonage-secret\";\n"
    "    signature_method = \"sha256hmac\"; from = \"639175550101\"; },\n"
    "  { name = \"ib\"; kind = \"infobip\"; auth_user = \"infobip\"; auth_password = \"infobip-hook\";\n"
    "    api_url = \"https://abc.api.infobip.com\"; api_key = \"infobip-key\"; from = \"639175550102\"; },\n"
    "  { name = \"te\"; kind = \"telnyx\"; public_key = \"uKGegt9DdJ1r5tqa2OLabQzywu0IWGDmgaMAFT6J2oU=\"; api_key = \"telnyx-key\";\n"
    "    from = \"+639175550103\"; },\n"
    "  { name = \"at\"; kind = \"africastalking\"; username = \"helpline\"; api_key = \"at-key\"; token = \"at-secret-token\";\n"
    "    from = \"22334\"; },\n"
    "  { name = \"phone\"; kind = \"httpsms\"; direction = \"in\"; secret = \"phone-secret\"; country = \"SA\";\n"
    "    public_url = \"https://line.example.org/in/phone/message\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"; }\n"
    ");\n"
    "contacts = (\n"
    "  { name = \"amy\"; title = \"Amy\"; kind = \"ngo\"; trust = \"full\"; " DAY_AND_NIGHT "\n"
    "    addresses = ( { channel = \"tw\"; to = \"+639175550201\"; }, { channel = \"ib\"; to = \"+639175550201\"; } ); },\n"
    "  { name = \"bea\"; title = \"Bea\"; kind = \"shelter\"; trust = \"masked\"; " DAY_AND_NIGHT "\n"
    "    addresses = ( { channel = \"te\"; to = \"+639175550202\"; }, { channel = \"at\"; to = \"+639175550202\"; } ); },\n"
    "  { name = \"cora\"; title = \"Cora\"; kind = \"ngo\"; trust = \"full\"; " DAY_AND_NIGHT "\n"
    "    addresses = ( { channel = \"vo\"; to = \"+639175550203\"; }, { channel = \"desk\"; to = \"https://desk.example.org/\"; } ); }\n"
    ");\n"
    "policies = ( { name = \"all\"; repeat = \"3 h\"; steps = (\n"
    "    { contacts = [ \"amy\", \"bea\" ]; }, { after = \"15 min\"; contacts = [ \"cora\" ]; } ); } );\n"
    "routes = ( { policy = \"all\"; } );\n";

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        abort();
    return memory;
}

static void make_room(struct storm *storm)
{
    storm->events = zeroed(EVENTS_MAX, sizeof *storm->events);
    storm->utterances = zeroed(UTTERANCES_MAX, sizeof *storm->utterances);
    storm->sms = zeroed(SMS_MAX, sizeof *storm->sms);
    storm->hooks = zeroed(HOOKS_MAX, sizeof *storm->hooks);
    storm->handed = zeroed(HANDED_MAX, sizeof *storm->handed);
    storm->results = zeroed(HANDED_MAX, sizeof *storm->results);
    storm->row_states = zeroed(HANDED_MAX * 5, 1);
    memset(storm->row_states, -1, HANDED_MAX * 5);
    buf_init(&storm->from_worker, 4u << 20);
}

static void clear_room(struct storm *storm)
{
    for (unsigned i = 0; i < storm->result_count; i++)
        free(storm->results[i].frame);
    free(storm->events);
    free(storm->utterances);
    free(storm->sms);
    free(storm->hooks);
    free(storm->handed);
    free(storm->results);
    free(storm->row_states);
    buf_done(&storm->from_worker);
}

/* A long run has an hour without each of the providers in turn and an hour without us; a short one the half of it. */
static void plan_trouble(struct storm *storm)
{
    int64_t length = storm->end_ms - storm->begin_ms, outage = length >= 12 * HOUR_MS ? HOUR_MS : length / 6;
    for (unsigned i = 0; i < PROVIDERS; i++) {
        storm->outage_from[i] = storm->begin_ms + (int64_t)storm_random(storm, (uint64_t)(length - outage));
        storm->outage_to[i] = storm->outage_from[i] + outage;
    }
    int64_t away = storm->begin_ms + length / 4 + (int64_t)storm_random(storm, (uint64_t)length / 4);
    storm_plan(storm, away, EVENT_STOP, 0);
    storm_plan(storm, away + outage, EVENT_START, 0);
    for (int64_t at = storm->begin_ms; at < storm->end_ms;
         at += 5 * MINUTE_MS + (int64_t)storm_random(storm, 25 * MINUTE_MS))
        storm_plan(storm, at, EVENT_KILL, 0);
    for (unsigned i = 1; i <= LOOKS_A_RUN; i++)
        storm_plan(storm, storm->begin_ms + length * i / LOOKS_A_RUN, EVENT_CHECK, 0);
    for (unsigned i = 0; i < storm->workers; i++)
        storm_plan(storm, storm->begin_ms + (int64_t)storm_random(storm, (uint64_t)length * 3 / 4), EVENT_TALK, i);
}

static void print_counts(const struct storm *storm)
{
    const struct counts *c = &storm->counts;
    printf(
        "# said %u (%u again, %u parts, %u by a second way), webhooks repeated %u, lost on the wire %u, given up %u\n",
        c->messages, c->repetitions, c->parts, c->copies, c->duplicates, c->lost, c->given_up);
    printf(
        "# jobs %u: accepted %u, throttled %u, in trouble %u, never answered %u; reports %u (%u early, %u strange), ids "
        "altered %u; answers of responders %u\n",
        c->jobs, storm->handed_count, c->throttled, c->troubled, c->vanished, c->reports, c->early_reports,
        c->strange_reports, c->altered, c->answers);
    printf("# daemon: %u starts, %u kills; lists asked for %u\n", storm->house.starts, storm->house.kills, c->polls);
}

static unsigned run(uint64_t seed, unsigned hours, unsigned workers, enum mistake mistake)
{
    struct storm *storm = zeroed(1, sizeof *storm);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    *storm = (struct storm){ .random = seed * 0x9E3779B97F4A7C15ULL + 1, .begin_ms = BEGIN_MS, .now_ms = BEGIN_MS };
    storm->end_ms = BEGIN_MS + hours * HOUR_MS;
    storm->workers = workers;
    storm->is_control = mistake != MISTAKE_NONE;
    make_room(storm);
    house_open(&storm->house, storm_config, BEGIN_MS, storm->random, mistake);
    plan_trouble(storm);
    storm_run(storm);
    clock_gettime(CLOCK_MONOTONIC, &to);
    print_counts(storm);
    printf("# seed %llu, %u hours, %u workers, mistake %s: %u violations in %.1f s\n", (unsigned long long)seed, hours,
        workers, mistake_word(mistake), storm->violations,
        (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    unsigned violations = storm->violations;
    house_close(&storm->house);
    clear_room(storm);
    free(storm);
    return violations;
}

static unsigned number_of(const char *name, unsigned fallback)
{
    int64_t value = 0;
    const char *text = getenv(name);
    return text && !str_to_int64(text, 0, UINT32_MAX, &value) ? (unsigned)value : fallback;
}

static unsigned report(unsigned test, bool is_right, const char *name)
{
    printf("%sok %u - %s\n", is_right ? "" : "not ", test, name);
    fflush(stdout);
    return is_right ? 0 : 1;
}

int main(void)
{
    /* Which mistakes: the two that every storm shows at once; all of them when the run is long. */
    static const enum mistake mistakes[] = { MISTAKE_NO_DEDUPE, MISTAKE_BLIND_REPORTS, MISTAKE_EARLY_ANSWER };
    unsigned hours = number_of("STORM_HOURS", 3), workers = number_of("STORM_WORKERS", 24);
    unsigned seeds = number_of("STORM_SEEDS", 1), first = number_of("STORM_SEED", (unsigned)time(NULL));
    unsigned failed = 0, test = 0, controls = number_of("STORM_CONTROLS", 2);
    char name[128];
    workers = workers < WORKERS_IN_ALL ? workers : WORKERS_IN_ALL;
    controls = controls < STR_COUNT(mistakes) ? controls : STR_COUNT(mistakes);
    printf("1..%u\n", seeds + controls);
    for (unsigned i = 0; i < seeds; i++) {
        snprintf(name, sizeof name, "nothing_is_lost_or_doubled_in_a_storm (STORM_SEED=%u)", first + i);
        failed += report(++test, run(first + i, hours, workers, MISTAKE_NONE) == 0, name);
    }
    for (unsigned i = 0; i < controls; i++) {
        unsigned length = mistakes[i] == MISTAKE_EARLY_ANSWER ? 8 : 2;
        snprintf(name, sizeof name, "storm_sees_the_mistake_%s (STORM_SEED=%u)", mistake_word(mistakes[i]), first);
        failed += report(++test, run(first, length, 12, mistakes[i]) > 0, name);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
