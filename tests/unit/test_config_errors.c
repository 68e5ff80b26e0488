/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_config_errors - one place of a right file is broken: the exact line that the administrator reads.
 * Keeps: each broken file is refused, with as many errors as its row says and no more: an error must not breed others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/lineconf.h"

static int open_folder(void **state)
{
    static struct lineconf lineconf;
    lineconf_open(&lineconf);
    *state = &lineconf;
    return 0;
}

static int close_folder(void **state)
{
    lineconf_close(*state);
    return 0;
}

struct row {
    const char *label, *cut, *put, *want;
};

static void refuse_rows(const struct lineconf *lineconf, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *text = lineconf_change(rows[i].cut, rows[i].put);
        AUTO_REPORT *report = report_new();
        struct config *config = NULL;
        int code = lineconf_load(lineconf, text, 0, report, &config);
        bool is_right = code == ERR_INVALID && report->error_count == 1 && lineconf_has_line(report, rows[i].want);
        if (!is_right)
            lineconf_print(report, rows[i].label);
        if (!is_right)
            fail_msg("%s: code %d, %u errors, wanted: %s", rows[i].label, code, report->error_count, rows[i].want);
        assert_null(config);
    }
}

#define REFUSE(rows) refuse_rows(*state, rows, STR_COUNT(rows))

static void keys_are_checked_by_their_table(void **state)
{
    static const struct row rows[] = {
        { "unknown key with a neighbour", "languages = [", "langauges = [",
            "helplined.conf:12: contacts[0] (ngo-desk): unknown key `langauges`, did you mean `languages`?" },
        { "unknown key", "title = \"House\";", "title = \"House\"; colour = 3;",
            "helplined.conf:19: contacts[1] (house): unknown key `colour`" },
        { "unknown group", "routes = (", "rules = 1;\nroutes = (",
            "helplined.conf:29: unknown key `rules`, did you mean `routes`?" },
        { "unknown key of a kind", "country = \"PH\"", "country = \"PH\"; pase = \"slow\"",
            "helplined.conf:6: channels[0] (line): unknown key `pase`, did you mean `pace`?" },
        { "number for a text", "title = \"House\"", "title = 7",
            "helplined.conf:19: contacts[1] (house): `title` must be a text in double quotes, not a whole number" },
        { "sender without a country", "kind = \"post\";", "kind = \"post\"; senders = [ \"Line\" ];",
            "helplined.conf:7: channels[1] (desk): `senders`: entry 0 is not a country, an equals sign and a sender, such as "
            "\"SA=Line\"" },
        { "sender of no country", "kind = \"post\";", "kind = \"post\"; senders = [ \"SA=Line\", \"ZQ=Line\" ];",
            "helplined.conf:7: channels[1] (desk): `senders`: entry 1 does not begin with an ISO 3166 code known here, such as "
            "\"SA\"" },
        { "sender that is too long", "kind = \"post\";", "kind = \"post\"; senders = [ \"SA=Twelveletter\" ];",
            "helplined.conf:7: channels[1] (desk): `senders`: entry 0 holds neither a name of at most 11 letters and digits nor a "
            "number with + and country code" },
        { "text for a number", "kind = \"post\";", "kind = \"post\"; in_flight_max = \"8\";",
            "helplined.conf:7: channels[1] (desk): `in_flight_max` must be a whole number, not a text" },
        { "text for a bool", "enabled = false", "enabled = \"no\"",
            "helplined.conf:8: channels[2] (spare): `enabled` must be true or false, not a text" },
        { "text for a list", "languages = [ \"en\", \"tl\" ]", "languages = \"en\"",
            "helplined.conf:12: contacts[0] (ngo-desk): `languages` must be a list of texts, such as [ \"one\", \"two\" ], not a "
            "text" },
        { "number in a list of texts", "countries = [ \"SA\" ]", "countries = [ 966 ]",
            "helplined.conf:12: contacts[0] (ngo-desk): `countries` must hold only texts in double quotes, not a whole number" },
        { "out of bounds", "kind = \"post\";", "kind = \"post\"; in_flight_max = 0;",
            "helplined.conf:7: channels[1] (desk): `in_flight_max` is 0; allowed are 1 to 256" },
        { "bare number as a duration", "repeat = \"2 h\"", "repeat = \"2\"",
            "helplined.conf:25: policies[0] (usual): `repeat` must be a number and a unit, such as \"90 s\" (ms, s, min, h, d)" },
        { "duration out of bounds", "kind = \"post\";", "kind = \"post\"; retry_first = \"2 h\";",
            "helplined.conf:7: channels[1] (desk): `retry_first` is \"2 h\"; allowed are 100 ms to 1 h" },
        { "unknown word with a neighbour", "trust = \"full\"", "trust = \"ful\"",
            "helplined.conf:11: contacts[0] (ngo-desk): `trust`: \"ful\" is not one of its words, did you mean \"full\"?" },
        { "unknown word", "trust = \"full\"", "trust = \"everything\"",
            "helplined.conf:11: contacts[0] (ngo-desk): `trust`: \"everything\" is not one of its words; the words are minimal, "
            "masked, full" },
        { "unknown category", "\"danger\", ", "\"dangr\", ",
            "helplined.conf:30: routes[0]: `categories`: \"dangr\" is not one of its words, did you mean \"danger\"?" },
        { "the same word twice", "\"danger\", ", "\"escaped\", ",
            "helplined.conf:30: routes[0]: `categories` names \"escaped\" twice" },
        { "empty required text", "title = \"House\"", "title = \"\"",
            "helplined.conf:19: contacts[1] (house): `title` must not be empty" },
        { "missing key", " title = \"House\";", "",
            "helplined.conf:19: contacts[1] (house): the key `title` is missing" },
        { "missing key of a kind", "token = \"@file:keys/token\"; ", "",
            "helplined.conf:6: channels[0] (line): the key `token` is missing" },
        { "missing root key", "database = \"line.db\";", "", "helplined.conf: the key `database` is missing" },
        { "not a URL", "\"https://line.example.org/\"", "\"line.example.org\"",
            "helplined.conf:2: `public_url` must be an http:// or https:// URL with a host and without user or blanks" },
        { "user in a URL", "\"https://line.example.org/\"", "\"https://me:pw@line.example.org/\"",
            "helplined.conf:2: `public_url` must be an http:// or https:// URL with a host and without user or blanks" },
        { "query in the public URL", "\"https://line.example.org/\"", "\"https://line.example.org/?x\"",
            "helplined.conf:2: `public_url` must be without ? and #" },
        { "control character", "\"Desk\"", "\"De\\x07sk\"",
            "helplined.conf:11: contacts[0] (ngo-desk): `title` holds a control character" },
    };
    REFUSE(rows);
}

static void structure_is_explained(void **state)
{
    static const struct row rows[] = {
        { "syntax error", "database = ", "database ", "helplined.conf:1: syntax error" },
        { "list instead of group", "listen = { webhooks = \"127.0.0.1:0\"; };", "listen = ( );",
            "helplined.conf:3: listen: this must be a group in braces: { name = value; ... }" },
        { "group instead of list", "addresses = ( { channel = \"line\"; to = \"+966505550114\"; } )",
            "addresses = { channel = \"line\"; to = \"+966505550114\"; }",
            "helplined.conf:20: contacts[1] (house): `addresses` must be a list of groups in round brackets: ( { ... }, { ... } )" },
        { "text in a list of groups", "{ policy = \"usual\"; }\n", "\"usual\" ",
            "helplined.conf:31: routes[1]: this must be a group in braces: { name = value; ... }" },
        { "contact without addresses", "addresses = ( { channel = \"line\"; to = \"+966505550114\"; } );", "",
            "helplined.conf:19: contacts[1] (house): the list `addresses` is missing: addresses = ( { ... }, { ... } );" },
        { "policy without steps",
            "{ contacts = [ \"ngo-desk\", \"house\" ]; },\n    { after = \"30 min\"; contacts = [ \"embassy\" ]; }", "",
            "helplined.conf:25: policies[0] (usual): `steps` has 0 entries; allowed are 1 to 16" },
        { "step without contacts", "contacts = [ \"embassy\" ]", "contacts = [ ]",
            "helplined.conf:27: policies[0] (usual).steps[1]: `contacts` must not be empty" },
    };
    REFUSE(rows);
}

static void names_are_checked_and_followed(void **state)
{
    static const struct row rows[] = {
        { "sentences that are not there", "routes = (", "replies = { mode = \"neutral\"; };\nroutes = (",
            "helplined.conf:29: automatic texts are switched on, but there is no folder `replies` with their sentences: set "
            "`replies_texts`" },
        { "question that is not there", "routes = (", "consent = { mode = \"ask\"; };\nroutes = (",
            "helplined.conf: automatic texts are switched on, but there is no folder `replies` with their sentences: set "
            "`replies_texts`" },
        { "rule", "routes = (", "replies = { rules = ( { mode = \"off\"; countries = [ \"ZQ\" ]; } ); };\nroutes = (",
            "helplined.conf:29: replies.rules[0]: `countries`: entry 0 is not an ISO 3166 code known here, such as \"SA\", or "
            "\"??\"" },
        { "auditor's contact", "routes = (", "auditor = { contacts = [ \"hous\" ]; };\nroutes = (",
            "helplined.conf:29: auditor: there is no contact `hous`, did you mean `house`?" },
        { "duplicate channel", "name = \"spare\"", "name = \"desk\"",
            "helplined.conf:8: channels[2] (desk): channels[1] has this name already" },
        { "duplicate contact", "{ name = \"embassy\";",
            "{ name = \"house\"; title = \"H\"; kind = \"ngo\";\n    addresses = ( { channel = \"desk\"; to = "
            "\"https://x.example.org\"; } ); },\n  { name = \"embassy\";",
            "helplined.conf:21: contacts[2] (house): contacts[1] has this name already" },
        { "form of a name", "name = \"spare\"", "name = \"Spare One\"",
            "helplined.conf:8: channels[2]: `name` may hold small letters, digits, '-' and '_', and begins with a letter or digit" },
        { "unknown kind", "kind = \"post\"", "kind = \"pots\"",
            "helplined.conf:7: channels[1] (desk): there is no channel kind `pots`, did you mean `post`?" },
        { "unknown channel", "channel = \"line\"; to = \"+966505550114\"", "channel = \"lime\"; to = \"+966505550114\"",
            "helplined.conf:20: contacts[1] (house).addresses[0]: there is no channel `lime`, did you mean `line`?" },
        { "unknown contact", "[ \"ngo-desk\", \"house\" ]", "[ \"ngo-desk\", \"hause\" ]",
            "helplined.conf:26: policies[0] (usual).steps[0]: there is no contact `hause`, did you mean `house`?" },
        { "unknown policy", "{ policy = \"usual\"; }", "{ policy = \"night\"; }",
            "helplined.conf:31: routes[1]: there is no policy `night`" },
        { "channel that only receives", "channel = \"line\"; to = \"+966505550114\"",
            "channel = \"spare\"; to = \"+966505550114\"",
            "helplined.conf:20: contacts[1] (house).addresses[0]: channel `spare` cannot send" },
        { "direction that is not there", "kind = \"inbox\";", "kind = \"inbox\"; direction = \"out\";",
            "helplined.conf:8: channels[2] (spare): `direction` is \"out\", but a channel of kind `inbox` can only receive" },
        { "reply channel without SMS", "title = \"House\";", "title = \"House\"; reply_channel = \"desk\";",
            "helplined.conf:19: contacts[1] (house): `reply_channel`: channel `desk` does not receive SMS" },
    };
    REFUSE(rows);
}

static void agency_cannot_be_a_contact(void **state)
{
    static const char *const words[] = { "recruitment_agency", "agency", "Recruiter", "manpower", "sponsor", "employer",
        "kafeel" };
    for (size_t i = 0; i < STR_COUNT(words); i++) {
        char put[64];
        snprintf(put, sizeof put, "kind = \"%s\"", words[i]);
        const struct row row = { words[i], "kind = \"ngo\"", put,
            "helplined.conf:11: contacts[0] (ngo-desk): a recruitment agency, a sponsor or an employer can never be a contact: "
            "workers are harmed when these learn of a call for help" };
        refuse_rows(*state, &row, 1);
    }
}

static void addresses_fit_their_channel(void **state)
{
    static const struct row rows[] = {
        { "word for a number", "\"+966505550114\"", "\"the-house\"",
            "helplined.conf:20: contacts[1] (house).addresses[0]: `to` is not a telephone number with + and country code, which "
            "channel `line` needs" },
        { "short code", "\"+966505550114\"", "\"1343\"",
            "helplined.conf:20: contacts[1] (house).addresses[0]: `to` is not a telephone number with + and country code, which "
            "channel `line` needs" },
        { "plain http", "\"https://desk.example.org/a\"", "\"http://desk.example.org/a\"",
            "helplined.conf:16: contacts[0] (ngo-desk).addresses[0]: `to`: needs an https address" },
    };
    REFUSE(rows);
}

static void duty_and_places_are_checked(void **state)
{
    static const struct row rows[] = {
        { "duty", "Sun-Thu 08:00-17:00", "Sunday 8-17",
            "helplined.conf:13: contacts[0] (ngo-desk): `duty`: entry 0: duty hours are written \"Sun-Thu 08:00-17:00\", "
            "\"Fri,Sat 20:00-06:00\" or \"daily 00:00-24:00\"" },
        { "zone", "Asia/Riyadh", "Asia/Atlantis",
            "helplined.conf:13: contacts[0] (ngo-desk): `time_zone`: /usr/share/zoneinfo/ does not hold this time zone; names are "
            "such as \"Asia/Riyadh\"" },
        { "zone outside the folder", "Asia/Riyadh", "../../etc/passwd",
            "helplined.conf:13: contacts[0] (ngo-desk): `time_zone`: a time zone is an IANA name such as \"Asia/Riyadh\"" },
        { "holiday", "[ \"12-25\" ]", "[ \"02-30\" ]",
            "helplined.conf:14: contacts[0] (ngo-desk): `holidays`: entry 0: month 2 has no day 30" },
        { "language", "\"tl\" ]", "\"Tagalog\" ]",
            "helplined.conf:12: contacts[0] (ngo-desk): `languages`: entry 1 is not a language tag such as \"tl\" or \"ne-Latn\"" },
        { "country", "[ \"SA\" ]", "[ \"ZZ\" ]",
            "helplined.conf:12: contacts[0] (ngo-desk): `countries`: entry 0 is not an ISO 3166 code known here, such as \"SA\"" },
        { "country of a channel", "kind = \"post\";", "kind = \"post\"; country = \"zz\";",
            "helplined.conf:7: channels[1] (desk): `country` is not an ISO 3166 code known here, such as \"PH\"" },
    };
    REFUSE(rows);
}

static void policies_and_routes_leave_no_hole(void **state)
{
    static const struct row rows[] = {
        { "late first step", "{ contacts = [ \"ngo-desk\"", "{ after = \"1 min\"; contacts = [ \"ngo-desk\"",
            "helplined.conf:26: policies[0] (usual).steps[0]: the first step must have `after` = \"0 s\"" },
        { "steps out of order", "after = \"30 min\"; ", "",
            "helplined.conf:27: policies[0] (usual).steps[1]: `after` must be later than that of the step before" },
        { "hasty repetition", "repeat = \"2 h\"", "repeat = \"5 s\"",
            "helplined.conf:25: policies[0] (usual): `repeat` must be 0 s or at least 1 min" },
        { "last route with a condition", "{ policy = \"usual\"; }",
            "{ policy = \"usual\"; countries = [ \"SA\", \"??\" ]; }",
            "helplined.conf:31: routes: the last route has a condition: a text that fits none would alert nobody; end with { policy "
            "= \"...\"; }" },
        { "two ways to say urgency", "urgency_min = \"urgent\";", "urgency_min = \"urgent\"; urgencies = [ \"soon\" ];",
            "helplined.conf:30: routes[0]: write `urgency_min` or `urgencies`, not both" },
        { "retry curve", "kind = \"post\";", "kind = \"post\"; retry_first = \"1 min\"; retry_max = \"2 s\";",
            "helplined.conf:7: channels[1] (desk): `retry_first` is longer than `retry_max`" },
        { "what the kind itself checks", "country = \"PH\"", "country = \"PH\"; pace = \"fast\"",
            "helplined.conf:6: channels[0] (line): `pace` does not go with this token" },
    };
    REFUSE(rows);
}

static void listening_addresses_are_checked(void **state)
{
    static const char wrong[] = "helplined.conf:3: listen: `webhooks` must be a numeric address with a port, such as "
                                "\"127.0.0.1:8480\" or \"[::1]:8480\", or \"unix:/PATH\"";
    static const char proxy[] =
        "helplined.conf:3: listen: `proxies` must be numeric addresses in their short form, such as "
        "\"192.0.2.7\" or \"2001:db8::7\"";
    static const struct row rows[] = {
        { "a proxy by its name", "\"127.0.0.1:0\"", "\"127.0.0.1:0\"; proxies = [ \"proxy.example.org\" ]", proxy },
        { "a proxy in a long form", "\"127.0.0.1:0\"", "\"127.0.0.1:0\"; proxies = [ \"2001:db8:0::7\" ]", proxy },
        { "no port", "\"127.0.0.1:0\"", "\"127.0.0.1\"", wrong },
        { "a name", "\"127.0.0.1:0\"", "\"localhost:80\"", wrong },
        { "port too high", "\"127.0.0.1:0\"", "\"127.0.0.1:65536\"", wrong },
        { "address without brackets", "\"127.0.0.1:0\"", "\"::1:80\"", wrong },
        { "relative socket", "\"127.0.0.1:0\"", "\"unix:run/x\"",
            "helplined.conf:3: listen: `webhooks`: after unix: comes an absolute path of less than 108 bytes" },
    };
    REFUSE(rows);
}

/* Each row writes keys/other and names it as the hot key. */
static void secrets_in_bad_state_are_refused(void **state)
{
    static const struct {
        const char *label, *data;
        size_t len;
        unsigned mode;
        const char *want; /* after the path of the file; NULL = nothing is written */
    } rows[] = {
        { "open to the group", "0123456789abcdef0123456789abcdef", 32, 0640, "mode 0640 is too open: chmod 0600 it" },
        { "open to all", "0123456789abcdef0123456789abcdef", 32, 0604, "mode 0604 is too open: chmod 0600 it" },
        { "missing", NULL, 0, 0, "there is no such file" },
    };
    const struct lineconf *lineconf = *state;
    for (unsigned options = 0; options <= CONFIG_CHECK_ONLY; options++)
        for (size_t i = 0; i < STR_COUNT(rows); i++) {
            char want[256], path[128];
            snprintf(path, sizeof path, "%s/keys/other", lineconf->directory);
            unlink(path);
            if (rows[i].data)
                lineconf_write(lineconf, "other", rows[i].data, rows[i].len, rows[i].mode);
            AUTO_FREE char *text = lineconf_change("@file:keys/hot.key", "@file:keys/other");
            AUTO_REPORT *report = report_new();
            struct config *config = NULL;
            snprintf(want, sizeof want, "helplined.conf:4: keys: `hot`: %s: %s", path, rows[i].want);
            int code = lineconf_load(lineconf, text, options, report, &config);
            if (code != ERR_INVALID || !lineconf_has_line(report, want))
                lineconf_print(report, want);
            assert_int_equal(code, ERR_INVALID);
            assert_true(lineconf_has_line(report, want));
        }
}

static void keys_of_a_wrong_form_are_refused(void **state)
{
    static const char wrong[] = "helplined.conf:4: keys: `hot`: a key is 32 bytes, or 64 hexadecimal digits";
    static const struct {
        const char *label, *data;
        size_t len;
        const char *want;
    } rows[] = {
        { "empty", "", 0, wrong },
        { "one byte short", "0123456789abcdef0123456789abcde", 31, wrong },
        { "not hexadecimal", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg", 64, wrong },
        { "the other key",
            "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
            32, "helplined.conf:4: keys: `index` must be another key than `hot`" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        lineconf_write(*state, "other", rows[i].data, rows[i].len, 0600);
        const struct row row = { rows[i].label, "@file:keys/hot.key", "@file:keys/other", rows[i].want };
        refuse_rows(*state, &row, 1);
    }
    const struct row literal = { "written out", "@file:keys/hot.key", "0123456789abcdef0123456789abcdef",
        "helplined.conf:4: keys: `hot`: a key is never written out: use @credential:NAME or @file:PATH" };
    refuse_rows(*state, &literal, 1);
    const struct row folder = { "slash in a credential", "@file:keys/hot.key", "@credential:../hot.key",
        "helplined.conf:4: keys: `hot`: after @credential: comes a plain name without a slash" };
    refuse_rows(*state, &folder, 1);
}

static void text_secrets_are_checked(void **state)
{
    static const struct {
        const char *label, *data;
        size_t len;
        const char *want;
    } rows[] = {
        { "empty but for the line end", "\r\n", 2,
            "helplined.conf:6: channels[0] (line): `token`: the secret is empty" },
        { "NUL byte", "ab\0cd", 5, "helplined.conf:6: channels[0] (line): `token`: the secret holds a NUL byte" },
        { "too short", "abc", 3, "helplined.conf:6: channels[0] (line): `token` has 3 bytes; allowed are 4 to 64" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        lineconf_write(*state, "other", rows[i].data, rows[i].len, 0600);
        const struct row row = { rows[i].label, "@file:keys/token", "@file:keys/other", rows[i].want };
        refuse_rows(*state, &row, 1);
    }
}

static void no_line_repeats_a_secret_or_an_address(void **state)
{
    static const struct row rows[] = {
        { "short literal secret", "@file:keys/token", "q7z", "q7z" },
        { "bad number", "\"+966505550114\"", "\"96650-MARKER\"", "MARKER" },
        { "bad address", "\"https://desk.example.org/a\"", "\"MARKER@desk\"", "MARKER" },
        { "key written out", "@file:keys/hot.key", "MARKERMARKER", "MARKER" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_FREE char *text = lineconf_change(rows[i].cut, rows[i].put);
        AUTO_REPORT *report = report_new();
        struct config *config = NULL;
        assert_int_equal(lineconf_load(*state, text, 0, report, &config), ERR_INVALID);
        for (unsigned line = 0; line < report->line_count; line++)
            if (strstr(report->lines[line].text, rows[i].want))
                fail_msg("%s: %s", rows[i].label, report->lines[line].text);
    }
}

static void all_errors_come_at_once_in_the_order_of_the_file(void **state)
{
    static const char text[] = "database = 1;\n"
                               "channels = ( { name = \"a\"; kind = \"smss\"; } );\n"
                               "contacts = ( { name = \"b\"; kind = \"agency\"; } );\n"
                               "policies = ( { name = \"c\"; steps = ( { contacts = [ \"nobody\" ]; } ); } );\n"
                               "routes = ( { policy = \"d\"; } );\n"
                               "limts = { };\n";
    static const int lines[] = { 0, 0, 1, 2, 3, 3, 3, 4, 5, 6 };
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    assert_int_equal(lineconf_load(*state, text, 0, report, &config), ERR_INVALID);
    if (report->line_count != STR_COUNT(lines))
        lineconf_print(report, "all at once");
    assert_int_equal(report->line_count, STR_COUNT(lines));
    for (size_t i = 0; i < STR_COUNT(lines); i++)
        assert_int_equal(report->lines[i].line, lines[i]);
    assert_true(lineconf_has_line(report, "helplined.conf:6: unknown key `limts`, did you mean `limits`?"));
}

static void report_keeps_errors_before_warnings_when_full(void **state)
{
    (void)state;
    AUTO_REPORT *report = report_new();
    for (unsigned i = 0; i < REPORT_LINES_MAX; i++)
        report_warn(report, 1, NULL, "w");
    report_error(report, 2, "here", "%s", "e");
    report_warn(report, 3, NULL, "late");
    assert_int_equal(report->line_count, REPORT_LINES_MAX);
    assert_int_equal(report->error_count, 1);
    assert_int_equal(report->warning_count, REPORT_LINES_MAX + 1);
    assert_string_equal(report->lines[REPORT_LINES_MAX - 1].text, ":2: here: e");
}

static void warnings_name_what_is_never_used(void **state)
{
    static const struct row rows[] = {
        { "contact in no policy", "contacts = [ \"embassy\" ]", "contacts = [ \"house\" ]",
            "helplined.conf:21: warning: contacts[2] (embassy): no policy alerts this contact" },
        { "open to the network", "127.0.0.1:0", "0.0.0.0:8480",
            "helplined.conf:3: warning: listen: `webhooks` can be reached from other machines without TLS: put a proxy in front and "
            "listen on 127.0.0.1" },
        { "plain links", "https://line.example.org/", "http://line.example.org/",
            "helplined.conf:2: warning: `public_url` is not https: who reads the network can take a case with a contact's link" },
        { "duty without a zone", "time_zone = \"Asia/Riyadh\"; ", "",
            "helplined.conf:13: warning: contacts[0] (ngo-desk): `duty` without `time_zone` is read as UTC: name the zone" },
        { "route after the last", "routes = (", "routes = ( { policy = \"usual\"; },",
            "helplined.conf:30: warning: routes: routes[0] has no condition, so this route and those after it are never reached" },
        { "one number for two", "\"+966505550114\"", "\"+639175550111\"",
            "helplined.conf:19: warning: contacts[1] (house): addresses[0] is also an address of contact `ngo-desk`: an answer from "
            "it does not tell who answers" },
        { "channel switched off", "kind = \"sms\";", "kind = \"sms\"; enabled = false;",
            "helplined.conf:19: warning: contacts[1] (house): all channels of its addresses are switched off" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_FREE char *text = lineconf_change(rows[i].cut, rows[i].put);
        AUTO_REPORT *report = report_new();
        struct config *config = NULL;
        int code = lineconf_load(*state, text, 0, report, &config);
        if (code || !lineconf_has_line(report, rows[i].want))
            lineconf_print(report, rows[i].label);
        assert_int_equal(code, 0);
        assert_true(lineconf_has_line(report, rows[i].want));
        config_free(config);
    }
}

static void missing_file_is_one_sentence(void **state)
{
    (void)state;
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    assert_int_equal(config_load("/no/such/helplined.conf", &lineconf_registry, 0, report, &config), ERR_INVALID);
    assert_int_equal(report->line_count, 1);
    assert_string_equal(report->lines[0].text, "/no/such/helplined.conf: No such file or directory");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_checked_by_their_table),
        cmocka_unit_test(structure_is_explained),
        cmocka_unit_test(names_are_checked_and_followed),
        cmocka_unit_test(agency_cannot_be_a_contact),
        cmocka_unit_test(addresses_fit_their_channel),
        cmocka_unit_test(duty_and_places_are_checked),
        cmocka_unit_test(policies_and_routes_leave_no_hole),
        cmocka_unit_test(listening_addresses_are_checked),
        cmocka_unit_test(secrets_in_bad_state_are_refused),
        cmocka_unit_test(keys_of_a_wrong_form_are_refused),
        cmocka_unit_test(text_secrets_are_checked),
        cmocka_unit_test(no_line_repeats_a_secret_or_an_address),
        cmocka_unit_test(all_errors_come_at_once_in_the_order_of_the_file),
        cmocka_unit_test(report_keeps_errors_before_warnings_when_full),
        cmocka_unit_test(warnings_name_what_is_never_used),
        cmocka_unit_test(missing_file_is_one_sentence),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
