/* SPDX-License-Identifier: GPL-3.0-or-later */
/* highlight - see highlight.h. */
#include "gateway/console/cases/highlight.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/model.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define TITLE_MAX 200

struct place {
    size_t start, end;
    const char *label;
};

struct places {
    unsigned count, edge_count;
    struct place list[EVIDENCE_MAX];
    size_t edges[2 * EVIDENCE_MAX]; /* where a mark may begin or end, rising */
};

/* Widens the place to whole signs: walks over the text once, remembering where the last sign began. */
static void widen(struct span text, struct place *place)
{
    size_t sign = 0, start = 0, end = text.len;
    uint32_t before = 0, character;
    bool has_end = false;
    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_decode(text.data + at, text.len - at, &character);
        if (!gsm7_is_bound(before, character))
            sign = at;
        if (at <= place->start)
            start = sign;
        if (!has_end && sign == at && at >= place->end) {
            end = at;
            has_end = true;
        }
        before = character;
        at += len;
    }
    *place = (struct place){ start, end, place->label };
}

static int compare_edges(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

static void collect(struct span text, const json_t *evidence, struct places *places)
{
    size_t i;
    json_t *item;
    json_array_foreach(evidence, i, item)
    {
        int64_t start = json_int(item, "start", -1), len = json_int(item, "len", 0);
        bool is_inside = start >= 0 && len > 0 && (uint64_t)start + (uint64_t)len <= text.len;
        if (!is_inside || places->count == EVIDENCE_MAX)
            continue;
        struct place *place = &places->list[places->count++];
        *place = (struct place){ (size_t)start, (size_t)(start + len), json_text(item, "label", "") };
        widen(text, place);
        places->edges[places->edge_count++] = place->start;
        places->edges[places->edge_count++] = place->end;
    }
    qsort(places->edges, places->edge_count, sizeof places->edges[0], compare_edges);
}

/* The labels that speak for themselves in [start, end), each once; false when there is none. */
static bool name_labels(const struct places *places, size_t start, size_t end, char *ret, size_t size)
{
    AUTO_BUF title;
    buf_init(&title, size - 1);
    for (unsigned i = 0; i < places->count; i++) {
        const struct place *place = &places->list[i];
        bool is_new = place->start <= start && end <= place->end;
        for (unsigned k = 0; is_new && k < i; k++)
            is_new = !(places->list[k].start <= start && end <= places->list[k].end &&
                       str_equal(places->list[k].label, place->label));
        if (is_new)
            buf_add_format(&title, "%s%s", title.len ? ", " : "", place->label);
    }
    str_copy(ret, size, title.data ? title.data : "");
    return title.len > 0;
}

static void write_piece(struct html *html, struct span text, const struct places *places, size_t start, size_t end)
{
    char title[TITLE_MAX];
    struct span piece = { text.data + start, end - start };
    if (start == end)
        return;
    if (!name_labels(places, start, end, title, sizeof title)) {
        html_text(html, piece);
        return;
    }
    H_LIT(html, "<mark");
    H_ATTR(html, "title", title);
    H_LIT(html, ">");
    html_text(html, piece);
    H_LIT(html, "</mark>");
}

void highlight_write(struct html *html, struct span text, const json_t *evidence)
{
    struct places places = { .count = 0 };
    size_t at = 0;
    collect(text, evidence, &places);
    for (unsigned i = 0; i < places.edge_count; i++) {
        if (places.edges[i] <= at)
            continue;
        write_piece(html, text, &places, at, places.edges[i]);
        at = places.edges[i];
    }
    write_piece(html, text, &places, at, text.len);
}
