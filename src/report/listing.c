/* The kinds of text that a report can be. */
#include "report/listing.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    listing_write *write; /* NULL: not of a listing */
} kinds[MM_REPORT_KINDS] = {
    [MM_REPORT_TEXT] = {"text", NULL},         [MM_REPORT_JSON] = {"json", NULL},
    [MM_REPORT_CSV] = {"csv", listing_csv},    [MM_REPORT_MARKDOWN] = {"markdown", listing_markdown},
    [MM_REPORT_HTML] = {"html", listing_html}, [MM_REPORT_JUNIT] = {"junit", listing_junit},
};

const char *mm_report_kind_name(size_t kind)
{
    return kind < MM_COUNT(kinds) ? kinds[kind].name : NULL;
}

bool mm_report_kind_find(const char *name, enum mm_report_kind *out)
{
    for (size_t i = 0; i < MM_COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *out = (enum mm_report_kind)i;
            return true;
        }
    }
    return false;
}

int mm_report_listing(const struct mm_session *session, const struct mm_listing *listing,
                      enum mm_report_kind kind, struct mm_buf *out, struct mm_err *err)
{
    if ((unsigned)kind >= MM_COUNT(kinds) || !kinds[kind].write)
        return mm_fail(err, MM_EARG, "layers are not listed as %s", mm_report_kind_name(kind));
    if (kinds[kind].write(session, listing, out, err) < 0)
        return -1;
    return out->failed ? mm_fail_memory(err) : 0;
}

/* What XML 1.0 has no way to write: controls, surrogates, U+FFFE and U+FFFF. */
static bool is_character(uint32_t cp)
{
    return cp >= 0x20 ? (cp < 0xd800 || cp > 0xdfff) && cp != 0xfffe && cp != 0xffff
                      : cp == '\t' || cp == '\n' || cp == '\r';
}

void put_markup(struct mm_buf *out, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        uint32_t cp;
        char bytes[4];
        text += mm_text_decode(text, end, &cp);
        if (cp == '&')
            mm_buf_puts(out, "&amp;");
        else if (cp == '<')
            mm_buf_puts(out, "&lt;");
        else if (cp == '>')
            mm_buf_puts(out, "&gt;");
        else if (cp == '"')
            mm_buf_puts(out, "&quot;");
        else
            mm_buf_add(out, bytes, mm_text_encode(is_character(cp) ? cp : 0xfffd, bytes));
    }
}

void put_exact(struct mm_buf *out, const struct mm_session *session, enum mm_column_id column, size_t id)
{
    double value = mm_column(column)->value(session, id);
    char number[MM_NUM];
    if (isnan(value))
        return;
    if (value == floor(value) && fabs(value) < 1e15)
        mm_buf_whole(out, (int64_t)value);
    else
        mm_buf_puts(out, mm_num_repr(number, value));
}
