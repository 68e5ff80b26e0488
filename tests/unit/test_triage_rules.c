/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_triage_rules - what words mean together: who is spoken of, what is denied, what is only jest, and since when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"

static struct lexicon *lexicon;

static int open_lexicon(void **state)
{
    (void)state;
    return lexicon_load("config/lexicon", NULL, &lexicon);
}

static int close_lexicon(void **state)
{
    (void)state;
    lexicon_free(lexicon);
    return 0;
}

#define ONLY(category) CATEGORY_BIT(category)
#define AND(a, b) (CATEGORY_BIT(a) | CATEGORY_BIT(b))

struct reading_case {
    const char *label, *text;
    category_set named, absent; /* at least these, none of those */
    int urgency;                /* -1 = any */
};

static void check_help(const struct reading_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), NULL, 0, &t), 0);
        if (!t.is_help || (t.categories & cases[i].named) != cases[i].named || (t.categories & cases[i].absent) ||
            (cases[i].urgency >= 0 && (int)t.urgency != cases[i].urgency))
            fail_msg("%s: \"%s\" is %s, categories %x, %s", cases[i].label, cases[i].text, intent_word(t.intent),
                (unsigned)t.categories, urgency_word(t.urgency));
    }
}

static void who_wants_to_be_safe_or_home_is_not_safe_yet(void **state)
{
    static const struct reading_case cases[] = {
        { "Bengali", "ami nirapod jaygay jaite chai", 0, 0, -1 },
        { "Hindi, not well", "sab theek nahi hai", 0, 0, URGENCY_urgent },
        { "Hindi, wants home", "ghar pahunchna hai mujhe", 0, 0, -1 },
        { "Nepali", "ma thik chaina", 0, 0, URGENCY_urgent },
        { "Telugu", "నేను సురక్షితంగా లేను", 0, 0, URGENCY_urgent },
        { "Telugu, wants home", "kshemamga intiki cherali", 0, 0, -1 },
        { "Malayalam", "നാട്ടിൽ എത്തിക്കണം", 0, 0, -1 },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void words_of_adverts_in_a_complaint_do_not_make_it_an_advert(void **state)
{
    static const struct reading_case cases[] = {
        { "agency, sold, pay", "my agency sold me to another house, 18 hours work no rest day and no pay",
            AND(trafficking, wages) | CATEGORY_BIT(overwork), 0, URGENCY_urgent },
        { "loan and money", "the agency office took money from me for loan and I got no salary 4 months",
            AND(trafficking, wages), 0, -1 },
        { "promised like an advert", "they said good salary offer and free visa but i only got half pay since january",
            ONLY(wages), 0, -1 },
        { "shop", "they make me clean also the shop and the house of the sister, I sleep at 2", 0, 0, -1 },
        { "Indonesian", "agen saya jual saya ke rumah lain, kerja 18 jam tidak ada libur tidak digaji",
            AND(trafficking, wages), 0, -1 },
        { "a house is no wager", "nege lela bet liketugn new delala shetegn", ONLY(trafficking), 0, URGENCY_critical },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void what_is_denied_is_not_named(void **state)
{
    static const struct reading_case cases[] = {
        { "only late", "they do not beat me only the salary is late", ONLY(wages), ONLY(violence), URGENCY_soon },
        { "words not spaced", "老板不打我，只是三个月没发工资", ONLY(wages), ONLY(violence), URGENCY_soon },
        { "Thai", "นายจ้างไม่ตีหนู แต่ไม่จ่ายเงินเดือนมา 3 เดือน", ONLY(wages), ONLY(violence), URGENCY_soon },
        { "in the gap of a phrase", "marte nahi hai bas salary nahi dete 3 mahine se", ONLY(wages), ONLY(violence),
            URGENCY_soon },
        { "but begins anew", "salary is never late but they beat me", ONLY(violence), 0, -1 },
        { "a denial with a gap stays", "i am not even allowed to go out", ONLY(confinement), 0, -1 },
        { "not hit, food well", "boss never shout never beat, food ok, just she hold my money since april", ONLY(wages),
            ONLY(deprivation), URGENCY_soon },
        { "the next sentence is another", "text when they sleep. no salary", ONLY(wages), ONLY(overwork), -1 },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void one_word_names_one_thing(void **state)
{
    static const struct reading_case cases[] = {
        { "a threat with a knife", "il veut me tuer il a un couteau", ONLY(danger), ONLY(violence), URGENCY_critical },
        { "blows and a threat", "he beats me every day and says he will kill me", AND(danger, violence), 0,
            URGENCY_critical },
        { "sold to another house", "besok saya mau dikirim ke rumah lain di Irak, saya dijual agensi",
            ONLY(trafficking), ONLY(overwork), URGENCY_critical },
        { "the house is no blow", "ខ្ញុំចង់ទៅផ្ទះវិញ", ONLY(repatriation), ONLY(violence), URGENCY_soon },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void hunger_counts_its_days(void **state)
{
    static const struct reading_case cases[] = {
        { "since a weekday", "sejak hari senin saya tidak dikasih makan", ONLY(deprivation), 0, URGENCY_critical },
        { "weekday first", "simula pa nung lunes hindi po ako kumakain, kape lang", ONLY(deprivation), 0,
            URGENCY_critical },
        { "French", "depuis lundi je n'ai rien mange, elle ferme la cuisine", ONLY(deprivation), 0, URGENCY_critical },
        { "Vietnamese", "từ thứ hai đến giờ em chưa được ăn gì", ONLY(deprivation), 0, URGENCY_critical },
        { "number and day in one", "no food 3days", ONLY(deprivation), 0, URGENCY_critical },
        { "only water", "5 days they give only water and biscuit, I feel weak", ONLY(deprivation), 0,
            URGENCY_critical },
        { "a weekday alone is no span", "no food in this house on friday", ONLY(deprivation), 0, URGENCY_urgent },
        { "one day", "no food 1day", ONLY(deprivation), 0, URGENCY_urgent },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void what_is_past_is_not_critical(void **state)
{
    static const struct reading_case cases[] = {
        { "last week", "he beat me last week, now my arm is blue", ONLY(violence), 0, URGENCY_urgent },
        { "hiding far away", "I jumped the wall last night and now hiding in bus station", ONLY(escaped), ONLY(danger),
            URGENCY_urgent },
        { "hiding in the house", "he is shouting with a stick and i am hiding in the bathroom now", ONLY(danger), 0,
            URGENCY_critical },
        { "now", "she is beating me right now", ONLY(violence), 0, URGENCY_critical },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void a_question_is_only_a_question(void **state)
{
    static const struct reading_case cases[] = {
        { "how to die", "what is the fastest way to die nobody care here", ONLY(suicide), ONLY(info),
            URGENCY_critical },
        { "about fees", "how much is the fee to renew work permit?", ONLY(info), ONLY(documents), URGENCY_routine },
        { "a complaint that asks", "how can I get my salary? 4 months they do not pay", ONLY(wages), ONLY(info), -1 },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void jest_adverts_and_prayers_wake_nobody(void **state)
{
    static const char *const texts[] = {
        "haha u nearly killed me with that joke yesterday",
        "lol I'm dying, this homework is killing me",
        "i was so sick of that movie, we left before the end lol",
        "หิวจะตายแล้ว ไปกินชาบูกันมั้ย 555",
        "The Lord is my shepherd, I shall not die but live. Forward this to 10 friends and be blessed",
        "اللهم ارزقنا الجنة، ارسلها الى عشرة من اصدقائك",
        "bhagwan sabka bhala kare, ye message 11 logo ko bhejo",
        "Hiring nannies and housemaids for Dubai: salary 1500, free ticket, free food. Send CV to our office",
        "Need cash fast? Instant loan up to 5000, no papers, money in your account today",
        "Incendie dans un entrepôt, aucun blessé",
        "高速公路发生车祸三人死亡",
        "Police arrested 12 people in a raid on Tuesday, officials said. Full story on our site",
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(texts[i]), NULL, 0, &t), 0);
        if (t.intent != INTENT_not_help)
            fail_msg("\"%s\" is %s", texts[i], intent_word(t.intent));
    }
}

static void laughter_takes_back_no_wish_to_die(void **state)
{
    static const struct reading_case cases[] = {
        { "suicide", "haha i just want to die", ONLY(suicide), 0, URGENCY_critical },
        { "an employer", "lol my boss hit me again today", ONLY(violence), 0, -1 },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void whom_they_lock_in_without_food_is_critical(void **state)
{
    static const struct reading_case cases[] = {
        { "a room", "they locked me in the storeroom and there is no food", AND(confinement, deprivation), 0,
            URGENCY_critical },
        { "Indonesian", "saya dikunci di gudang tidak ada makanan", AND(confinement, deprivation), 0,
            URGENCY_critical },
        { "French", "enfermée dans la buanderie sans rien à manger depuis hier", AND(confinement, deprivation), 0,
            URGENCY_critical },
        { "a telephone is no door", "she took my phone and gives only little food", 0, 0, URGENCY_urgent },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void what_stands_beside_a_trouble_is_not_named(void **state)
{
    static const struct reading_case cases[] = {
        { "a threat", "do not tell police or I kill you, my boss says", ONLY(danger), ONLY(legal), URGENCY_critical },
        { "what is asked of us", "hinihipuan ako pero wag nyo po sabihin sa embassy o pulis", ONLY(sexual), ONLY(legal),
            -1 },
        { "arrested", "police took my sister to jail in Jeddah", ONLY(legal), 0, -1 },
        { "a doctor", "jwaro aako 5 din vayo ubhina sakdina, aspatal laidaina", ONLY(medical), ONLY(deprivation),
            URGENCY_urgent },
        { "tablets to take", "sioni haja ya kuishi tena, nitakunywa dawa zote", ONLY(suicide), ONLY(deprivation),
            URGENCY_critical },
        { "nowhere to sleep", "nimetoroka jana usiku, niko mtaani sina pa kulala", ONLY(escaped), ONLY(overwork), -1 },
        { "whoever holds the passport", "ejen pegang pasport saya tak bagi balik", ONLY(documents), ONLY(trafficking),
            -1 },
        { "nobody of hers is lost", "agency not answer my calls, 3 months no salary", ONLY(wages), ONLY(missing), -1 },
        { "do not answer", "يضربني، لا تردوا على هالرقم", ONLY(violence), ONLY(missing), -1 },
        { "hides from a knife", "majikan ngejar saya pake golok saya ngumpet di kamar mandi", ONLY(danger),
            ONLY(escaped), URGENCY_critical },
        { "not bleeding", "I am not bleeding only pain", ONLY(medical), ONLY(danger), URGENCY_urgent },
        { "bleeding does not stop", "khoon band nahi ho raha mera", ONLY(danger), 0, URGENCY_critical },
        { "a threat", "aaja timi lai khattam garchu bhanera dhamki diyo, petrol lyayeko cha", ONLY(danger),
            ONLY(violence), URGENCY_critical },
        { "a knife at the door, tonight", "he is at my door with hammer says tonight is my last night", ONLY(danger),
            ONLY(sexual), URGENCY_critical },
        { "no breath", "he strangled me I cannot breathe", ONLY(danger), ONLY(medical), URGENCY_critical },
        { "not in the contract", "dalawang bahay nililinis ko di naman nakasulat sa kontrata", ONLY(overwork),
            ONLY(repatriation), -1 },
        { "a piece of a longer word", "chủ đánh em, đừng báo công an", ONLY(violence), ONLY(deprivation), -1 },
        { "nothing has reached the belly", "ไม่มีอะไรตกถึงท้องสองวันแล้ว", ONLY(deprivation), AND(medical, info),
            URGENCY_critical },
        { "medicine withheld", "mujhe bukhar hai dawai nahi dete", ONLY(medical), ONLY(deprivation), -1 },
        { "a verb alone beside what is asked of us", "kutcha, police lai nabhannu", ONLY(violence), ONLY(legal), -1 },
        { "do not call", "不给工资，不要打电话只发短信", ONLY(wages), ONLY(confinement), URGENCY_soon },
    };
    (void)state;
    check_help(cases, STR_COUNT(cases));
}

static void it_is_known_of_whom_she_writes(void **state)
{
    static const struct {
        const char *text;
        bool is_third_party;
    } cases[] = {
        { "tolong anak majikan mukul saya", false },
        { "anak saya dipukul majikannya di Riyadh", true },
        { "hi sis pls help me", false },
        { "malik ki biwi mujhe marti hai", false },
        { "behan ko malik ne mara hai kuwait me", true },
        { "ang anak sa akong amo nagsumbag nako", false },
        { "adik dipukul majikan di jeddah", true },
        { "her mother slaps me when husband is away", false },
        { "sis in Kuwait is beaten by her madam", true },
        { "con trai ba chu danh em", false },
        { "زوجتي بالدمام كفيلها يضربها", true },
        { "paalam na sa mga anak ko patawarin nyo si mama", false },
        { "my sister wants to kill herself in Kuwait", true },
        { "I am beaten here. reply to my friend number 0551234567 not this one", false },
        { "my sister is beaten there, reply to this number", true },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), NULL, 0, &t), 0);
        if (((t.flags & FLAG_BIT(third_party)) != 0) != cases[i].is_third_party)
            fail_msg("\"%s\" has flags %x", cases[i].text, (unsigned)t.flags);
    }
}

static void whose_child_it_is_is_known(void **state)
{
    static const struct {
        const char *text;
        flag_set flag;
        bool is_set;
    } cases[] = {
        { "madam is pregnant and i carry everything, my back is broken", FLAG_BIT(pregnant), false },
        { "she is pregnant, my sister in Kuwait, they beat her", FLAG_BIT(pregnant), true },
        { "majikan saya perkosa saya, saya hamil", FLAG_BIT(pregnant), true },
        { "her son 16 years old hit me with belt", FLAG_BIT(minor), false },
        { "i am 16 years old and sir hit me", FLAG_BIT(minor), true },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), NULL, 0, &t), 0);
        if (((t.flags & cases[i].flag) != 0) != cases[i].is_set)
            fail_msg("\"%s\" has flags %x", cases[i].text, (unsigned)t.flags);
    }
}

static void only_another_number_is_another_number(void **state)
{
    static const struct {
        const char *text;
        bool is_other;
    } cases[] = {
        { "they beat me, do not reply on this number", false },
        { "no salary, call my sister on 0551234567", true },
        { "no salary, reply to my friend", true },
        { "monsieur a chauffe le couteau sur le gaz", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), NULL, 0, &t), 0);
        if (((t.flags & FLAG_BIT(other_number)) != 0) != cases[i].is_other)
            fail_msg("\"%s\" has flags %x", cases[i].text, (unsigned)t.flags);
    }
}

static void a_time_of_work_is_no_time_to_write(void **state)
{
    static const struct {
        const char *text;
        bool is_safe_time;
    } cases[] = {
        { "kerja dari jam 4 subuh sampe jam 1 malam gak ada libur", false },
        { "agent says passport only after I pay 800", false },
        { "la patronne m'enferme quand elle sort", false },
        { "they lock me in. write me only after midnight", true },
        { "6 mash taka dey nai. rat 12 tar por sms diyen, tar age na", true },
        { "call me only when she sleeps", true },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), NULL, 0, &t), 0);
        if (((t.flags & FLAG_BIT(safe_time)) != 0) != cases[i].is_safe_time)
            fail_msg("\"%s\" has flags %x", cases[i].text, (unsigned)t.flags);
    }
}

static void what_others_said_and_hunger_among_friends_wake_nobody(void **state)
{
    static const char *const texts[] = {
        "The minister said \"they kill women\" at the conference",
        "im dying of hunger, pizza or burger tonite?",
        "she stabs the king in the last episode omg watch it",
        "khida lagse more jabo, biriyani khabi?",
    };
    static const struct reading_case kept[] = {
        { "a threat in quotation marks", "my boss said \"I will kill you\"", ONLY(danger), 0, URGENCY_critical },
        { "no employer named", "he shouts \"i will kill you tonight\"", ONLY(danger), 0, URGENCY_critical },
        { "all in quotation marks", "\"he will kill me, help\"", ONLY(danger), 0, URGENCY_critical },
        { "dying of hunger at work", "I am dying of hunger, madam gives me nothing since 3 days", ONLY(deprivation), 0,
            URGENCY_critical },
        { "a film and those she serves", "she hit me with the remote because of the movie, wow", ONLY(violence), 0,
            -1 },
        { "a child", "my baby and me have no food", ONLY(deprivation), 0, -1 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(texts[i]), NULL, 0, &t), 0);
        if (t.intent != INTENT_not_help)
            fail_msg("\"%s\" is %s", texts[i], intent_word(t.intent));
    }
    check_help(kept, STR_COUNT(kept));
}

static void tales_and_courtship_wake_nobody(void **state)
{
    static const char *const texts[] = {
        "udah nonton belum? endingnya dia bunuh diri gara2 suaminya selingkuh, nangis aku",
        "xem phim tối qua chưa, cuối cùng cô ấy nhảy lầu, khóc quá trời",
        "bro that last boss killed me like 12 times, need a break",
        "si malee jiraachuu hin danda'u jaalalee koo",
        "nee illathe enikku jeevikkan vayya muthe",
        "Habari: polisi wamkamata mwajiri aliyempiga dada wa kazi Nairobi",
        "I nearly died when the cat jumped \xF0\x9F\x98\x82",
    };
    static const struct reading_case kept[] = {
        { "an employer plays", "my boss play game all night and beat me when he lose", ONLY(violence), 0, -1 },
        { "a film is no excuse", "boss said like in that movie he will kill me and nobody find me", ONLY(danger), 0,
            URGENCY_critical },
        { "a game and a knife", "bos saya mau bunuh saya kalau kalah main game dia ngamuk bawa pisau", ONLY(danger), 0,
            URGENCY_critical },
        { "love and poison", "jaan tumhare bina nahi jee sakti, zehar kha rahi hu", ONLY(suicide), 0,
            URGENCY_critical },
        { "love and a killer", "mon amour appelle la police il veut me tuer", ONLY(danger), 0, URGENCY_critical },
        { "a mother takes leave", "je t'aime maman, je n'en peux plus, j'ai avale tous les cachets", ONLY(suicide), 0,
            URGENCY_critical },
        { "laughter over a blow", "wkwk udah biasa sis dipukul majikan tiap hari", ONLY(violence), 0, -1 },
        { "a friend is addressed", "hi bro he is outside my room with a knife please", ONLY(danger), 0,
            URGENCY_critical },
        { "shame is no jest", "nilalagnat ako tatlong araw na pinagtatrabaho pa rin hehe hirap", 0, 0, -1 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(texts[i]), NULL, 0, &t), 0);
        if (t.intent != INTENT_not_help)
            fail_msg("\"%s\" is %s", texts[i], intent_word(t.intent));
    }
    check_help(kept, STR_COUNT(kept));
}

static void an_advert_has_no_flags_but_those_we_obey(void **state)
{
    static const struct {
        const char *text;
        flag_set flags;
    } cases[] = {
        { "Hiring nannies, we are 5 girls team, free visa, pregnant ladies welcome, call us now", 0 },
        { "Your OTP is 4471. This is an automatic message, do not reply", FLAG_BIT(no_reply) },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), NULL, 0, &t), 0);
        if (t.is_help || t.flags != cases[i].flags)
            fail_msg("\"%s\" has flags %x, %s", cases[i].text, (unsigned)t.flags, intent_word(t.intent));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_wants_to_be_safe_or_home_is_not_safe_yet),
        cmocka_unit_test(words_of_adverts_in_a_complaint_do_not_make_it_an_advert),
        cmocka_unit_test(what_is_denied_is_not_named),
        cmocka_unit_test(one_word_names_one_thing),
        cmocka_unit_test(hunger_counts_its_days),
        cmocka_unit_test(what_is_past_is_not_critical),
        cmocka_unit_test(a_question_is_only_a_question),
        cmocka_unit_test(jest_adverts_and_prayers_wake_nobody),
        cmocka_unit_test(laughter_takes_back_no_wish_to_die),
        cmocka_unit_test(whom_they_lock_in_without_food_is_critical),
        cmocka_unit_test(what_stands_beside_a_trouble_is_not_named),
        cmocka_unit_test(it_is_known_of_whom_she_writes),
        cmocka_unit_test(whose_child_it_is_is_known),
        cmocka_unit_test(only_another_number_is_another_number),
        cmocka_unit_test(a_time_of_work_is_no_time_to_write),
        cmocka_unit_test(what_others_said_and_hunger_among_friends_wake_nobody),
        cmocka_unit_test(tales_and_courtship_wake_nobody),
        cmocka_unit_test(an_advert_has_no_flags_but_those_we_obey),
    };
    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
