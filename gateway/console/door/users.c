/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * users - who has an account, and who is in: a supervisor adds, changes, disables, resets and puts out.
 * Keeps: an address by which an account begins is shown once, to who asked for it, and to its person by a way outside.
 * Not here: what may be done to whom (core/staff).
 */
#include "gateway/base/str.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"
#include "gateway/store/signins.h"

#define VALUE_MAX 80

static const struct parts_option roles[] = { { "viewer", "viewer: reads the cases given to it" },
    { "caseworker", "caseworker: takes and works cases" },
    { "supervisor", "supervisor: gives out cases and accounts, reads none" },
    { "auditor", "auditor: the record and the figures" } };

struct users {
    struct visit *visit;
    struct html *html;
    const json_t *accounts;
};

/* ---- who is in ------------------------------------------------------------------------------------------------- */

/* A button that does one thing to one person. */
static void write_button(const struct users *users, const char *name, const char *act, const char *label)
{
    shell_form_begin(users->html, users->visit, "/users/act");
    H_LIT(users->html, "<input type=\"hidden\" name=\"name\"");
    H_ATTR(users->html, "value", name);
    H_LIT(users->html, ">\n<button type=\"submit\" class=\"small\" name=\"do\"");
    H_ATTR(users->html, "value", act);
    H_ATTR(users->html, "aria-label", label);
    H_LIT(users->html, ">");
    html_string(users->html, label);
    H_LIT(users->html, "</button>\n");
    shell_form_end(users->html);
}

static void write_moment_cell(const struct users *users, const char *label, int64_t at, const char *never)
{
    parts_begin_cell(users->html, label);
    if (at)
        parts_write_time(users->html, at, users->visit->now_ms);
    else
        html_string(users->html, never);
    PARTS_CELL_END(users->html);
}

static void write_name_heading(const struct users *users, const char *name, const char *role)
{
    H_LIT(users->html, "<tr>\n<th scope=\"row\">");
    parts_write_name(users->html, name);
    H_LIT(users->html, " <span class=\"hint\">");
    html_string(users->html, role);
    H_LIT(users->html, "</span></th>\n");
}

static int write_visit(void *context, const struct signin_row *row)
{
    const struct users *users = context;
    int64_t now_ms = users->visit->now_ms;
    bool is_over = now_ms - row->seen_at >= SESSIONS_IDLE_MS || now_ms - row->begun_at >= SESSIONS_ABSOLUTE_MS;
    if (is_over)
        return 0;
    write_name_heading(users, row->name, row->role);
    write_moment_cell(users, "Since", row->begun_at, "");
    write_moment_cell(users, "Last seen", row->seen_at, "");
    parts_write_cell(users->html, "From", row->source[0] ? row->source : "this machine");
    parts_begin_cell(users->html, "");
    if (str_equal(row->name, users->visit->who->name))
        H_LIT(users->html, "you");
    else
        write_button(users, row->name, "logout", "Put out");
    PARTS_CELL_END(users->html);
    H_LIT(users->html, "</tr>\n");
    return 0;
}

static int write_visits(struct users *users)
{
    static const char *const headings[] = { "Name", "Since", "Last seen", "From", "" };
    H_LIT(users->html, "<section class=\"people\">\n<h2>Who is in</h2>\n");
    parts_begin_table(users->html, "cards", "Visits that go on, by name", headings, STR_COUNT(headings));
    int rc = signins_list(users->visit->core->store, write_visit, users);
    parts_end_table(users->html);
    H_LIT(users->html, "</section>\n");
    return rc;
}

/* ---- accounts -------------------------------------------------------------------------------------------------- */

static void write_contacts(const struct users *users, const char *chosen)
{
    const struct config *config = users->visit->core->config;
    H_LIT(users->html, "<label class=\"field\"><span>Contact of the line that it is</span>\n<select name=\"contact\">\n"
                       "<option value=\"\">none</option>\n");
    for (unsigned i = 0; i < config->contact_count; i++) {
        H_LIT(users->html, "<option");
        H_ATTR(users->html, "value", config->contacts[i].name);
        if (str_equal(config->contacts[i].name, chosen))
            H_LIT(users->html, " selected");
        H_LIT(users->html, ">");
        html_string(users->html, config->contacts[i].title);
        H_LIT(users->html, "</option>\n");
    }
    H_LIT(users->html, "</select></label>\n");
}

static void write_roles(const struct users *users, const char *chosen)
{
    H_LIT(users->html, "<label class=\"field\"><span>Role</span>\n<select name=\"role\">\n");
    for (size_t i = 0; i < STR_COUNT(roles); i++) {
        H_LIT(users->html, "<option");
        H_ATTR(users->html, "value", roles[i].value);
        if (str_equal(roles[i].value, chosen))
            H_LIT(users->html, " selected");
        H_LIT(users->html, ">");
        html_string(users->html, roles[i].text);
        H_LIT(users->html, "</option>\n");
    }
    H_LIT(users->html, "</select></label>\n");
}

static void write_change(const struct users *users, const json_t *row)
{
    H_LIT(users->html, "<details class=\"filters\"><summary>Change</summary>\n");
    shell_form_begin(users->html, users->visit, "/users/change");
    H_LIT(users->html, "<input type=\"hidden\" name=\"name\"");
    H_ATTR(users->html, "value", json_text(row, "name", ""));
    H_LIT(users->html, ">\n");
    write_roles(users, json_text(row, "role", ""));
    write_contacts(users, json_text(row, "contact", ""));
    H_LIT(users->html,
        "<div class=\"buttons\"><button type=\"submit\" class=\"small\">Change, and put out</button></div>\n");
    shell_form_end(users->html);
    H_LIT(users->html, "</details>\n");
}

static void write_acts(const struct users *users, const json_t *row, bool is_enabled)
{
    const char *name = json_text(row, "name", "");
    parts_begin_cell(users->html, "");
    if (str_equal(name, users->visit->who->name)) {
        H_LIT(users->html, "you: another supervisor changes you");
    } else {
        H_LIT(users->html, "<div class=\"buttons\">\n");
        write_button(users, name, is_enabled ? "disable" : "enable", is_enabled ? "Disable" : "Enable");
        write_button(users, name, "reset", "New beginning");
        H_LIT(users->html, "</div>\n");
        write_change(users, row);
    }
    PARTS_CELL_END(users->html);
}

static void write_account(const struct users *users, const json_t *row)
{
    bool is_enabled = str_equal(json_text(row, "state", ""), "enabled");
    int64_t enrolled_at = parts_time_of(row, "enrolled");
    write_name_heading(users, json_text(row, "name", ""), json_text(row, "role", ""));
    parts_begin_cell(users->html, "State");
    if (!is_enabled)
        parts_write_chip(users->html, "alarm", "disabled");
    else if (!enrolled_at)
        parts_write_chip(users->html, "new", "has not begun yet");
    else
        parts_write_chip(users->html, "good", "enabled");
    PARTS_CELL_END(users->html);
    parts_begin_cell(users->html, "Contact");
    parts_write_name(users->html, json_text(row, "contact", "")[0] ? json_text(row, "contact", "") : "none");
    PARTS_CELL_END(users->html);
    write_moment_cell(users, "Came in", parts_time_of(row, "signed_in"), "never");
    parts_begin_cell(users->html, "Codes left");
    html_number(users->html, json_int(row, "codes_left", 0));
    PARTS_CELL_END(users->html);
    write_acts(users, row, is_enabled);
    H_LIT(users->html, "</tr>\n");
}

static void write_accounts(const struct users *users)
{
    static const char *const headings[] = { "Name", "State", "Contact", "Came in", "Codes left", "" };
    size_t i;
    json_t *row;
    H_LIT(users->html, "<section class=\"people\">\n<h2>Accounts</h2>\n");
    if (!json_array_size(users->accounts)) {
        parts_write_empty(
            users->html, "Nobody has an account yet.", "Add one below, or on the machine: helplinectl users add.");
        H_LIT(users->html, "</section>\n");
        return;
    }
    parts_begin_table(users->html, "cards", "Accounts, by name", headings, STR_COUNT(headings));
    json_array_foreach(users->accounts, i, row)
    {
        write_account(users, row);
    }
    parts_end_table(users->html);
    H_LIT(users->html, "</section>\n");
}

static void write_add(const struct users *users)
{
    H_LIT(users->html, "<section class=\"act\">\n<h2>Somebody new</h2>\n");
    shell_form_begin(users->html, users->visit, "/users/add");
    H_LIT(users->html,
        "<label for=\"new-name\">Name: a-z, 0-9, - and _, beginning with a letter</label>\n"
        "<input id=\"new-name\" name=\"name\" required minlength=\"2\" maxlength=\"31\" "
        "pattern=\"[a-z][a-z0-9_\\-]+\" autocapitalize=\"none\" autocomplete=\"off\" spellcheck=\"false\">\n");
    write_roles(users, "caseworker");
    write_contacts(users, "");
    H_LIT(users->html, "<button type=\"submit\" class=\"primary\">Add</button>\n");
    shell_form_end(users->html);
    H_LIT(users->html,
        "<p class=\"hint\">You get an address to hand on. Its person sets password and phone there; you never "
        "know them.</p>\n</section>\n");
}

int page_users(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? visit_verb(visit, "users list", json_object(), &answer) : ERR_NOMEM;
    if (rc)
        return rc;
    struct users users = { .visit = visit, .html = html, .accounts = answer.rows };
    shell_begin(html, visit, "Users", "/users");
    H_LIT(html, "<h1>Users</h1>\n");
    write_accounts(&users);
    write_add(&users);
    rc = write_visits(&users);
    shell_end(html);
    return rc ? rc : page_finish(html, 200, ret_page);
}

/* ---- acts ------------------------------------------------------------------------------------------------------ */

static int show_address(struct visit *visit, const json_t *row, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    const char *address = json_text(row, "address", "");
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, visit, "An address to hand on", "/users");
    H_LIT(html, "<h1>An address for <bdi>");
    html_string(html, json_text(row, "name", ""));
    H_LIT(html, "</bdi></h1>\n<p class=\"lead\">Its person sets password and phone there. It is good once, until ");
    parts_write_time(html, parts_time_of(row, "until"), visit->now_ms);
    H_LIT(html, ", and is not shown again.</p>\n<p class=\"secret\"><code>");
    html_string(html, address);
    H_LIT(html, "</code></p>\n");
    if (address[0] == '/')
        H_LIT(html, "<p>Put the beginning of the address of these pages before it: the line has no public_url.</p>\n");
    H_LIT(html, "<p>Hand it on by a way that nobody else reads, best face to face: whoever opens it first becomes this "
                "person here.</p>\n<p class=\"onward\"><a class=\"button\" href=\"../users\">Done</a></p>\n");
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

static int set(const struct visit *visit, json_t *args, const char *key, bool is_needed)
{
    char value[VALUE_MAX];
    visit_text(visit, key, value, sizeof value);
    return (is_needed || value[0]) && json_object_set_new(args, key, json_string(value)) ? ERR_NOMEM : 0;
}

/* args is taken. */
static int run(struct visit *visit, const char *words, json_t *args, int rc, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    if (rc)
        json_decref(args);
    else
        rc = visit_verb(visit, words, args, &answer);
    if (rc)
        return rc;
    const json_t *row = json_array_get(answer.rows, 0);
    if (answer.end == VERB_DONE && json_text(row, "address", "")[0])
        return show_address(visit, row, ret_page);
    return visit_go(visit, "/users", answer.why[0] ? answer.why : "Done.", answer.end != VERB_DONE, ret_page);
}

int page_users_add(struct visit *visit, struct visits_page *ret_page)
{
    json_t *args = json_object();
    int rc = args ? set(visit, args, "name", true) : ERR_NOMEM;
    if (!rc)
        rc = set(visit, args, "role", true);
    if (!rc)
        rc = set(visit, args, "contact", false);
    return run(visit, "users add", args, rc, ret_page);
}

int page_users_change(struct visit *visit, struct visits_page *ret_page)
{
    json_t *args = json_object();
    int rc = args ? set(visit, args, "name", true) : ERR_NOMEM;
    if (!rc)
        rc = set(visit, args, "role", true);
    if (!rc)
        rc = set(visit, args, "contact", true);
    return run(visit, "users change", args, rc, ret_page);
}

int page_users_act(struct visit *visit, struct visits_page *ret_page)
{
    static const struct {
        const char *act, *words;
    } acts[] = { { "disable", "users disable" }, { "enable", "users enable" }, { "reset", "users reset" },
        { "logout", "users logout" } };
    size_t i = 0;
    json_t *args = json_object();
    int rc = args ? set(visit, args, "name", true) : ERR_NOMEM;
    while (i < STR_COUNT(acts) && !span_equal(visit_field(visit, "do"), span_of(acts[i].act)))
        i++;
    if (i < STR_COUNT(acts))
        return run(visit, acts[i].words, args, rc, ret_page);
    json_decref(args);
    return rc ? rc : visit_go(visit, "/users", "Choose what to do.", true, ret_page);
}
