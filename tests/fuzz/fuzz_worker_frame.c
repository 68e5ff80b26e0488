/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_worker_frame - any frame of a daemon: what the sender makes of it keeps every bound of gateway/PROTOCOL.md.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/sender/job.h"
#include "gateway/sender/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void check_line(const char *text)
{
    for (; *text != '\0'; text++)
        must_be(*text != '\r' && *text != '\n');
}

static void check_address(const char *address)
{
    if (address == NULL)
        return;
    check_line(address);
    must_be(strlen(address) <= JOB_ADDRESS_MAX && strpbrk(address, " <>") == NULL);
}

static void check_job(struct job *job)
{
    static const struct allow nothing;
    bool is_mail_scheme = job->target.scheme == SCHEME_SMTP || job->target.scheme == SCHEME_SMTPS;

    must_be(job->id[0] != '\0' && job->target.host[0] != '\0' && job->target.port >= 1 && job->target.port <= 65535);
    must_be(strpbrk(job->target.host, "@/ \\") == NULL);
    must_be(is_mail_scheme == (job->kind == JOB_MAIL));
    must_be(job->timeout_ms >= 1 && job->timeout_ms <= JOB_TIMEOUT_MAX_MS && job->body.len <= JOB_BODY_MAX);
    must_be(job->kind == JOB_MAIL ? job->to != NULL : job->method != NULL);
    for (const struct curl_slist *line = job->headers; line != NULL; line = line->next) {
        check_line(line->data);
        must_be(!str_starts_nocase(line->data, "Host:") && !str_starts_nocase(line->data, "Transfer-Encoding:") &&
                !str_starts_nocase(line->data, "Content-Length:"));
    }
    check_address(job->from);
    check_address(job->to);
    must_be(job_refusal(job, &nothing) != NULL);
}

static void try_job(const json_t *frame)
{
    struct error error = { "" };
    struct job *job = NULL;
    const char *id = job_frame_id(frame);

    if (id == NULL)
        return;
    must_be(strlen(id) < JOB_ID_MAX && strpbrk(id, " \"\\\n") == NULL);
    int status = job_read(frame, &job, &error);
    must_be((status == 0) == (job != NULL));
    if (job != NULL)
        check_job(job);
    else
        must_be(error.text[0] != '\0');
    job_free(job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = { "" };
    enum wire_word word = WIRE_NONE;
    json_t *raw = NULL;
    struct allow allow;
    int status = wire_read((struct span){ (const char *)data, size }, &raw, &word, &error);
    AUTO_JSON *frame = raw;

    must_be((status == 0) == (frame != NULL) && (status == 0) == (word != WIRE_NONE));
    if (status != 0)
        return 0;
    if (word == WIRE_JOB)
        try_job(frame);
    if (allow_read(frame, &allow, &error) == 0)
        must_be(allow.entry_count <= ALLOW_ENTRIES_MAX && allow.host_count <= ALLOW_HOSTS_MAX);
    else
        must_be(allow.entry_count == 0 && allow.entries == NULL);
    allow_done(&allow);
    return 0;
}
