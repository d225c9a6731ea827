/* Setting, stepping and clearing a precision, for the list and the layer screen. */
#include "views/precision.h"

#include "views/inspector.h"

static const struct menu_item precision_menu[] = {
    {'h', "FLOAT16", "f16"}, {'b', "BFLOAT16", "bf16"}, {'f', "FLOAT32", "f32"},
    {'8', "INT8", "i8"},     {'6', "INT16", "i16"},     {'x', "no override", "none"},
};

/* `label` is the layer's, where it is one; `group` may be NULL. */
static void say_precision(struct app *app, size_t changed, enum mm_precision precision, const char *label,
                          const char *group)
{
    struct mm_buf keys;
    mm_buf_init(&keys);
    const char *of = group ? " of " : "", *whole = group ? group : "";
    const char *undo = inspector_key(app, ACT_UNDO, &keys);
    const char *name = mm_precision_info(precision)->name;
    const struct mm_dialect *to = inspector_of(app)->dialect;
    bool taken = mm_dialect_takes(to, &(struct mm_override){.precision = precision});
    if (changed == 0)
        app_say(app, ROLE_STATUS, "Nothing changed: %s",
                precision == MM_PRECISION_NONE ? "there is no override" : "it is set already");
    else if (precision == MM_PRECISION_NONE)
        app_say(app, ROLE_STATUS, "Cleared %zu %s%s%s (%s undoes it)", changed,
                changed == 1 ? "override" : "overrides", of, whole, undo);
    else if (!taken)
        app_say(app, ROLE_WARN, "%s for %zu %s%s%s (%s undoes it), but the files for %s can't express it",
                name, changed, changed == 1 ? "operator" : "operators", of, whole, undo, to->title);
    else if (label)
        app_say(app, ROLE_STATUS, "%s for %s (%s undoes it)", name, label, undo);
    else
        app_say(app, ROLE_STATUS, "%s for %zu %s%s%s (%s undoes it)", name, changed,
                changed == 1 ? "operator" : "operators", of, whole, undo);
    mm_buf_done(&keys);
}

static bool pick_precision(struct app *app, const struct action_event *event, size_t first,
                           enum mm_precision *out)
{
    if (event->id == ACT_PRECISION_CLEAR) {
        *out = MM_PRECISION_NONE;
        return true;
    }
    if (event->id == ACT_PRECISION_NEXT) {
        const struct mm_override *had = mm_session_override(app->session, first);
        *out = mm_dialect_next(inspector_of(app)->dialect, had ? had->precision : MM_PRECISION_NONE);
        return true;
    }
    *out = event->text ? mm_precision_find(event->text) : MM_PRECISION_COUNT;
    if (*out == MM_PRECISION_COUNT)
        app_say(app, ROLE_ERROR, "A precision is f16, bf16, f32, i8, i16 or none");
    return *out != MM_PRECISION_COUNT;
}

bool precision_act(struct app *app, const struct action_event *event, const size_t *ids, size_t count,
                   const char *group)
{
    if (event->id == ACT_PRECISION_MENU) {
        app_menu(app, ACT_PRECISION,
                 group        ? "Precision of the group"
                 : count == 1 ? "Precision"
                              : "Precision of the tagged layers",
                 precision_menu, (int)MM_COUNT(precision_menu), 0);
        return true;
    }
    if (event->id != ACT_PRECISION && event->id != ACT_PRECISION_NEXT && event->id != ACT_PRECISION_CLEAR)
        return false;
    enum mm_precision precision;
    if (count == 0 || !pick_precision(app, event, ids[0], &precision))
        return true;
    if (count == 1 && !mm_session_layer(app->session, ids[0])->pair->dst) {
        app_say(app, ROLE_WARN, "This tensor is in src only: the runtime has no operator for it");
        return true;
    }
    size_t changed;
    struct mm_err err;
    if (mm_session_set_precision(app->session, ids, count, precision, &changed, &err) < 0)
        app_say_err(app, &err);
    else
        say_precision(app, changed, precision,
                      count == 1 ? mm_session_layer(app->session, ids[0])->label : NULL, group);
    app_changed(app);
    return true;
}
