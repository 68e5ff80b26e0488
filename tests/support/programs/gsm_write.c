/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsm_write - writes texts as the PDUs that a modem would send, for decoders that are not ours.
 * What:  one line in, "NUMBER HEX-OF-UTF-8"; one line out for each of its parts: "LINE PART PARTS LENGTH HEX".
 *        With --national, the shift tables of languages may be used.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/gsm/submit.h"

#define LINE_MAX_BYTES 16384
#define REFERENCE 130

static int write_parts(unsigned line, const char *to, struct span text, const struct gsm_submit_options *options)
{
    struct gsm_plan plan;
    int rc = gsm_submit_plan(text, options, &plan);
    for (unsigned part = 1; !rc && part <= (plan.parts ? plan.parts : 1); part++) {
        char hex[GSM_SUBMIT_HEX_MAX];
        unsigned length = 0;
        rc = gsm_submit_write(text, options, &plan, part, to, hex, &length);
        if (!rc)
            printf("%u %u %u %u %s\n", line, part, plan.parts, length, hex);
    }
    return rc;
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX_BYTES];
    const struct gsm_submit_options options = { .reference = REFERENCE,
        .wants_report = true,
        .may_use_national = argc == 2 && strcmp(argv[1], "--national") == 0,
        .validity_minutes = 24 * 60 };
    for (unsigned number = 1; fgets(line, sizeof line, stdin); number++) {
        AUTO_BUF text;
        char *blank = strchr(line, ' ');
        buf_init(&text, sizeof line);
        line[strcspn(line, "\n")] = '\0';
        if (!blank || str_hex_decode(&text, span_of(blank + 1))) {
            fprintf(stderr, "line %u: not a number and hex\n", number);
            return 2;
        }
        *blank = '\0';
        if (write_parts(number, line, buf_span(&text), &options)) {
            fprintf(stderr, "line %u: cannot be written\n", number);
            return 1;
        }
    }
    return 0;
}
