/* The sentence of a suggestion, and the rule as people type it. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "suggest/suggest.h"

const char *mm_suggest_word(enum mm_suggest_why why)
{
    static const char *const words[MM_WHY_COUNT] = {"overflow", "digits", "share", "hole"};
    return (unsigned)why < MM_WHY_COUNT ? words[why] : "?";
}

enum mm_precision mm_suggestion_precision(const struct mm_suggestion *suggestion)
{
    return suggestion->to == MM_F16 ? MM_PRECISION_F16 : MM_PRECISION_F32;
}

static void say_overflow(const struct suggest *s, uint32_t id, char *text, size_t size)
{
    const struct suggest_layer *here = &s->layer[id];
    const struct mm_verdict *verdict = &s->verdicts[id];
    const struct mm_dtype_info *half = mm_dtype_info(MM_F16);
    char reach[MM_NUM];
    double own = suggest_reach(s, id);
    if (here->because >= 0)
        mm_format(text, size, "reads #%d, whose values reach %s: beyond %s", here->because + 1,
                  mm_num_short(reach, suggest_reach(s, (uint32_t)here->because), 2), half->name);
    else if (own > half->highest)
        mm_format(text, size, "values reach %s, beyond %s's 65504", mm_num_short(reach, own, 2), half->name);
    else if (verdict->cause == MM_CAUSE_INNER_OVERFLOW && verdict->text[0])
        snprintf(text, size, "%s", verdict->text);
    else
        mm_format(text, size, "exceeds the range of %s", half->name);
}

static void say_digits(const struct suggest *s, uint32_t id, char *text, size_t size)
{
    int32_t reader = s->layer[id].because;
    enum mm_dtype now = s->layer[id].now; /* a wide one has nothing to do with it: the reader's is told */
    if (reader >= 0)
        mm_format(text, size, "makes what #%d reads: %s has too few digits there", reader + 1,
                  mm_dtype_info(mm_dtype_info(now)->bits > 16 ? s->layer[reader].now : now)->name);
    else
        snprintf(text, size, "%s", s->verdicts[id].text);
}

static void say_share(const struct suggest *s, uint32_t id, char *text, size_t size)
{
    const struct suggest_layer *here = &s->layer[id];
    const char *now = mm_dtype_info(here->now)->name;
    char added[MM_NUM];
    mm_num_short(added, sqrt(here->added), 2);
    if (here->masked)
        mm_format(text, size, "%s adds about %s here (estimate: masked by #%d)", now, added,
                  s->view->blame[s->view->blame[id].worst_input].root + 1);
    else if (here->integer)
        mm_format(text, size, "%s adds %s here", now, added);
    else
        mm_format(text, size, "adds %s here", added);
}

void suggest_say(const struct suggest *s, uint32_t op, char *text, size_t size)
{
    switch (s->layer[op].why) {
    case MM_WHY_OVERFLOW: say_overflow(s, op, text, size); break;
    case MM_WHY_DIGITS: say_digits(s, op, text, size); break;
    case MM_WHY_HOLE:
        mm_format(text, size, "between %s operators: saves casts", mm_dtype_info(s->layer[op].to)->name);
        break;
    default: say_share(s, op, text, size); break;
    }
}

/* ---- the rule ---- */

void mm_suggest_defaults(struct mm_suggest_options *options)
{
    *options = (struct mm_suggest_options){.rule = MM_SUGGEST_AUTO, .cover = 0.95, .top = 5, .error = 0.01};
}

/* A number that ends the text, or one followed by '%'. */
static bool number(const char *text, double *value, bool *percent)
{
    char digits[MM_NUM];
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    *percent = length > 0 && text[length - 1] == '%';
    length -= *percent;
    if (length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return mm_parse_double(digits, value);
}

int mm_suggest_parse(const char *text, struct mm_suggest_options *options, struct mm_err *err)
{
    double value;
    int64_t top;
    bool percent;
    mm_suggest_defaults(options);
    text += strspn(text, " ");
    if (!*text)
        return 0;
    if (strncmp(text, "top ", 4) == 0) {
        if (!mm_parse_i64(text + 4 + strspn(text + 4, " "), &top) || top < 1 || top > INT32_MAX)
            return mm_fail(err, MM_EARG, "\"%s\": how many? top 5", text);
        options->rule = MM_SUGGEST_TOP;
        options->top = (size_t)top;
        return 0;
    }
    if (!number(text, &value, &percent) || !(value > 0) || !(percent ? value <= 100 : value < 1))
        return mm_fail(
            err, MM_EARG,
            "\"%s\" is not a share of the error (95%%), a number of operators (top 5), or an error "
            "below 1 (0.01)",
            text);
    options->rule = percent ? MM_SUGGEST_COVER : MM_SUGGEST_TO_ERROR;
    *(percent ? &options->cover : &options->error) = percent ? value / 100 : value;
    return 0;
}
