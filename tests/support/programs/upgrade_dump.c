/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upgrade_dump - writes the small database whose dump is kept for every released schema: `upgrade_dump NEW-FILE`.
 * Why:   tests/upgrade/README.md tells when and how.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/addedwords.h"
#include "tests/support/store_rig.h"

#define TEXTS 2

/* What the second schema brought: the last case has been asked and joined, its number has rules. */
static int fill_response(struct store_rig *rig, int64_t case_id)
{
    struct case_row row;
    bool is_new = false;
    struct drill_row drill = { .id = store_next_id(rig->store, SEQUENCE_CASE),
        .contact = "ngo-desk",
        .public_id = "d1",
        .code = "KTRM",
        .sent_at = RIG_NOW,
        .asked_by = "uid:1000" };
    int code = cases_get(rig->store, case_id, &row);
    struct person_row person = { .asked = QUESTION_CONSENT, .asked_at = RIG_NOW, .asked_case_id = case_id };
    if (code == 0) {
        memcpy(person.tag, row.sender_tag, STORE_TAG_LEN);
        row.consent = STATE_consent_asked;
        row.contacted_at = RIG_NOW;
        row.safe_from_min = 23 * 60;
        row.safe_to_min = 0;
        row.joined_to = case_id - 1;
        code = cases_update(rig->store, &row);
    }
    if (code == 0)
        code = persons_put(rig->store, &person);
    if (code == 0)
        code = drills_insert(rig->store, &drill);
    return code != 0 ? code : findings_see(rig->store, "case_without_step", "case:1001", RIG_NOW, &is_new);
}

/* What the third schema brought: the last message waits for its second part, the first one came by another path too. */
static int fill_parts(struct store_rig *rig)
{
    struct join_row join = {
        .message_id = 2, .total = 2, .newest_at = RIG_NOW, .due_at = RIG_NOW + 90000, .is_rise = true
    };
    struct part_row part = { .message_id = 2, .part = 1, .text = span_of("sealed"), .received_at = RIG_NOW };
    struct origin_row origin = { .message_id = 1, .channel = "modem", .at = RIG_NOW };
    rig_tag(76, join.key);
    rig_tag(77, part.dedupe);
    rig_tag(78, part.content);
    rig_tag(79, origin.dedupe);
    int code = joins_insert(rig->store, &join);
    if (code == 0)
        code = parts_insert(rig->store, &part);
    if (code == 0)
        code = echoes_add_origin(rig->store, &origin);
    return code != 0 ? code : echoes_add(rig->store, origin.dedupe, 1, "line", RIG_NOW);
}

/* What the fourth schema brought: a list that was read once and refuses us now. */
static int fill_polls(struct store_rig *rig)
{
    struct poll_row poll = { .channel = "line",
        .number = store_next_id(rig->store, SEQUENCE_POLL),
        .due_at = RIG_NOW + 3600000,
        .cursor = "15071",
        .covered_at = RIG_NOW,
        .polled_at = RIG_NOW + 300000,
        .ok_at = RIG_NOW,
        .failures = 1,
        .outcome = OUTCOME_bad_config,
        .late_found = 2 };
    return polls_put(rig->store, &poll);
}

/* What the sixth schema brought: an act that came back from a chat. */
static int fill_callbacks(struct store_rig *rig)
{
    unsigned char tag[STORE_TAG_LEN];
    rig_tag(78, tag);
    return callbacks_note(rig->store, tag, RIG_NOW);
}

/* What the eighth schema brought: a test of the line that is awaited. */
static int fill_loops(struct store_rig *rig)
{
    struct loop_row row = {
        .from = "line", .to = "sim", .outbox_id = 9001, .started_at = RIG_NOW, .due_at = RIG_NOW + 300000
    };
    rig_tag(79, row.tag);
    return loops_insert(rig->store, &row);
}

/* What the eleventh schema brought: a case that was read, a filter with a name. */
static int fill_queue(struct store_rig *rig, int64_t case_id)
{
    struct view_row view = { .user = "uid:1000", .name = "children", .query = "state=open&flag=minor", .at = RIG_NOW };
    int code = cases_mark_read(rig->store, case_id, RIG_NOW);
    return code != 0 ? code : views_put(rig->store, &view);
}

/* What the thirteenth schema brought: an account with a code left, who is in, a failure. */
static int fill_users(struct store_rig *rig)
{
    struct user_row user = { .name = "maria",
        .role = "caseworker",
        .contact = "ngo-desk",
        .is_enabled = true,
        .created_at = RIG_NOW,
        .enrolled_at = RIG_NOW + 1000,
        .password = "$argon2id$v=19$m=65536,t=3,p=1$invented$invented",
        .secret = "\1sealed",
        .secret_len = 7,
        .last_step = RIG_NOW / 30000 };
    struct signin_row in = { .name = "maria", .role = "caseworker", .begun_at = RIG_NOW, .seen_at = RIG_NOW };
    struct try_row try = { .object = "account:maria", .failures = 2, .last_at = RIG_NOW };
    unsigned char code[1][STORE_TAG_LEN];
    rig_tag(80, code[0]);
    rig_tag(81, in.tag);
    rig_tag(82, try.tag);
    int rc = users_add(rig->store, &user);
    if (rc == 0)
        rc = users_set_codes(rig->store, user.id, (const unsigned char(*)[STORE_TAG_LEN])code, 1);
    if (rc == 0)
        rc = signins_put(rig->store, &in);
    return rc != 0 ? rc : tries_put(rig->store, &try);
}

/* What the fifteenth schema brought: a case whose origin somebody stated, one that ended in a known way. */
static int fill_origins(struct store_rig *rig, int64_t case_id)
{
    struct case_row row;
    int code = cases_get(rig->store, case_id, &row);
    if (code == 0) {
        row.is_origin_stated = str_copy(row.origin, sizeof row.origin, "PH");
        str_copy(row.sex, sizeof row.sex, "female");
        str_copy(row.outcome, sizeof row.outcome, "referred");
        code = cases_update(rig->store, &row);
    }
    return code;
}

/* What the sixteenth schema brought: a word of staff. */
static int fill_words(struct store_rig *rig)
{
    struct added_word_row row = { .language = "tl",
        .section = "categories",
        .label = "wages",
        .words = "kukurikabu",
        .weight = 3,
        .added_at = RIG_NOW,
        .added_by = "user:maria" };
    return addedwords_insert(rig->store, &row);
}

/* What the seventeenth schema brought: a supervisor who reads a case against the rule. */
static int fill_glass(struct store_rig *rig, int64_t case_id)
{
    struct glass_row row = {
        .name = "boss", .case_id = case_id, .broken_at = RIG_NOW, .until_at = RIG_NOW + 30 * 60000
    };
    return glass_put(rig->store, &row);
}

static int fill(struct store_rig *rig)
{
    int64_t case_id = 0;
    int code = store_begin(rig->store);
    for (int number = 1; code == 0 && number <= TEXTS; number++)
        code = rig_insert_text(rig, number, &case_id);
    if (code == 0)
        code = fill_response(rig, case_id);
    if (code == 0)
        code = fill_parts(rig);
    if (code == 0)
        code = fill_polls(rig);
    if (code == 0)
        code = fill_callbacks(rig);
    if (code == 0)
        code = fill_loops(rig);
    if (code == 0)
        code = fill_queue(rig, case_id);
    if (code == 0)
        code = fill_users(rig);
    if (code == 0)
        code = fill_origins(rig, case_id - 1); /* the last one was joined to it */
    if (code == 0)
        code = fill_words(rig);
    if (code == 0)
        code = fill_glass(rig, case_id);
    return code != 0 ? code : store_commit(rig->store);
}

int main(int argc, char **argv)
{
    struct store_rig rig;
    if (argc != 2) {
        fputs("usage: upgrade_dump NEW-FILE\n", stderr);
        return 2;
    }
    rig_open(&rig);
    int code = fill(&rig);
    if (code == 0)
        code = store_backup(rig.store, argv[1], &rig.error);
    if (code != 0)
        fprintf(stderr, "upgrade_dump: %s: %s\n", error_name(code), rig.error.text);
    rig_close(&rig);
    return code == 0 ? 0 : 1;
}
