#include "ui/complete_command.h"
#include "ui/app.h"
#include "ui/complete_path.h"

#include <stdio.h>
#include <string.h>

/* The name with a blank behind it where a text may follow. */
static void add_action(const struct action_info *info, struct completions *out)
{
    char name[64];
    bool more = info->prompt || info->complete;
    snprintf(name, sizeof name, "%s%s", info->name, more ? " " : "");
    completions_add(out, name, info->help);
}

static void complete_name(const struct app *app, struct completions *out)
{
    const struct view *top = app_top(app);
    uint64_t scopes = top ? top->ops->scopes(top) : SCOPE_ANY;
    for (int id = ACT_NONE + 1; id < app->actions.top; id++) {
        const struct action_info *info = action_info(&app->actions, id);
        if (info->id != ACT_NONE && info->id != ACT_COMMAND && info->scopes & scopes)
            add_action(info, out);
    }
    completions_sort(out);
}

void complete_command(const struct app *app, struct completions *out)
{
    char name[64];
    size_t from = strspn(out->text, " "), length = strcspn(out->text + from, " ");
    if (!out->text[from + length]) {
        completions_from(out, from);
        complete_name(app, out);
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)length, out->text + from);
    const struct action_info *info = action_info(&app->actions, action_find(&app->actions, name));
    size_t skip = from + length + strspn(out->text + from + length, " ");
    out->text += skip;
    out->base += skip;
    if (info->complete && info->id != ACT_COMMAND)
        info->complete(app, out);
}

void complete_theme(const struct app *app, struct completions *out)
{
    (void)app;
    const char *name;
    if (strchr(out->text, '/')) {
        complete_path(out, false);
        return;
    }
    for (int i = 0; (name = theme_shipped(i)); i++)
        completions_add(out, name, NULL);
}
