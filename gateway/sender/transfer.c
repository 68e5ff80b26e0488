/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer - setting up libcurl.
 * Why:   the defaults of libcurl serve a browser-like tool: proxies and .netrc from the environment, retry on a dead
 *        kept connection. Each option below takes one of these away or states a default that we depend on.
 * Keeps: the debug callback only counts; libcurl hands it every byte, and not one of them goes anywhere.
 */
#include "gateway/sender/transfer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/sender/address.h"

#define RETRY_AFTER_MAX_S 86400

/* ---- callbacks: all of them get the transfer ---- */

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count, room = transfer->reply.max - transfer->reply.len;
    buf_add(&transfer->reply, data, len < room ? len : room);
    if (len <= room)
        return len;
    transfer->attempt.is_cut = true;
    return 0;
}

/* The EHLO lines of a mail server come this way too: "250-8BITMIME". What was offered before STARTTLS does not count.
 */
static void note_feature(struct transfer *transfer, struct span line)
{
    char word[16];
    if (line.len < 4 || line.len - 4 >= sizeof(word) ||
        !str_copy_span(word, sizeof(word), (struct span){ line.data + 4, line.len - 4 }))
        return;
    word[strcspn(word, " \r\n")] = '\0';
    if (memcmp(line.data, "220", 3) == 0)
        transfer->has_8bitmime = transfer->has_smtputf8 = false;
    transfer->has_8bitmime = transfer->has_8bitmime || str_equal_nocase(word, "8BITMIME");
    transfer->has_smtputf8 = transfer->has_smtputf8 || str_equal_nocase(word, "SMTPUTF8");
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count;
    transfer->headers_in += len;
    if (transfer->attempt.is_mail)
        note_feature(transfer, (struct span){ data, len });
    return transfer->headers_in <= TRANSFER_HEADERS_MAX ? len : 0;
}

static int count_bytes(CURL *easy, curl_infotype type, char *data, size_t len, void *context)
{
    struct transfer *transfer = context;
    (void)easy;
    (void)data;
    if (type == CURLINFO_HEADER_OUT)
        transfer->headers_out += len;
    else if (type == CURLINFO_DATA_OUT)
        transfer->body_out += len;
    return 0;
}

/* Runs when the connection stands and again if libcurl wants to write the request a second
 * time, because a kept connection turned out to be dead. Whether the first copy was taken, nobody knows: never again.
 */
static int allow_request(void *context, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct transfer *transfer = context;
    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    if (transfer->attempt.has_begun) {
        transfer->attempt.is_second_try = true;
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->attempt.has_begun = true;
    return CURL_PREREQFUNC_OK;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    struct job *job = transfer->job;
    enum address_class class = address_classify(&address->addr, (socklen_t)address->addrlen);
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !address_is_permitted(class, job->target.is_literal, job->is_trusted, job_is_plain(job))) {
        transfer->attempt.is_address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- options ---- */

#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        if (curl_easy_setopt(easy, option, value) != CURLE_OK)                                                         \
            return ERR_INVALID;                                                                                        \
    } while (0)

static int set_rules(struct transfer *transfer, CURL *easy)
{
    const char *scheme = scheme_word(transfer->job->target.scheme);
    SET(CURLOPT_PROTOCOLS_STR, scheme);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, scheme);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* do not wait for the thread of a name that does not resolve in time */
    SET(CURLOPT_CONNECTTIMEOUT_MS, TRANSFER_CONNECT_MS);
    SET(CURLOPT_TIMEOUT_MS, transfer->job->timeout_ms);
    SET(CURLOPT_MAXAGE_CONN, TRANSFER_IDLE_S);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    return 0;
}

static int set_tls(const char *ca_file, CURL *easy)
{
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (ca_file != NULL) {
        SET(CURLOPT_CAINFO, ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    return 0;
}

static int set_watch(struct transfer *transfer, CURL *easy)
{
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_PRIVATE, transfer);
    return 0;
}

static bool has_header(const struct job *job, const char *name)
{
    size_t len = strlen(name);
    for (const struct curl_slist *line = job->headers; line != NULL; line = line->next)
        if (strncasecmp(line->data, name, len) == 0 && (line->data[len] == ':' || line->data[len] == ';'))
            return true;
    return false;
}

/* libcurl adds what it thinks a POST needs; "Name:" takes it away again. */
static int leave_out(struct job *job, const char *name)
{
    if (has_header(job, name))
        return 0;
    char line[64];
    int len = snprintf(line, sizeof(line), "%s:", name);
    struct curl_slist *grown = len > 0 && (size_t)len < sizeof(line) ? curl_slist_append(job->headers, line) : NULL;
    if (grown == NULL)
        return ERR_NOMEM;
    job->headers = grown;
    return 0;
}

static int set_http(struct transfer *transfer, CURL *easy)
{
    struct job *job = transfer->job;
    if (leave_out(job, "Expect") != 0 || leave_out(job, "Content-Type") != 0)
        return ERR_NOMEM;
    SET(CURLOPT_PREREQFUNCTION, allow_request);
    SET(CURLOPT_PREREQDATA, transfer);
    SET(CURLOPT_DEBUGFUNCTION, count_bytes);
    SET(CURLOPT_DEBUGDATA, transfer);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_USERAGENT, "helplined/" HELPLINED_VERSION);
    SET(CURLOPT_HTTPHEADER, job->headers);
    if (strcmp(job->method, "GET") == 0) {
        SET(CURLOPT_HTTPGET, 1L);
        return 0;
    }
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->body.len);
    SET(CURLOPT_POSTFIELDS, job->body.data != NULL ? job->body.data : "");
    SET(CURLOPT_CUSTOMREQUEST, job->method);
    return 0;
}

/* Connection, TLS and login are libcurl's; the mail itself is ours (dialogue). */
static int set_mail(const struct job *job, CURL *easy)
{
    SET(CURLOPT_CONNECT_ONLY, 1L);
    SET(CURLOPT_USE_SSL, job_is_plain(job) ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    return 0;
}

static int set_job(struct transfer *transfer, CURL *easy)
{
    struct job *job = transfer->job;
    SET(CURLOPT_CURLU, job->target.parsed);
    if (job->username != NULL) {
        SET(CURLOPT_USERNAME, job->username);
        SET(CURLOPT_PASSWORD, job->password != NULL ? job->password : "");
    }
    return job->kind == JOB_MAIL ? set_mail(job, easy) : set_http(transfer, easy);
}

int transfer_new(struct job *job, const char *ca_file, struct transfer **ret_transfer)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        job_free(job);
        return ERR_NOMEM;
    }
    transfer->job = job;
    transfer->attempt.is_mail = job->kind == JOB_MAIL;
    buf_init(&transfer->reply, job->reply_max);
    transfer->easy = curl_easy_init();
    int status = transfer->easy != NULL ? 0 : ERR_NOMEM;
    if (status == 0)
        status = set_rules(transfer, transfer->easy);
    if (status == 0)
        status = set_tls(ca_file, transfer->easy);
    if (status == 0)
        status = set_watch(transfer, transfer->easy);
    if (status == 0)
        status = set_job(transfer, transfer->easy);
    if (status == 0)
        *ret_transfer = transfer;
    else
        transfer_free(transfer);
    return status;
}

void transfer_free(struct transfer *transfer)
{
    if (transfer == NULL)
        return;
    curl_easy_cleanup(transfer->easy);
    buf_done(&transfer->reply);
    job_free(transfer->job);
    free(transfer);
}

/* A request without a body counts as written with its first byte: doubt goes to "unknown". */
static bool is_request_written(const struct transfer *transfer)
{
    size_t body_len = transfer->job->body.len;
    return body_len > 0 ? transfer->body_out >= body_len : transfer->headers_out > 0;
}

struct verdict transfer_finish(struct transfer *transfer, CURLcode code)
{
    struct attempt *attempt = &transfer->attempt;
    curl_off_t wait_s = 0;
    attempt->code = code;
    if (attempt->is_mail && attempt->has_begun)
        return verdict_reach(attempt);
    if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &attempt->status) != CURLE_OK)
        attempt->status = 0;
    if (attempt->is_mail)
        return verdict_reach(attempt);
    attempt->is_written = is_request_written(transfer);
    if (curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &wait_s) == CURLE_OK && wait_s > 0)
        transfer->retry_after_s = (long)(wait_s < RETRY_AFTER_MAX_S ? wait_s : RETRY_AFTER_MAX_S);
    return verdict_reach(attempt);
}
