/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * people - what workers write, how often the same thing, by how many ways; and what responders do with an alert.
 * Why:   every text ends with a number of its own, so that the ledger can tell any two of them apart.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "tests/storm/storm.h"

#define FIRST_NUMBER 10000

static const char *const texts[] = {
    "help po hindi ako pinapakain ng amo ko tatlong araw na",
    "madam beats me every day please help",
    "i want to go home no salary 5 months they hold my passport",
    "ikinulong ako sa kwarto, walang pagkain",
    "saya tidak digaji 4 bulan, tolong saya, majikan pukul saya",
    "amai tin din kichu khete dey na, amake bachan",
    "আমাকে মারধর করে, খেতে দেয় না। দয়া করে সাহায্য করুন",
    "मलाई मालिकले कुट्छ, खाना दिँदैन, बचाउनुस्",
    "mujhe kamre mein band kar diya hai, khana nahi dete, madad karo",
    "ስልኬን ወሰዱብኝ ደመወዝ አልከፈሉኝም እርዱኝ",
    "nisaidieni mwajiri ananipiga na hanilipi mshahara",
    "صاحب البيت يضربني ولا يعطيني راتبي ساعدوني",
    "they locked me in the house & i have no food = please come",
    "run away na po ako nasa kalsada, wala akong matulugan. pls help",
    "he said he will kill me tonight",
    "my employer sold me to another house, 18 hours work & no rest day = no pay",
    "ආහාර දෙන්නේ නැහැ, ගහනවා, මට උදව් කරන්න",
    "எனக்கு சம்பளம் தரவில்லை, அடிக்கிறார்கள், உதவி செய்யுங்கள்",
};

static void write_id(struct storm *storm, unsigned provider, char *ret)
{
    static const char *const prefixes[] = { "SM", "0A", "ib-", "40f1", "ATXid_", "phone-" };
    unsigned counted = ++storm->next_id, random = (unsigned)storm_random(storm, UINT32_MAX);
    snprintf(ret, ID_MAX, "%s%08x%08x", prefixes[provider], counted, random);
}

/* Most come at once, some late: so the order is not the order in which they were sent. */
static int64_t some_delay(struct storm *storm)
{
    if (storm_chance(storm, 85))
        return (int64_t)storm_random(storm, 20 * SECOND_MS);
    return (int64_t)storm_random(storm, 5 * MINUTE_MS);
}

static struct sms compose(struct storm *storm, int utterance, unsigned provider)
{
    struct utterance *said = &storm->utterances[utterance];
    struct sms sms = { .provider = provider, .utterance = utterance, .telling = said->said, .sent_at = storm->now_ms };
    storm_worker_number(said->worker, sms.from);
    str_copy(sms.text, sizeof sms.text, said->text);
    write_id(storm, provider, sms.id);
    return sms;
}

/* Vonage gives a long text as its parts, a request each. */
static void tell_in_parts(struct storm *storm, int utterance)
{
    struct utterance *said = &storm->utterances[utterance];
    struct sms sms = compose(storm, utterance, 1);
    unsigned total = 2 + (unsigned)storm_random(storm, 3);
    sms.part_total = total;
    sms.part_ref = (unsigned)storm_random(storm, 256);
    const char *rest = said->text;
    for (sms.part = 1; sms.part <= total; sms.part++) {
        struct span left = span_of(rest);
        size_t want = left.len / (total - sms.part + 1);
        left.len = sms.part == total ? left.len : utf8_prefix(left, want ? want : 1);
        str_copy_span(sms.text, sizeof sms.text, left);
        write_id(storm, 1, sms.id);
        rest += left.len;
        storm->counts.parts++;
        storm_add_sms(storm, &sms, storm->now_ms + (int64_t)storm_random(storm, 40 * SECOND_MS));
    }
}

static void tell(struct storm *storm, int utterance, unsigned provider)
{
    storm->utterances[utterance].said++;
    storm->counts.messages++;
    if (provider == 1 && storm_chance(storm, 25)) {
        tell_in_parts(storm, utterance);
        return;
    }
    struct sms sms = compose(storm, utterance, provider);
    storm_add_sms(storm, &sms, storm->now_ms + some_delay(storm));
    /* Twilio tells no time: kept back for an hour, it cannot be known again. */
    if (storm_is_out(storm, provider) || !storm_chance(storm, 12))
        return;
    /* The same SMS reaches the telephone beside the modem pool too. */
    write_id(storm, PHONE_PROVIDER, sms.id);
    sms.provider = PHONE_PROVIDER;
    storm->counts.copies++;
    unsigned index = storm_add_sms(storm, &sms, storm->now_ms + some_delay(storm));
    if (storm_chance(storm, 40)) { /* it sends it once more, under another id */
        struct hook hook = { .about = index };
        write_id(storm, PHONE_PROVIDER, hook.message_id);
        storm->counts.altered++;
        storm_add_hook(storm, &hook, storm->now_ms + some_delay(storm));
    }
}

void people_talk(struct storm *storm, unsigned worker)
{
    /* Each number in use stays with the provider that its telephone was given. */
    unsigned provider = worker % PHONE_PROVIDER;
    int utterance = -1;
    if (storm->is_calm)
        return;
    bool is_again = storm_chance(storm, 20);
    for (unsigned i = storm->utterance_count; is_again && i > 0 && utterance < 0; i--)
        if (storm->utterances[i - 1].worker == worker)
            utterance = (int)i - 1;
    if (utterance >= 0) {
        storm->counts.repetitions++;
    } else if (storm->utterance_count < UTTERANCES_MAX) {
        utterance = (int)storm->utterance_count++;
        struct utterance *said = &storm->utterances[utterance];
        *said = (struct utterance){ .worker = worker };
        snprintf(said->text, sizeof said->text, "%s %u", texts[storm_random(storm, STR_COUNT(texts))],
            FIRST_NUMBER + (unsigned)utterance);
    }
    if (utterance >= 0)
        tell(storm, utterance, provider);
    storm_plan(storm,
        storm->now_ms + (storm->end_ms - storm->begin_ms) / 40 +
            (int64_t)storm_random(storm, (uint64_t)(storm->end_ms - storm->begin_ms) / 3),
        EVENT_TALK, worker);
}

/* "Answer: OK 1042 KTRM takes it, ..." */
void people_read_alert(struct storm *storm, const struct handed *handed, const char *text)
{
    char code[8];
    long long case_id;
    const char *at = strstr(text, "Answer: OK ");
    if (storm->is_calm || !at || sscanf(at, "Answer: OK %lld %7[A-Z]", &case_id, code) != 2 || !storm_chance(storm, 45))
        return;
    struct sms sms = { .provider = handed->provider, .utterance = -1, .sent_at = storm->now_ms };
    str_copy(sms.from, sizeof sms.from, handed->to);
    snprintf(sms.text, sizeof sms.text, "%s %lld %s", storm_chance(storm, 85) ? "OK" : "NO", case_id, code);
    write_id(storm, handed->provider, sms.id);
    storm->counts.answers++;
    storm_add_sms(storm, &sms, storm->now_ms + MINUTE_MS + (int64_t)storm_random(storm, 15 * MINUTE_MS));
}
