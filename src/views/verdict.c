#include "views/verdict.h"

#include <math.h>
#include <string.h>

#include "base/translate.h"
#include "views/inspector.h"
#include "views/error_profile.h"

const char verdict_no_order[] = "The order of execution is not known: --model FILE or --order FILE gives it";

enum role verdict_role(enum mm_verdict_kind kind)
{
    static const enum role roles[MM_GROUP_COUNT] = {
        [MM_GROUP_PENDING] = ROLE_LIST_WAIT, [MM_GROUP_FINE] = ROLE_OK,   [MM_GROUP_ELSEWHERE] = ROLE_DIM,
        [MM_GROUP_CHOICE] = ROLE_WARN,       [MM_GROUP_WRONG] = ROLE_BAD, [MM_GROUP_BROKEN] = ROLE_NAN,
        [MM_GROUP_FILES] = ROLE_WARN,
    };
    return roles[mm_verdict_info(kind)->group];
}

enum role error_role(double error)
{
    if (isnan(error))
        return ROLE_DIM;
    return isinf(error) ? ROLE_NAN : role_heat(error_profile_level(error));
}

/* The length of what a sentence says first: up to a colon, or "6.5x over" of "6.5x over 0.05"; else all of it. */
static size_t head_of(const char *text)
{
    const char *colon = strchr(text, ':'), *wide = strstr(text, "\uFF1A"),
               *over = strstr(text, mm_tr("x over "));
    if (colon || wide)
        return (size_t)((!wide || (colon && colon < wide) ? colon : wide) - text);
    return over ? (size_t)(over - text) + strlen(mm_tr("x over")) : strlen(text);
}

/* "inherited from #4", without the name: it stands beside the number in the same list. */
static size_t head_of_inherited(const char *text)
{
    const char *number = strstr(text, " #");
    return number ? (size_t)(number + 2 - text) + strspn(number + 2, "0123456789") : strlen(text);
}

void verdict_fit(const struct mm_verdict *verdict, int width, struct mm_buf *out)
{
    const char *text = verdict->text[0]                 ? verdict->text
                       : verdict->kind == MM_VERDICT_OK ? mm_tr_in("word", "ok")
                                                        : "";
    bool inherited = verdict->kind == MM_VERDICT_INHERITED && verdict->from >= 0;
    size_t short_form = head_of_inherited(text);
    if (inherited && short_form <= (size_t)width) {
        mm_buf_add(out, text, short_form);
        return;
    }
    bool whole = mm_text_width(text) <= width;
    size_t head = whole ? strlen(text) : head_of(text);
    if (whole || mm_verdict_info(verdict->kind)->text_says_more ||
        (head < strlen(text) && head <= (size_t)width))
        mm_buf_add(out, text, head);
    else if (inherited)
        mm_buf_printf(out, "from #%d", verdict->from + 1);
    else
        mm_buf_puts(out, mm_tr_in("word", mm_verdict_word(verdict->kind)));
}

void verdict_next(const struct app *app, size_t id, struct mm_buf *out)
{
    const struct mm_verdict *verdict = &mm_session_layer(app->session, id)->verdict;
    struct mm_buf evidence, keys;
    if (verdict->kind == MM_VERDICT_INHERITED && verdict->from >= 0) {
        const char *name = mm_session_layer(app->session, (size_t)verdict->from)->label;
        mm_buf_init(&keys);
        mm_buf_printf(out, "Look at #%d %s first (%s goes there).", verdict->from + 1, name,
                      inspector_key(app, ACT_ROOT, &keys));
        mm_buf_done(&keys);
        return;
    }
    mm_buf_init(&evidence);
    mm_session_explain(app->session, id, &evidence, out);
    mm_buf_done(&evidence);
}

static bool say_root(struct app *app, size_t id, size_t root)
{
    struct mm_buf keys;
    mm_buf_init(&keys);
    app_say(app, ROLE_STATUS, "The error of #%zu starts in #%zu (%s goes back)", id + 1, root + 1,
            inspector_key(app, ACT_BACK, &keys));
    mm_buf_done(&keys);
    return true;
}

bool verdict_ordered(struct app *app)
{
    bool known = mm_session_order(app->session) != MM_ORDER_UNKNOWN;
    const struct mm_flow *flow = mm_session_flow(app->session);
    known |= flow && flow->known;
    if (!known)
        app_say(app, ROLE_STATUS, "%s", verdict_no_order);
    return known;
}

bool verdict_root(struct app *app, size_t id, size_t *root)
{
    const struct mm_blame *blame = mm_session_blame(app->session, id);
    if (!verdict_ordered(app))
        return false;
    if (!blame)
        app_say(app, ROLE_STATUS, "Where the error starts is known once all layers are measured");
    else if (!blame->over || blame->root < 0)
        app_say(app, ROLE_STATUS, "This layer has no error to follow");
    else if ((size_t)blame->root == id)
        app_say(app, ROLE_STATUS,
                blame->built_up ? "The error accumulated upstream; this layer adds the most"
                                : "This is where the error starts");
    else
        return say_root(app, id, *root = (size_t)blame->root);
    return false;
}
