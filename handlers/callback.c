/* SPDX-License-Identifier: GPL-3.0-or-later */
/* callback - see the header. */
#include "handlers/callback.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define TAKE "ack:"
#define DECLINE "decline:"
#define WHO_BUF_MAX 4096
#define WHO_ID_MAX 40
#define WHO_NAME_MAX (CONTACT_WHO_MAX - WHO_ID_MAX - 4)

bool callback_is_wanted(const struct sms_out *message)
{
    return message->alert && message->alert->awaits_answer && message->alert->alert_id[0];
}

void callback_write(const struct sms_out *message, bool is_taking, char *ret)
{
    (void)snprintf(ret, CALLBACK_DATA_MAX, "%s%s", is_taking ? TAKE : DECLINE, message->alert->alert_id);
}

bool callback_read(const char *data, struct contact_act *act)
{
    bool is_taking = str_starts(data, TAKE);
    if (!is_taking && !str_starts(data, DECLINE))
        return false;
    const char *id = data + strlen(is_taking ? TAKE : DECLINE);
    act->verb = is_taking ? CONTACT_TAKES : CONTACT_DECLINES;
    bool is_whole = str_copy(act->alert_id, sizeof act->alert_id, id);
    if (!is_whole)
        act->alert_id[0] = '\0'; /* part of an id is another id */
    return is_whole && *id;
}

/* What a person may call herself in a chat is any text: what could disturb a list is shown as its code. */
static void add_visible(struct buf *out, const char *text, size_t max)
{
    AUTO_BUF visible;
    buf_init(&visible, WHO_BUF_MAX);
    struct span all = span_of(text);
    str_add_visible(&visible, (struct span){ all.data, utf8_prefix(all, max) });
    buf_add(out, visible.data, buf_check(&visible) ? 0 : utf8_prefix(buf_span(&visible), max));
}

void callback_set_who(const char *name, const char *id, struct contact_act *act)
{
    AUTO_BUF who;
    buf_init(&who, WHO_BUF_MAX);
    add_visible(&who, name, WHO_NAME_MAX);
    if (!str_is_empty(id)) {
        buf_add_text(&who, who.len ? " (" : "(");
        add_visible(&who, id, WHO_ID_MAX);
        buf_add_char(&who, ')');
    }
    str_copy(act->who, sizeof act->who, buf_check(&who) ? "" : who.data);
}
