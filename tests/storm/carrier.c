/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * carrier - the sender and the providers' APIs behind it: accepts, throttles, fails, stays silent, or accepts and loses
 * the answer; and then tells how the message ended, early, twice, in any order, with other letters in the id.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/frame.h"
#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "tests/storm/storm.h"

#define ANSWER_MAX 2048
#define FRAMES_MAX (4u << 20)

/* ---- reports --------------------------------------------------------------------------------------------------- */

static void add_report(struct storm *storm, unsigned index, enum report_word word, int64_t delay_ms)
{
    struct handed *handed = &storm->handed[index];
    struct hook hook = { .is_report = true, .about = index, .word = word };
    str_copy(hook.id, sizeof hook.id, handed->id);
    if (providers[handed->provider].has_hex_ids &&
        storm_chance(storm, 15)) { /* as another machine of theirs writes it */
        for (char *p = hook.id; *p; p++)
            *p = *p >= 'a' && *p <= 'f' ? (char)(*p - 32) : *p;
        storm->counts.altered++;
    }
    storm->counts.reports++;
    storm_add_hook(storm, &hook, storm->now_ms + delay_ms);
}

/* Of a message that is not ours: another program shares the account. */
static void add_strange_report(struct storm *storm, unsigned index)
{
    struct hook hook = { .is_report = true, .about = index, .word = WORD_FAILED };
    snprintf(hook.id, sizeof hook.id, "%.40s77%u", storm->handed[index].id, storm->next_id++);
    storm->counts.strange_reports++;
    storm_add_hook(storm, &hook, storm->now_ms + (int64_t)storm_random(storm, HOUR_MS));
}

static void plan_reports(struct storm *storm, unsigned index, int64_t answer_after_ms)
{
    struct handed *handed = &storm->handed[index];
    unsigned dice = (unsigned)storm_random(storm, 100);
    handed->truth = dice < 88 ? WORD_DELIVERED : dice < 95 ? WORD_ABSENT : WORD_FAILED;
    bool is_early = storm_chance(storm, 20);
    int64_t first = is_early ? 0 : answer_after_ms + (int64_t)storm_random(storm, MINUTE_MS);
    storm->counts.early_reports += is_early;
    add_report(storm, index, WORD_PENDING, first + (int64_t)storm_random(storm, 2 * MINUTE_MS));
    add_report(storm, index, WORD_SENT, first + (int64_t)storm_random(storm, 2 * MINUTE_MS));
    add_report(storm, index, handed->truth, first + (int64_t)storm_random(storm, 5 * MINUTE_MS));
    if (storm_chance(storm, 20)) /* an operator on the way gave up, another delivered */
        add_report(storm, index, handed->truth == WORD_DELIVERED ? WORD_ABSENT : handed->truth,
            first + 6 * MINUTE_MS + (int64_t)storm_random(storm, 30 * MINUTE_MS));
    if (storm_chance(storm, 10))
        add_strange_report(storm, index);
}

/* ---- jobs ------------------------------------------------------------------------------------------------------ */

static void plan_result(
    struct storm *storm, const char *job, const char *kind, int status, struct span body, int handed, int64_t delay_ms)
{
    AUTO_BUF frame;
    buf_init(&frame, 2 * (ANSWER_MAX + LIST_MAX));
    buf_add_format(
        &frame, "{\"result\":\"%s\",\"kind\":\"%s\",\"status\":%d,\"reason\":\"x\",\"body\":\"", job, kind, status);
    str_base64_encode(&frame, body.data, body.len);
    buf_add_text(&frame, "\"}");
    if (storm->result_count == HANDED_MAX)
        abort();
    storm->results[storm->result_count] = (struct result){ storm->house.starts, buf_take(&frame), handed };
    storm_plan(storm, storm->now_ms + delay_ms, EVENT_RESULT, storm->result_count++);
}

static int known(const struct storm *storm, unsigned provider, const char *own_id)
{
    for (unsigned i = storm->handed_count; own_id[0] && i > 0; i--)
        if (storm->handed[i - 1].provider == provider && str_equal(storm->handed[i - 1].id, own_id))
            return (int)i - 1;
    return -1;
}

static int accept_job(struct storm *storm, unsigned provider, const char *job, const char *to, const char *own_id,
    int64_t answer_after_ms)
{
    long long row = 0;
    int attempt = 0;
    if (storm->handed_count == HANDED_MAX || sscanf(job, "%lld-%d", &row, &attempt) != 2)
        abort();
    struct handed *handed = &storm->handed[storm->handed_count];
    *handed = (struct handed){ .provider = provider, .row = row, .attempt = attempt, .at = storm->now_ms };
    str_copy(handed->to, sizeof handed->to, to);
    if (own_id[0])
        str_copy(handed->id, sizeof handed->id, own_id);
    else
        snprintf(handed->id, sizeof handed->id, "%s%06x%08x",
            provider == 0   ? "SMaa"
            : provider == 4 ? "ATXid_"
                            : "0c1d",
            ++storm->next_id, (unsigned)storm_random(storm, UINT32_MAX));
    plan_reports(storm, storm->handed_count, answer_after_ms);
    return (int)storm->handed_count++;
}

/* What becomes of one job for a provider. */
static void carry(
    struct storm *storm, unsigned provider, const char *job, const char *to, const char *text, const char *own_id)
{
    AUTO_BUF answer;
    buf_init(&answer, ANSWER_MAX);
    unsigned dice = storm->is_calm ? 0 : (unsigned)storm_random(storm, 100);
    int64_t delay = 200 + (int64_t)storm_random(storm, storm_chance(storm, 90) ? 3 * SECOND_MS : 30 * SECOND_MS);
    int before = known(storm, provider, own_id);
    if (storm_is_out(storm, provider)) {
        storm->counts.troubled++;
        plan_result(storm, job, storm_chance(storm, 50) ? "not_sent" : "answered", 503, span_of(""), -1, delay);
        return;
    }
    if (dice >= 92) { /* silence: whether it was taken, nobody knows */
        storm->counts.vanished++;
        if (before < 0 && storm_chance(storm, 60))
            people_read_alert(
                storm, &storm->handed[accept_job(storm, provider, job, to, own_id, 15 * SECOND_MS)], text);
        plan_result(storm, job, "unknown", 0, span_of(""), -1, 15 * SECOND_MS);
        return;
    }
    if (dice >= 70 || before >= 0) {
        enum provider_answer kind = before >= 0 ? ANSWERS_KNOWN : dice < 80 ? ANSWERS_THROTTLED : ANSWERS_TROUBLE;
        storm->counts.throttled += kind == ANSWERS_THROTTLED;
        storm->counts.troubled += kind == ANSWERS_TROUBLE;
        int status = provider_write_answer(provider, kind, own_id, &answer);
        plan_result(storm, job, "answered", status, buf_span(&answer), -1, delay);
        return;
    }
    int index = accept_job(storm, provider, job, to, own_id, delay);
    int status = provider_write_answer(provider, ANSWERS_ACCEPTED, storm->handed[index].id, &answer);
    plan_result(storm, job, "answered", status, buf_span(&answer), index, delay);
    people_read_alert(storm, &storm->handed[index], text);
}

/* A list is a request like any other, and its answer may be lost too. */
static void give_list(struct storm *storm, unsigned provider, const char *job, const char *url)
{
    AUTO_BUF answer;
    buf_init(&answer, LIST_MAX);
    bool is_lost = !storm->is_calm && storm_chance(storm, 15);
    storm->counts.polls++;
    if (storm_is_out(storm, provider)) {
        plan_result(storm, job, "answered", 503, span_of(""), -1, SECOND_MS);
        return;
    }
    bool has_list = lists_write(storm, provider, url, &answer);
    if (is_lost)
        plan_result(storm, job, "unknown", 0, span_of(""), -1, 15 * SECOND_MS);
    else
        plan_result(storm, job, "answered", has_list ? 200 : 404, buf_span(&answer), -1, SECOND_MS);
}

static void take_job(struct storm *storm, json_t *frame)
{
    char to[24], own_id[ID_MAX], text[REQUEST_MAX];
    const char *job = json_text(frame, "job", NULL);
    AUTO_BUF body;
    buf_init(&body, REQUEST_MAX * 4);
    if (!job)
        return; /* welcome, allow, ping */
    storm->counts.jobs++;
    int provider = provider_find(json_text(frame, "url", ""));
    if (provider >= 0 && str_starts(job, "poll-")) {
        give_list(storm, (unsigned)provider, job, json_text(frame, "url", ""));
        return;
    }
    if (str_base64_decode(&body, span_of(json_text(frame, "body", ""))))
        abort();
    if (provider >= 0 && provider_read_job((unsigned)provider, buf_span(&body), to, text, own_id))
        carry(storm, (unsigned)provider, job, to, text, own_id);
    else
        plan_result(storm, job, "answered", 200, span_of("ok"), -1, SECOND_MS);
}

/* Four bytes of length, then the frame (gateway/PROTOCOL.md). */
static void read_frames(struct storm *storm)
{
    struct buf *bytes = &storm->from_worker;
    size_t at = 0;
    while (bytes->len - at >= 4) {
        const unsigned char *head = (const unsigned char *)bytes->data + at;
        size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        struct error error;
        if (bytes->len - at - 4 < len)
            break;
        AUTO_JSON *frame = json_read((struct span){ bytes->data + at + 4, len }, &error);
        if (!frame)
            abort();
        if (json_object_get(frame, "ping") && frame_write(storm->house.worker, span_of("{\"pong\":1}")))
            abort();
        take_job(storm, frame);
        at += 4 + len;
    }
    memmove(bytes->data, bytes->data + at, bytes->len - at);
    bytes->len -= at;
}

void carrier_work(struct storm *storm)
{
    char chunk[65536];
    if (!house_is_up(&storm->house) || storm->house.worker < 0) {
        buf_clear(&storm->from_worker);
        return;
    }
    for (ssize_t n; (n = recv(storm->house.worker, chunk, sizeof chunk, MSG_DONTWAIT)) > 0;)
        buf_add(&storm->from_worker, chunk, (size_t)n);
    if (storm->from_worker.len)
        read_frames(storm);
}

void carrier_answer(struct storm *storm, unsigned index)
{
    struct result *result = &storm->results[index];
    if (house_is_up(&storm->house) && result->start == storm->house.starts) {
        if (frame_write(storm->house.worker, span_of(result->frame)))
            abort();
        if (result->handed >= 0)
            storm->handed[result->handed].is_answered = true;
    }
    free(result->frame);
    result->frame = NULL;
}
