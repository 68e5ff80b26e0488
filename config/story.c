/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * story - see story.h.
 * Why five contacts: the smallest line that leaves no hour and no country with fewer than two people to tell
 * (config/coverage.h), and that shows each kind of trust.
 */
#include "config/story.h"

#include "gateway/base/str.h"

static const struct story_entry channels[] = {
    { .pairs = { "name=line", "kind=twilio", "country=PH", "number=+639175550100",
          "public_url=https://helpline.example.org/in/line/message", "from=+639175550100" } },
    { .pairs = { "name=desk", "kind=webhook" } },
    { .pairs = { "name=mail", "kind=mail" } },
    { .pairs = { "name=gateway", "kind=generic", "enabled=false", "country=SA" } },
    { .pairs = { "name=trial", "kind=loopback", "enabled=false" } },
};

static const struct story_entry desk_addresses[] = {
    { .pairs = { "channel=desk", "to=https://desk.example.org/alerts" } },
    { .pairs = { "channel=line", "to=+639175550111" } },
    { .pairs = { "channel=mail", "to=desk@rights.example.org" } },
};
static const struct story_entry night_addresses[] = {
    { .pairs = { "channel=line", "to=+639175550112" } },
    { .pairs = { "channel=mail", "to=night@rights.example.org" } },
};
static const struct story_entry network_addresses[] = {
    { .pairs = { "channel=line", "to=+639175550113" } },
    { .pairs = { "channel=mail", "to=duty@network.example.org" } },
};
static const struct story_entry shelter_addresses[] = {
    { .pairs = { "channel=line", "to=+966505550114" } },
};
static const struct story_entry consulate_addresses[] = {
    { .pairs = { "channel=mail", "to=assistance@consulate.example.org" } },
};
#define NESTED(array) .nested = array, .nested_count = STR_COUNT(array)
static const struct story_entry contacts[] = {
    { .pairs = { "name=ngo-desk", "title=Migrant desk, Example Rights Centre", "kind=ngo", "trust=full",
          "languages=en|tl|ceb|id", "staff_sex=female", "time_zone=Asia/Manila",
          "duty=Mon-Fri 08:00-20:00|Sat 09:00-13:00", "holidays=12-25|2027-01-01", "reply_channel=line" },
        NESTED(desk_addresses) },
    { .pairs = { "name=ngo-night", "title=Duty phone, Example Rights Centre", "kind=ngo", "trust=masked",
          "languages=en|tl", "staff_sex=female" },
        NESTED(night_addresses) },
    { .pairs = { "name=network", "title=Example Network of Volunteers", "kind=ngo", "trust=masked",
          "languages=en|id|bn|ne|si" },
        NESTED(network_addresses) },
    { .pairs = { "name=shelter", "title=Example House", "kind=shelter", "trust=masked", "countries=SA|BH|KW|AE|QA|OM",
          "languages=en|ar|tl", "staff_sex=female", "time_zone=Asia/Riyadh" },
        NESTED(shelter_addresses) },
    { .pairs = { "name=consulate", "title=Consulate of Examplia, assistance to nationals", "kind=consulate",
          "trust=minimal", "languages=en|tl", "countries=SA", "time_zone=Asia/Riyadh", "duty=Sun-Thu 08:00-16:00" },
        NESTED(consulate_addresses) },
};

static const struct story_entry now_steps[] = {
    { .pairs = { "after=0 s", "contacts=ngo-desk|ngo-night|network|shelter" } },
    { .pairs = { "after=10 min", "contacts=ngo-desk|ngo-night|network|shelter|consulate" } },
};
static const struct story_entry shelter_steps[] = {
    { .pairs = { "after=0 s", "contacts=shelter|ngo-desk|ngo-night" } },
    { .pairs = { "after=30 min", "contacts=network|consulate" } },
};
static const struct story_entry usual_steps[] = {
    { .pairs = { "after=0 s", "contacts=ngo-desk|ngo-night" } },
    { .pairs = { "after=2 h", "contacts=network" } },
};
static const struct story_entry policies[] = {
    { .pairs = { "name=now", "repeat=15 min" }, NESTED(now_steps) },
    { .pairs = { "name=shelter-first", "repeat=2 h", "contacted_within=2 h" }, NESTED(shelter_steps) },
    { .pairs = { "name=usual", "repeat=12 h", "contacted_within=24 h" }, NESTED(usual_steps) },
};

static const struct story_entry routes[] = {
    { .pairs = { "urgency_min=critical", "policy=now" } },
    { .pairs = { "categories=escaped|trafficking", "countries=SA|BH|KW|AE|QA|OM", "policy=shelter-first" } },
    { .pairs = { "policy=usual" } },
};

static const struct story_entry loop_tests[] = {
    { .pairs = { "from=gateway", "to=line" } },
};

static const struct story_entry reply_rules[] = {
    { .pairs = { "mode=silent", "urgencies=critical" } },
    { .pairs = { "mode=neutral", "countries=HK|SG" } },
};

static const struct story stories[] = {
    { DAEMON_REPLY_RULES, reply_rules, STR_COUNT(reply_rules) },
    { DAEMON_CHANNELS, channels, STR_COUNT(channels) },
    { DAEMON_CONTACTS, contacts, STR_COUNT(contacts) },
    { DAEMON_POLICIES, policies, STR_COUNT(policies) },
    { DAEMON_ROUTES, routes, STR_COUNT(routes) },
    { DAEMON_LOOP_TESTS, loop_tests, STR_COUNT(loop_tests) },
};

const struct story *story_at(size_t index)
{
    return index < STR_COUNT(stories) ? &stories[index] : NULL;
}
