/* SPDX-License-Identifier: GPL-3.0-or-later */
/* held - see held.h. */
#include "gateway/core/held.h"

#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"

static const struct vault_place nowhere = { "quarantine", "request", 0, 0 };

/* Headers hold no line ends (the HTTP layer refuses them); a stray one would split the line, so it becomes a space. */
static void add_line(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_add_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

void held_write(const struct request *request, struct buf *out)
{
    add_line(out, request->method);
    buf_add_char(out, ' ');
    add_line(out, request->path);
    if (request->query[0]) {
        buf_add_char(out, '?');
        add_line(out, request->query);
    }
    buf_add_char(out, '\n');
    for (size_t i = 0; i < request->header_count && i < HELD_HEADERS_MAX; i++) {
        add_line(out, request->headers[i].name);
        buf_add_text(out, ": ");
        add_line(out, request->headers[i].value);
        buf_add_char(out, '\n');
    }
    buf_add_char(out, '\n');
    /* Only a raised body limit lets more in than is kept; then the beginning is better than nothing. */
    size_t room = out->max > out->len ? out->max - out->len : 0;
    buf_add(out, request->body.data, request->body.len < room ? request->body.len : room);
}

/* Cuts one line off the front of *cursor; NULL at the end. */
static char *take_line(char **cursor, const char *end)
{
    char *line = *cursor, *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop)
        return NULL;
    *stop = '\0';
    *cursor = stop + 1;
    return line;
}

static int read_request_line(char *line, struct request *request)
{
    char *space = strchr(line, ' ');
    if (!space)
        return ERR_CORRUPT;
    *space = '\0';
    request->method = line;
    request->path = space + 1;
    char *question = strchr(space + 1, '?');
    request->query = question ? question + 1 : "";
    if (question)
        *question = '\0';
    return 0;
}

int held_read(struct held *held)
{
    char *cursor = held->bytes.data, *end = cursor + held->bytes.len;
    char *line = cursor ? take_line(&cursor, end) : NULL;
    if (!line || read_request_line(line, &held->request))
        return ERR_CORRUPT;
    size_t count = 0;
    while ((line = take_line(&cursor, end)) && line[0]) {
        char *colon = strstr(line, ": ");
        if (!colon || count == HELD_HEADERS_MAX)
            return ERR_CORRUPT;
        *colon = '\0';
        held->headers[count++] = (struct request_header){ line, colon + 2 };
    }
    if (!line)
        return ERR_CORRUPT;
    held->request.headers = held->headers;
    held->request.header_count = count;
    held->request.body = (struct span){ cursor, (size_t)(end - cursor) };
    return 0;
}

int held_keep(struct core *core, const char *channel, const char *reason, const struct request *request, int64_t now_ms)
{
    AUTO_BUF plain;
    AUTO_BUF sealed;
    buf_init(&plain, HELD_BYTES_MAX);
    buf_init(&sealed, HELD_BYTES_MAX + 512);
    held_write(request, &plain);
    struct quarantine_row row = {
        .id = store_next_id(core->store, SEQUENCE_QUARANTINE),
        .at = now_ms,
        .state = STATE_quarantine_kept,
        .size = (int64_t)plain.len,
    };
    struct vault_place place = nowhere;
    place.row_id = row.id;
    str_copy(row.channel, sizeof row.channel, channel);
    str_copy(row.reason, sizeof row.reason, reason);
    int rc = buf_check(&plain);
    if (!rc)
        rc = vault_seal(core->vault, NULL, &place, buf_span(&plain), &sealed);
    if (rc)
        return rc;
    row.request = buf_span(&sealed);
    rc = quarantine_insert(core->store, &row);
    if (!rc)
        log_event(LOG_LEVEL_WARNING, EV_quarantined, F_INT("quarantine", row.id), F_WORD("channel", row.channel),
            F_WORD("reason", row.reason));
    return rc;
}

int held_open(struct core *core, const struct quarantine_row *row, struct held *ret_held)
{
    struct vault_place place = nowhere;
    place.row_id = row->id;
    *ret_held = (struct held){ 0 };
    buf_init(&ret_held->bytes, HELD_BYTES_MAX);
    int rc = vault_unseal(core->vault, NULL, &place, row->request, &ret_held->bytes);
    if (!rc)
        rc = held_read(ret_held);
    if (rc)
        held_done(ret_held);
    return rc;
}

void held_done(struct held *held)
{
    buf_done(&held->bytes);
}
