/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page - see page.h. */
#include "gateway/console/page.h"

#include "gateway/base/str.h"
#include "gateway/console/style.h"

#define DEPTH_MAX 8 /* deeper paths are none of ours; their error page then stands without style */

const struct http_header page_headers[] = {
    { "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
    { "Strict-Transport-Security", "max-age=63072000" },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cache-Control", "no-store" },
    { "Permissions-Policy", "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(), "
                            "display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), "
                            "microphone=(), midi=(), payment=(), usb=(), web-share=()" },
    { "X-Robots-Tag", "noindex, nofollow, noarchive" },
    { NULL, NULL },
};

static const char *way_up(const char *path)
{
    static const char ways[] = "../../../../../../../../";
    unsigned depth = 0;
    for (const char *p = path[0] == '/' ? path + 1 : path; *p; p++)
        depth += *p == '/';
    return ways + (DEPTH_MAX - (depth < DEPTH_MAX ? depth : DEPTH_MAX)) * 3;
}

void page_begin_head(struct html *html, const char *path, const char *title)
{
    char style[DEPTH_MAX * 3 + 16];
    str_copy(style, sizeof style, way_up(path));
    size_t len = span_of(style).len;
    str_copy(style + len, sizeof style - len, "style.css");
    H_LIT(html, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"format-detection\" content=\"telephone=no, date=no, address=no, email=no\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html_string(html, title);
    H_LIT(html, "</title>\n<link rel=\"stylesheet\"");
    H_ATTR(html, "href", style);
    H_LIT(html, ">\n</head>\n");
}

void page_begin(struct html *html, const char *path, const char *title)
{
    page_begin_head(html, path, title);
    H_LIT(html, "<body>\n<header><p>Help line</p></header>\n<main>\n");
}

void page_end(struct html *html)
{
    H_LIT(html, "</main>\n<footer><p>This page is for you alone. Do not pass on its address; close it when you are "
                "done.</p></footer>\n</body>\n</html>\n");
}

int page_finish(struct html *html, int status, struct visits_page *ret_page)
{
    ret_page->status = status;
    ret_page->content_type = "text/html; charset=utf-8";
    ret_page->extra = NULL;
    return html_finish(html, &ret_page->body);
}

void page_write_saying(struct html *html, const char *title, const char *sentence, const char *next)
{
    H_LIT(html, "<h1>");
    html_string(html, title);
    H_LIT(html, "</h1>\n<p class=\"lead\">");
    html_string(html, sentence);
    H_LIT(html, "</p>\n");
    if (next) {
        H_LIT(html, "<p>");
        html_string(html, next);
        H_LIT(html, "</p>\n");
    }
}

void page_write_answer(struct html *html, const char *sentence, bool is_done)
{
    if (is_done)
        H_LIT(html, "<p class=\"answer done\" role=\"status\">");
    else
        H_LIT(html, "<p class=\"answer refused\" role=\"alert\">");
    html_string(html, sentence);
    H_LIT(html, "</p>\n");
}

int page_say(const char *path, int status, const char *title, const char *sentence, const char *next,
    struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    page_begin(html, path, title);
    page_write_saying(html, title, sentence, next);
    page_end(html);
    return page_finish(html, status, ret_page);
}

int page_style(struct visits_page *ret_page)
{
    ret_page->status = 200;
    ret_page->content_type = "text/css; charset=utf-8";
    ret_page->extra = NULL;
    buf_add_text(&ret_page->body, style_css);
    return buf_check(&ret_page->body);
}
