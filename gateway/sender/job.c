/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job - reading a job frame.
 * Why:   the bounds are checked here a second time although the daemon built the job: a text of a stranger is inside
 * it.
 */
#include "gateway/sender/job.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"

static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };

/* Headers with which a job could change where the request ends or who it is for (RFC 9112 §6, RFC 9110 §7.6). */
static const char *const own_headers[] = { "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade",
    "Expect", "TE", "Trailer", "Keep-Alive" };

static const char token_letters[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char id_letters[] = "._:-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const char *job_frame_id(const json_t *frame)
{
    const char *id = json_text(frame, "job", "");
    size_t len = strlen(id);
    return len > 0 && len < JOB_ID_MAX && strspn(id, id_letters) == len ? id : NULL;
}

static int invalid(struct error *error, const char *why)
{
    return error_set(error, ERR_INVALID, "%s", why);
}

/* An absent key is *ret_text = NULL; a value that is no string, too long or with a control character is refused. */
static int read_text(const json_t *frame, const char *key, size_t max, char **ret_text, struct error *error)
{
    const json_t *value = json_object_get(frame, key);
    if (value == NULL || json_is_null(value))
        return 0;
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) > max)
        return error_set(error, ERR_INVALID, "%s is not a text of at most %zu bytes", key, max);
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return error_set(error, ERR_INVALID, "%s holds a control character", key);
    if (text[0] == '\0')
        return 0;
    *ret_text = strdup(text);
    return *ret_text != NULL ? 0 : error_set(error, ERR_NOMEM, "out of memory");
}

static int read_method(const json_t *frame, struct job *job, struct error *error)
{
    const char *word = json_text(frame, "method", "POST");
    for (size_t i = 0; i < STR_COUNT(methods); i++)
        if (str_equal(word, methods[i]))
            job->method = methods[i];
    if (job->method == NULL)
        return invalid(error, "the method is not spoken here");
    if (str_equal(job->method, "GET") && job->body.len > 0)
        return invalid(error, "GET has no body");
    return 0;
}

static bool is_own_header(const char *name)
{
    for (size_t i = 0; i < STR_COUNT(own_headers); i++)
        if (str_equal_nocase(name, own_headers[i]))
            return true;
    return str_starts_nocase(name, "Proxy-");
}

static int add_header(struct job *job, const json_t *pair, struct error *error)
{
    const char *name = json_string_value(json_array_get(pair, 0));
    const char *value = json_string_value(json_array_get(pair, 1));
    if (json_array_size(pair) != 2 || name == NULL || value == NULL ||
        strlen(name) + strlen(value) > JOB_HEADER_LEN_MAX)
        return invalid(error, "a header is no pair of short texts");
    if (name[0] == '\0' || strspn(name, token_letters) != strlen(name) || is_own_header(name))
        return invalid(error, "a header name is not allowed");
    for (const char *c = value; *c != '\0'; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return invalid(error, "a header value holds a control character");
    AUTO_BUF line;
    buf_init(&line, JOB_HEADER_LEN_MAX + 2);
    /* To libcurl "Name:" means "leave this header out"; an empty header is written "Name;". */
    bool is_empty = value[strspn(value, " \t")] == '\0';
    buf_add_format(&line, is_empty ? "%s;" : "%s: %s", name, value);
    struct curl_slist *grown = buf_check(&line) == 0 ? curl_slist_append(job->headers, line.data) : NULL;
    if (grown == NULL)
        return error_set(error, ERR_NOMEM, "out of memory");
    job->headers = grown;
    return 0;
}

static int read_headers(const json_t *frame, struct job *job, struct error *error)
{
    const json_t *list = json_object_get(frame, "headers");
    if (list == NULL)
        return 0;
    if (!json_is_array(list) || json_array_size(list) > JOB_HEADERS_MAX)
        return invalid(error, "headers is no list, or too long");
    for (size_t i = 0; i < json_array_size(list); i++) {
        int status = add_header(job, json_array_get(list, i), error);
        if (status != 0)
            return status;
    }
    return 0;
}

static int read_body(const json_t *frame, struct job *job, struct error *error)
{
    const json_t *value = json_object_get(frame, "body");
    if (value == NULL)
        return 0;
    if (!json_is_string(value))
        return invalid(error, "body is no text");
    struct span text = { json_string_value(value), json_string_length(value) };
    if (str_base64_decode(&job->body, text) != 0 || buf_check(&job->body) != 0)
        return invalid(error, "body is not base64 or too long");
    return 0;
}

static int read_limits(const json_t *frame, struct job *job, struct error *error)
{
    int64_t timeout = json_int(frame, "timeout_ms", 0), reply = json_int(frame, "reply_max", 0);
    if (timeout < 0 || reply < 0)
        return invalid(error, timeout < 0 ? "timeout_ms is negative" : "reply_max is negative");
    job->reply_max = reply == 0 ? JOB_REPLY_MAX : (size_t)(reply < JOB_REPLY_MAX_MAX ? reply : JOB_REPLY_MAX_MAX);
    job->timeout_ms =
        timeout == 0 ? JOB_TIMEOUT_MS : (long)(timeout < JOB_TIMEOUT_MAX_MS ? timeout : JOB_TIMEOUT_MAX_MS);
    return 0;
}

static int read_kind(const json_t *frame, struct job *job, struct error *error)
{
    const char *word = json_text(frame, "kind", "");
    if (!str_equal(word, "http") && !str_equal(word, "mail"))
        return invalid(error, "the kind is not spoken here");
    job->kind = str_equal(word, "mail") ? JOB_MAIL : JOB_HTTP;
    int status = target_parse(json_text(frame, "url", ""), &job->target, error);
    if (status != 0)
        return status;
    bool is_mail_scheme = job->target.scheme == SCHEME_SMTP || job->target.scheme == SCHEME_SMTPS;
    if (is_mail_scheme != (job->kind == JOB_MAIL))
        return invalid(error, "the scheme of the URL does not fit the kind");
    return 0;
}

static int read_envelope(const json_t *frame, struct job *job, struct error *error)
{
    int status = read_text(frame, "from", JOB_ADDRESS_MAX, &job->from, error);
    if (status == 0)
        status = read_text(frame, "to", JOB_ADDRESS_MAX, &job->to, error);
    if (status != 0)
        return status;
    if (job->to == NULL)
        return invalid(error, "a mail needs an address in to");
    if (strpbrk(job->to, " <>") != NULL || (job->from != NULL && strpbrk(job->from, " <>") != NULL))
        return invalid(error, "an envelope address holds a blank or an angle bracket");
    if (job->body.len == 0)
        return invalid(error, "a mail needs a body");
    job->needs_starttls = json_bool(frame, "starttls", true) && job->target.scheme == SCHEME_SMTP;
    return 0;
}

int job_read(const json_t *frame, struct job **ret_job, struct error *error)
{
    struct job *job = calloc(1, sizeof(*job));
    if (job == NULL)
        return error_set(error, ERR_NOMEM, "out of memory");
    buf_init(&job->body, JOB_BODY_MAX);
    str_copy(job->id, sizeof(job->id), job_frame_id(frame));
    int status = read_kind(frame, job, error);
    if (status == 0)
        status = read_limits(frame, job, error);
    if (status == 0)
        status = read_text(frame, "username", JOB_SECRET_MAX, &job->username, error);
    if (status == 0)
        status = read_text(frame, "password", JOB_SECRET_MAX, &job->password, error);
    if (status == 0)
        status = read_body(frame, job, error);
    if (status == 0 && job->kind == JOB_MAIL)
        status = read_envelope(frame, job, error);
    if (status == 0 && job->kind == JOB_HTTP)
        status = read_method(frame, job, error);
    if (status == 0 && job->kind == JOB_HTTP)
        status = read_headers(frame, job, error);
    if (status == 0)
        *ret_job = job;
    else
        job_free(job);
    return status;
}

static void free_secret(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    if (job->body.data != NULL)
        explicit_bzero(job->body.data, job->body.len);
    buf_done(&job->body);
    free_secret(job->password);
    free_secret(job->username);
    free_secret(job->to);
    free_secret(job->from);
    for (struct curl_slist *line = job->headers; line != NULL; line = line->next)
        explicit_bzero(line->data, strlen(line->data));
    curl_slist_free_all(job->headers);
    target_done(&job->target);
    free(job);
}

bool job_is_plain(const struct job *job)
{
    return job->target.scheme == SCHEME_HTTP || (job->target.scheme == SCHEME_SMTP && !job->needs_starttls);
}

const char *job_refusal(struct job *job, const struct allow *allow)
{
    if (!allow_has_destination(allow, job->target.host, job->target.port))
        return "the destination is not on the allow-list";
    job->is_trusted = allow_has_insecure_host(allow, job->target.host);
    if (job_is_plain(job) && !job->is_trusted)
        return "plain text is not allowed to this host";
    return NULL;
}
