/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forms - see forms.h. */
#include "gateway/core/forms.h"

#include <stdio.h>

#include "config/texts.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/core/render.h"
#include "gateway/core/replies.h"

#define FORM_MAX 8192
#define WHERE_MAX 160

void forms_write_alert(const char *country, struct buf *out)
{
    const struct alert_view view = {
        .case_id = 1042,
        .alert_id = "probe",
        .code = "KTRM",
        .urgency = URGENCY_critical,
        .categories = (1u << CATEGORY_COUNT) - 1,
        .flags = (1u << FLAG_COUNT) - 1,
        .language = "und",
        .country = country,
        .received_at = 1764000000000,
        .verification = "unverified",
        .text = "",
        .may_be_repeated = true,
        .may_not_be_her = true,
        .part = 1,
        .part_total = 3,
        .message_count = 1,
    };
    for (int is_holder = 0; is_holder < 2; is_holder++) {
        struct render_input input = { &view, true, is_holder != 0, phone_country_name(country) };
        render_text(&input, out);
    }
}

struct place { /* an SMS address */
    struct config_report *report;
    const struct config *config;
    const struct config_contact *contact;
    const struct config_channel *channel;
    const struct country_rules *rules;
    const char *name; /* of the country */
    char where[WHERE_MAX];
};

static void check_words(const struct place *place, const char *what, struct span text)
{
    struct error error = { "" };
    if (texts_check(place->config->texts, place->rules->country, text, &error))
        report_warn(place->report, place->contact->line, place->where,
            "%s: %s; it is written with a star there, so that it arrives: name a second address by mail or chat for "
            "the whole",
            what, error.text);
}

static void check_sender(const struct place *place)
{
    const struct config_channel *channel = place->channel;
    bool shows_names = str_equal(place->rules->sender, "registered") || str_equal(place->rules->sender, "name");
    bool is_local = str_equal(channel->country, place->rules->country);
    if (shows_names && !is_local && !replies_shows_name(channel, place->rules->country))
        report_warn(place->report, place->contact->line, place->where,
            "numbers do not show as senders in %s, and the message may be dropped: give channel `%s` a name that is "
            "registered there (senders = [ \"%s=Name\" ]), or `country` when its number stands there",
            place->name, channel->name, place->rules->country);
}

static void check_place(const struct place *place)
{
    AUTO_BUF form;
    buf_init(&form, FORM_MAX);
    forms_write_alert(place->rules->country, &form);
    if (!buf_check(&form))
        check_words(place, "alerts", buf_span(&form));
    check_words(place, "the title of the contact", span_of(place->contact->title));
    if (!place->rules->allows_numbers && place->contact->trust == TRUST_FULL)
        report_warn(place->report, place->contact->line, place->where,
            "the network of %s bars telephone numbers: hers and those in her text are hidden; SAY reaches her all the "
            "same, and an address by mail or chat shows them",
            place->name);
    check_sender(place);
}

void forms_check(const struct config *config, struct config_report *report)
{
    for (unsigned c = 0; c < config->contact_count; c++)
        for (unsigned i = 0; i < config->contacts[c].address_count; i++) {
            const struct config_address *address = &config->contacts[c].addresses[i];
            struct place place = {
                .report = report, .config = config, .contact = &config->contacts[c], .channel = address->channel
            };
            place.rules = address->channel->is_sms ? texts_country(config->texts, phone_country(address->to)) : NULL;
            if (!place.rules || !address->channel->is_enabled)
                continue;
            place.name = phone_country_name(place.rules->country);
            snprintf(place.where, sizeof place.where, "contacts[%u] (%s).addresses[%u]", c, place.contact->name, i);
            check_place(&place);
        }
}
