/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict - the decision and its sentences.
 */
#include "gateway/sender/verdict.h"

#include "gateway/base/str.h"

static const struct {
    CURLcode code;
    const char *sentence;
} sentences[] = {
    { CURLE_COULDNT_RESOLVE_HOST, "the name does not resolve" },
    { CURLE_COULDNT_CONNECT, "the connection was refused" },
    { CURLE_OPERATION_TIMEDOUT, "no answer in time" },
    { CURLE_SSL_CONNECT_ERROR, "the TLS handshake failed" },
    { CURLE_PEER_FAILED_VERIFICATION, "the certificate is not trusted for this host" },
    { CURLE_SSL_CACERT_BADFILE, "the file of trusted certificates cannot be read" },
    { CURLE_USE_SSL_FAILED, "the server offers no STARTTLS" },
    { CURLE_LOGIN_DENIED, "the login was denied" },
    { CURLE_SEND_ERROR, "the connection broke while writing" },
    { CURLE_RECV_ERROR, "the connection broke while reading" },
    { CURLE_GOT_NOTHING, "the connection was closed without an answer" },
    { CURLE_PARTIAL_FILE, "the answer was cut off" },
    { CURLE_WRITE_ERROR, "the answer was too long" },
    { CURLE_WEIRD_SERVER_REPLY, "the answer is not in the form of the protocol" },
    { CURLE_UNSUPPORTED_PROTOCOL, "the answer is not in the form of the protocol" },
    { CURLE_REMOTE_ACCESS_DENIED, "the server does not take the mail" },
    { CURLE_OUT_OF_MEMORY, "the worker is out of memory" },
};

static const char *sentence_of(CURLcode code)
{
    for (size_t i = 0; i < STR_COUNT(sentences); i++)
        if (sentences[i].code == code)
            return sentences[i].sentence;
    return "the attempt failed";
}

/* Before the mail itself, libcurl tells only the last reply code. A time-out or a broken connection leaves an older one
 * behind, which then says nothing about the mail. */
static bool is_refusal(const struct attempt *attempt)
{
    return attempt->is_mail && !attempt->has_begun && attempt->status >= 400 &&
           attempt->code != CURLE_OPERATION_TIMEDOUT && attempt->code != CURLE_RECV_ERROR &&
           attempt->code != CURLE_GOT_NOTHING;
}

struct verdict verdict_not_sent(const char *reason)
{
    return (struct verdict){ .kind = REPLY_NOT_SENT, .reason = reason };
}

struct verdict verdict_reach(const struct attempt *attempt)
{
    int status = (int)attempt->status;
    if (attempt->code == CURLE_OK && status > 0)
        return (struct verdict){ .kind = REPLY_ANSWERED, .status = status, .reason = "answered" };
    if (attempt->is_cut && status > 0 && !attempt->is_mail)
        return (struct verdict){ .kind = REPLY_ANSWERED, .status = status, .reason = "answered, the body was cut" };
    if (attempt->is_address_refused && !attempt->has_begun)
        return verdict_not_sent("the address behind the name is not allowed");
    if (is_refusal(attempt))
        return (struct verdict){ .kind = REPLY_ANSWERED, .status = status, .reason = "refused by the mail server" };
    const char *reason =
        attempt->is_second_try ? "the kept connection was closed by the server" : sentence_of(attempt->code);
    if (!attempt->has_begun || !attempt->is_written)
        return verdict_not_sent(reason);
    return (struct verdict){ .kind = REPLY_UNKNOWN, .reason = reason };
}

const char *verdict_word(int kind)
{
    switch (kind) {
    case REPLY_ANSWERED:
        return "answered";
    case REPLY_NOT_SENT:
        return "not_sent";
    default:
        return "unknown";
    }
}
