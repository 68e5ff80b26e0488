/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job - one finished request of the daemon: read from its frame, checked against every bound of gateway/PROTOCOL.md
 * §2.4. Keeps: a job that was read can be transmitted as it stands: no header of it can break the framing, no address
 * of it the SMTP dialogue. Not here: whether its destination is allowed (job_refusal asks allow), how it is transmitted
 * (transfer).
 */
#ifndef GATEWAY_SENDER_JOB_H
#define GATEWAY_SENDER_JOB_H

#include <curl/curl.h>

#include "gateway/json/json.h"
#include "gateway/sender/allow.h"
#include "gateway/sender/target.h"

#define JOB_ID_MAX 65 /* with NUL */
#define JOB_HEADERS_MAX 64
#define JOB_HEADER_LEN_MAX 8192
#define JOB_SECRET_MAX 1024
#define JOB_ADDRESS_MAX 320
#define JOB_BODY_MAX (256u << 10)
#define JOB_REPLY_MAX (64u << 10) /* of the answer's body, unless the job says otherwise */
#define JOB_REPLY_MAX_MAX (512u << 10)
#define JOB_TIMEOUT_MS 30000
#define JOB_TIMEOUT_MAX_MS 60000

enum job_kind { JOB_HTTP, JOB_MAIL };

struct job {
    char id[JOB_ID_MAX];
    enum job_kind kind;
    struct target target;
    bool needs_starttls;
    const char *method; /* HTTP, static storage */
    struct curl_slist *headers;
    char *username, *password; /* NULL = none */
    char *from, *to;           /* mail */
    struct buf body;
    long timeout_ms;
    size_t reply_max; /* bytes of the answer's body that are kept */
    bool is_trusted;  /* set by job_refusal: the host is in insecure_hosts */
};

/* The id of a job frame, borrowed from it; NULL when it is unusable (a protocol error). */
const char *job_frame_id(const json_t *frame);

/* ERR_INVALID with a sentence (answered not_sent by the caller), ERR_NOMEM. The id must be usable. */
int job_read(const json_t *frame, struct job **ret_job, struct error *error) MUST_CHECK;
/* Wipes password and body. NULL is fine. */
void job_free(struct job *job);

/* Nothing of this job will be encrypted. */
bool job_is_plain(const struct job *job);

/* Why the job must not even begin, a fixed sentence; NULL when its destination is allowed. */
const char *job_refusal(struct job *job, const struct allow *allow);

#endif
