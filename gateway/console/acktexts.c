/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acktexts - the texts of a case on the page behind a link (ackparts.h). */
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/console/ackparts.h"
#include "gateway/console/parts.h"
#include "gateway/core/casefile.h"
#include "gateway/core/mask.h"
#include "gateway/store/messages.h"

#define TEXTS_MAX 30               /* the newest; a page must load on a bad line */
#define SHOWN_MAX (16u << 10)      /* bytes of one text */
#define MASKED_MAX (3 * SHOWN_MAX) /* masking writes at most three bytes for one */

struct newest { /* ids, newest first */
    unsigned count;
    bool has_more;
    int64_t ids[TEXTS_MAX];
};

static int note_newest(void *context, const struct message_row *row)
{
    struct newest *newest = context;
    if (newest->count == TEXTS_MAX)
        newest->has_more = true;
    else
        newest->ids[newest->count++] = row->id;
    return 0;
}

static const char *author_of(const struct ackview *view, const struct message_row *row)
{
    if (row->direction == MESSAGE_IN)
        return row->author[0] ? "A responder wrote" : view->row->flags & FLAG_BIT(third_party) ? "The writer" : "She";
    if (str_equal(row->author, view->contact->name))
        return "You, to her";
    return row->author[0] ? "A responder, to her" : "Automatic answer to her";
}

/* What this contact wrote itself is never hidden from it. */
static bool must_mask(const struct ackview *view, const struct message_row *row)
{
    return view->contact->trust != TRUST_FULL && !str_equal(row->author, view->contact->name);
}

static void write_words(struct html *html, const struct ackview *view, const struct message_row *row, struct span plain)
{
    AUTO_BUF masked;
    buf_init(&masked, MASKED_MAX);
    plain.len = utf8_prefix(plain, SHOWN_MAX);
    if (must_mask(view, row)) {
        mask_text(plain, &masked);
        plain = buf_check(&masked) ? span_of("***") : buf_span(&masked);
    }
    parts_begin_words(html, row->direction == MESSAGE_IN ? row->triage.language : "");
    html_text(html, plain);
    PARTS_WORDS_END(html);
}

static void write_from(
    struct html *html, const struct ackview *view, const struct vault_key *key, const struct message_row *row)
{
    AUTO_BUF from;
    buf_init(&from, PHONE_MAX);
    bool is_hers = row->direction == MESSAGE_IN && !row->author[0];
    if (view->contact->trust != TRUST_FULL || !is_hers ||
        casefile_open_message(view->core, key, row, MESSAGE_SENDER, &from) || !from.len)
        return;
    H_LIT(html, " \xc2\xb7 <bdi class=\"from\">");
    html_text(html, buf_span(&from));
    H_LIT(html, "</bdi>");
}

/* A text that does not open must not hide that there is one, nor the case. */
static void write_text(
    struct html *html, const struct ackview *view, const struct vault_key *key, const struct message_row *row)
{
    AUTO_BUF plain;
    buf_init(&plain, VAULT_PLAIN_MAX);
    H_LIT(html, "<li");
    H_ATTR(html, "class", row->direction == MESSAGE_IN ? "in" : "out");
    H_LIT(html, "><p class=\"who\"><b>");
    html_string(html, author_of(view, row));
    H_LIT(html, "</b>");
    write_from(html, view, key, row);
    H_LIT(html, " \xc2\xb7 ");
    ackparts_write_time(html, row->received_at, view->now_ms);
    H_LIT(html, "</p>\n");
    if (row->is_doubtful)
        H_LIT(html, "<p class=\"doubt\">This may not be her: another may have her phone. Do not show that you know the "
                    "case.</p>\n");
    if (casefile_open_message(view->core, key, row, MESSAGE_TEXT, &plain))
        H_LIT(html, "<p>This text cannot be opened.</p>\n");
    else
        write_words(html, view, row, buf_span(&plain));
    H_LIT(html, "</li>\n");
}

static int write_list(struct html *html, const struct ackview *view, const struct vault_key *key, struct newest *newest,
    unsigned *ret_texts)
{
    int rc = 0;
    if (newest->has_more)
        H_LIT(html, "<p>Older texts are not shown here.</p>\n");
    H_LIT(html, "<ol class=\"texts\">\n");
    while (!rc && newest->count) {
        struct message_row row;
        rc = messages_get(view->core->store, newest->ids[--newest->count], &row);
        if (!rc) {
            write_text(html, view, key, &row);
            ++*ret_texts;
        }
    }
    H_LIT(html, "</ol>\n");
    return rc;
}

int ackparts_write_texts(struct html *html, const struct ackview *view, unsigned *ret_texts)
{
    AUTO_KEY key = { { 0 } };
    struct newest newest = { .count = 0 };
    struct messages_filter filter = { .case_id = view->row->id, .limit = TEXTS_MAX + 1 };
    if (view->contact->trust == TRUST_MINIMAL)
        return 0;
    H_LIT(html, "<section>\n<h2>What was written</h2>\n");
    if (view->contact->trust == TRUST_MASKED)
        H_LIT(html, "<p class=\"hint\">Numbers and names are hidden (***).</p>\n");
    int rc = messages_list(view->core->store, &filter, note_newest, &newest);
    if (!rc && casefile_key(view->core, view->row, &key))
        H_LIT(html, "<p>The texts cannot be opened.</p>\n");
    else if (!rc)
        rc = write_list(html, view, &key, &newest, ret_texts);
    H_LIT(html, "</section>\n");
    return rc;
}
