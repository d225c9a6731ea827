/* Values of a text tensor that are with the same bytes between them. */
#include "format/same_separator.h"

#include <string.h>

#define GAP_MAX 16                 /* as many bytes a cursor compares quickly */
#define TAIL    ((size_t)64 << 10) /* bytes at the end of a text in which the last value is looked for */

bool mm_same_separator_number(const struct mm_same_separator *spelling, struct mm_word word)
{
    return spelling->real ? mm_lex_is_float(word) : mm_lex_is_int(word);
}

size_t mm_same_separator_gap(const struct mm_lex *lex, const struct mm_same_separator *spelling)
{
    struct mm_lex ahead = *lex;
    struct mm_word word;
    ahead.comment = false;
    if (spelling->in_list) {
        if (!mm_lex_take(&ahead, ','))
            return 0;
    } else if (!mm_lex_word(&ahead, &word) || strlen(spelling->name) != word.length ||
               memcmp(spelling->name, word.text, word.length) != 0 || ahead.at == ahead.end ||
               *ahead.at++ != ':') {
        return 0;
    }
    if (!mm_lex_space(&ahead) || ahead.comment)
        return 0;
    size_t gap = (size_t)(ahead.at - lex->at);
    return gap <= GAP_MAX && mm_lex_word(&ahead, &word) && mm_same_separator_number(spelling, word) ? gap : 0;
}

static const char *past_digits(const char *p, const char *end)
{
    while (p < end && (unsigned char)(*p - '0') <= 9)
        p++;
    return p;
}

/* Where a number of the plainest kind ends, -1.5e-05 with a digit on each side of the point; NULL for another
 * one. */
static const char *past_plain(const char *p, const char *end)
{
    p += p < end && *p == '-';
    const char *start = p;
    p = past_digits(p, end);
    if (p == start)
        return NULL;
    if (p < end && *p == '.') {
        start = ++p;
        p = past_digits(p, end);
        if (p == start)
            return NULL;
    }
    if (p < end && *p == 'e') {
        p++;
        p += p < end && (*p == '-' || *p == '+');
        start = p;
        p = past_digits(p, end);
        if (p == start)
            return NULL;
    }
    return p;
}

/* White space and commas end a word without further questions; after anything else the whole word is looked
 * at. */
static bool goes_on(const char *p, const char *end)
{
    if (p == end)
        return false;
    return *p == '+' || *p > ',';
}

int64_t mm_same_separator_take(struct mm_lex *lex, const struct mm_same_separator *spelling, size_t gap,
                               int64_t most)
{
    const char *before = lex->at;
    const char *end = lex->end;
    int64_t count = 0;
    while (count < most && (size_t)(end - lex->at) > gap && memcmp(lex->at, before, gap) == 0) {
        struct mm_lex ahead = *lex;
        struct mm_word word;
        const char *start = lex->at + gap;
        const char *stop = spelling->real ? past_plain(start, end) : NULL;
        if (!stop || goes_on(stop, end)) {
            ahead.at = start;
            if (!mm_lex_word(&ahead, &word) || word.text != start ||
                !mm_same_separator_number(spelling, word))
                break;
            stop = ahead.at;
        }
        lex->at = stop;
        count++;
    }
    return count;
}

const char *mm_same_separator_last(const struct mm_lex *lex, const struct mm_same_separator *spelling,
                                   size_t gap)
{
    struct mm_lex rest = *lex;
    struct mm_word word;
    const char *first = lex->at;
    const char *p = lex->end - gap;
    if ((size_t)(p - first) > TAIL)
        first = p - TAIL;
    for (; p > first; p--) {
        if (memcmp(p, lex->at, gap) != 0)
            continue;
        rest.at = p + gap;
        if (mm_lex_word(&rest, &word) && word.text == p + gap && mm_same_separator_number(spelling, word))
            return rest.at;
    }
    return NULL;
}
