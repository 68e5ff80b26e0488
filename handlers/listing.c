/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listing - see the header. */
#include "handlers/listing.h"

#include <string.h>

#include "handlers/httpreply.h"
#include "handlers/jsonhook.h"

#define NO_SUCH_ADDRESS 404

void listing_judge(const struct transmit_reply *reply, struct poll_page *ret_page)
{
    struct send_result result;
    httpreply_read(reply, true, &result);
    *ret_page = (struct poll_page){ .outcome = result.outcome, .retry_after_s = result.retry_after_s };
    if (reply->kind == REPLY_ANSWERED && reply->status == NO_SUCH_ADDRESS) /* a wrong account, or a wrong region */
        ret_page->outcome = OUTCOME_bad_config;
}

json_t *listing_read(const struct transmit_reply *reply, struct poll_page *ret_page)
{
    struct error error;
    listing_judge(reply, ret_page);
    if (ret_page->outcome != OUTCOME_sent)
        return NULL;
    json_t *root = json_read(reply->body, &error);
    if (!root)
        ret_page->outcome = OUTCOME_unparseable;
    return root;
}

int listing_refuse(struct poll_page *ret_page)
{
    ret_page->outcome = OUTCOME_unparseable;
    return ERR_INVALID;
}

int listing_fill(const struct settings *settings, json_t *list, listing_item_fn fn, struct sms_in *out, size_t max,
    struct poll_page *ret_page)
{
    size_t count = 0, i;
    json_t *item;
    if (!json_is_array(list))
        return listing_refuse(ret_page);
    json_array_foreach(list, i, item)
    {
        int rc = count < max ? fn(settings, item, &out[count]) : ERR_LIMIT;
        if (rc == ERR_NOMEM) {
            ret_page->outcome = OUTCOME_retry_network;
            return jsonhook_give_up(out, count, rc);
        }
        ret_page->unread += rc < 0;
        count += rc > 0;
    }
    return (int)count;
}
