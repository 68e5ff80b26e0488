/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack - see the header. */
#include "handlers/ack.h"

#include <string.h>

void ack_fill(enum answer_to to, int malformed_status, struct reply *ret_reply)
{
    const int statuses[] = { [ANSWER_STORED] = 200,
        [ANSWER_REPORT] = 200,
        [ANSWER_FORBIDDEN] = 403,
        [ANSWER_MALFORMED] = malformed_status,
        [ANSWER_BUSY] = 503 };
    memset(ret_reply, 0, sizeof *ret_reply);
    ret_reply->status = statuses[to];
    ret_reply->content_type = "text/plain";
}
