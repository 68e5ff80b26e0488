/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ackforms - what can be done on the page behind a link (ackparts.h).
 * Keeps: a form has no address: it goes to the page's own; what sends words carries the mark of what was written
 * before, so that a second touch or a reload sends nothing twice.
 */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/ackparts.h"
#include "gateway/core/acts.h"
#include "gateway/store/messages.h"

/* ---- the mark -------------------------------------------------------------------------------------------------- */

struct written {
    const char *contact, *actor;
    struct ack_mark *mark;
};

static int note_message(void *context, const struct message_row *row)
{
    const struct written *written = context;
    if (row->direction == MESSAGE_OUT && str_equal(row->author, written->contact) &&
        row->id > written->mark->message_id)
        written->mark->message_id = row->id;
    return 0;
}

static int note_note(void *context, const struct note_row *row)
{
    const struct written *written = context;
    if (str_equal(row->author, written->actor) && row->id > written->mark->note_id)
        written->mark->note_id = row->id;
    return 0;
}

int ackview_mark(const struct core *core, const struct case_row *row, const char *contact, struct ack_mark *ret_mark)
{
    char actor[NAME_MAX_LEN + 16];
    snprintf(actor, sizeof actor, "contact:%s", contact);
    *ret_mark = (struct ack_mark){ 0, 0 };
    struct written written = { contact, actor, ret_mark };
    struct messages_filter filter = { .case_id = row->id, .limit = 1000 };
    int rc = messages_list(core->store, &filter, note_message, &written);
    return rc ? rc : cases_list_notes(core->store, row->id, note_note, &written);
}

void ackview_print_mark(const struct ack_mark *mark, char *ret, size_t size)
{
    snprintf(ret, size, "%lld.%lld", (long long)mark->message_id, (long long)mark->note_id);
}

/* ---- forms ----------------------------------------------------------------------------------------------------- */

static void begin_form(struct html *html, const char *action)
{
    H_LIT(html, "<form method=\"post\">\n<input type=\"hidden\" name=\"action\"");
    H_ATTR(html, "value", action);
    H_LIT(html, ">\n");
}

static void write_button(struct html *html, const char *action, const char *label, const char *class)
{
    begin_form(html, action);
    H_LIT(html, "<button type=\"submit\"");
    H_ATTR(html, "class", class);
    H_LIT(html, ">");
    html_string(html, label);
    H_LIT(html, "</button>\n</form>\n");
}

static void write_mark(struct html *html, const struct ack_mark *mark)
{
    char text[48];
    ackview_print_mark(mark, text, sizeof text);
    H_LIT(html, "<input type=\"hidden\" name=\"after\"");
    H_ATTR(html, "value", text);
    H_LIT(html, ">\n");
}

/* The line end behind the tag is the one that browsers drop. */
static void write_kept(struct html *html, const struct ackview *view, enum ack_action action)
{
    H_LIT(html, ">\n");
    if (view->kept_for == action)
        html_text(html, view->kept);
    H_LIT(html, "</textarea>\n");
}

static void write_reason(struct html *html, const struct ackview *view)
{
    H_LIT(html,
        "<label for=\"reason\">Why it must be sent all the same <span class=\"hint\">(is kept with your name)"
        "</span></label>\n<textarea id=\"reason\" name=\"reason\" rows=\"2\" maxlength=\"500\" dir=\"auto\">\n");
    html_text(html, view->kept_reason);
    H_LIT(html, "</textarea>\n");
}

static void write_say(struct html *html, const struct ackview *view, const struct ack_mark *mark)
{
    H_LIT(html, "<section class=\"act\">\n<h2>Write to her</h2>\n");
    begin_form(html, "say");
    write_mark(html, mark);
    H_LIT(html, "<label for=\"say\">Goes as SMS from the number she knows. She does not see yours. "
                "Somebody else may read it: name no organisation, no place, no help line.</label>\n"
                "<textarea id=\"say\" name=\"text\" rows=\"4\" required maxlength=\"1000\" dir=\"auto\"");
    write_kept(html, view, ACK_SAY);
    if (view->wants_reason)
        write_reason(html, view);
    H_LIT(html, "<button type=\"submit\" class=\"primary\">Send to her</button>\n</form>\n</section>\n");
}

static void write_note(struct html *html, const struct ackview *view, const struct ack_mark *mark)
{
    if (view->kept_for == ACK_NOTE && view->kept.len)
        H_LIT(html, "<details open>\n");
    else
        H_LIT(html, "<details>\n");
    H_LIT(html, "<summary>Add a note</summary>\n");
    begin_form(html, "note");
    write_mark(html, mark);
    H_LIT(html, "<label for=\"note\">For those who work on the case. She does not see it.</label>\n"
                "<textarea id=\"note\" name=\"text\" rows=\"4\" required maxlength=\"4000\" dir=\"auto\"");
    write_kept(html, view, ACK_NOTE);
    H_LIT(html, "<button type=\"submit\">Keep the note</button>\n</form>\n</details>\n");
}

static void write_end(struct html *html, const struct ackview *view)
{
    if (view->kept_for == ACK_END && view->kept.len)
        H_LIT(html, "<details open>\n");
    else
        H_LIT(html, "<details>\n");
    H_LIT(html, "<summary>End the case</summary>\n");
    begin_form(html, "end");
    H_LIT(html, "<label for=\"end\">How did it end? All alarms for it stop.</label>\n"
                "<textarea id=\"end\" name=\"text\" rows=\"3\" required maxlength=\"4000\" dir=\"auto\"");
    write_kept(html, view, ACK_END);
    H_LIT(html, "<button type=\"submit\">End the case</button>\n</form>\n</details>\n");
}

/* ---- which of them --------------------------------------------------------------------------------------------- */

static bool is_holder(const struct ackview *view)
{
    return view->row->state == STATE_case_taken; /* a link that is live while another holds the case does not exist */
}

int ackparts_write_first_forms(struct html *html, const struct ackview *view)
{
    H_LIT(html, "<div class=\"buttons\">\n");
    if (!is_holder(view)) {
        write_button(html, "take", "I take this case", "primary");
        if (view->alert->state != STATE_alert_declined)
            write_button(html, "decline", "I cannot", "");
    } else if (!view->row->contacted_at) {
        write_button(html, "contacted", "I have reached her", "primary");
    }
    H_LIT(html, "</div>\n");
    if (!is_holder(view) && view->alert->state != STATE_alert_declined)
        H_LIT(html, "<p class=\"hint\">If you take it, the others are told. If you cannot, the next one is asked at "
                    "once. Looking at this page changes nothing.</p>\n");
    else if (is_holder(view) && !view->row->contacted_at)
        H_LIT(html, "<p class=\"hint\">As long as nobody has reached her, the alarm comes back.</p>\n");
    return 0;
}

int ackparts_write_more_forms(struct html *html, const struct ackview *view)
{
    struct ack_mark mark;
    int rc = ackview_mark(view->core, view->row, view->contact->name, &mark);
    if (rc)
        return rc;
    if (is_holder(view))
        write_say(html, view, &mark);
    H_LIT(html, "<section class=\"act\">\n<h2>More</h2>\n");
    write_note(html, view, &mark);
    if (is_holder(view)) {
        write_end(html, view);
        H_LIT(html, "<details>\n<summary>Give the case back</summary>\n"
                    "<p>You cannot go on with it: the others are asked again at once.</p>\n");
        write_button(html, "decline", "I cannot go on", "");
        H_LIT(html, "</details>\n");
    }
    H_LIT(html, "</section>\n");
    return 0;
}
