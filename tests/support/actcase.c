/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actcase - see actcase.h. */
#include "tests/support/actcase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"

static bool is_other(const char *want, const char *got)
{
    return want && !str_equal(want, got ? got : "");
}

static void check_act(const struct actcase *test, const struct contact_act *act)
{
    if ((int)act->verb != test->verb || is_other(test->alert_id, act->alert_id) ||
        is_other(test->event_id, act->event_id) || is_other(test->place, act->place) ||
        is_other(test->place_name, act->place_name) || is_other(test->who, act->who) || is_other(test->text, act->text))
        fail_msg("%s: verb %d of %s, event %s, at %s %s, by %s: %s", test->label, (int)act->verb, act->alert_id,
            act->event_id, act->place, act->place_name, act->who, act->text ? act->text : "-");
}

void actcase_check(const char *kind, const char *const *pairs, const struct actcase *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        struct contact_act acts[CHANNEL_ACTS_MAX];
        struct request request = channels_post("/in/x/message", cases[i].body);
        int got = registry_find(kind)->parse_acts(settings, &request, acts, CHANNEL_ACTS_MAX);
        if (got != cases[i].want)
            fail_msg("%s: %d acts", cases[i].label, got);
        if (got > 0)
            check_act(&cases[i], &acts[0]);
        for (int k = 0; k < got; k++)
            contact_act_done(&acts[k]);
    }
    settings_free(settings);
}
