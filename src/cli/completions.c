/* What all shells are told: which words may stand where. */
#include "cli/completions.h"

#include <string.h>

/* Those that no table of the library has; `completions` of the tests holds them against the options themselves. */
static const struct {
    enum option id;
    const char *words;
} fixed[] = {
    {OPT_FRAMEWORK, " onnx tensorflow pytorch caffe"},
    {OPT_OCCURRENCE, " all last first"},
    {OPT_DUMP_MODE, " all outputs specific off"},
    {OPT_AS_DEPLOYED, " basic extended all"},
    {OPT_DUMP_SCRIPT, " pytorch tensorflow onnxruntime"},
    {OPT_QUANTIZE_ALGORITHM, " linear percentile mse kl"},
    {OPT_ROUNDING, " even away"},
    {OPT_SCALE_BY, " divide reciprocal"},
    {OPT_OVERFLOW, " infinity saturate"},
    {OPT_COLOR, " auto always never"},
    {OPT_AUTOSAVE, " terminal always never"},
    {OPT_LANG, " auto en zh"},
    {OPT_MODE, " 1 2 3 4"},
};

static void add_columns(struct mm_buf *out)
{
    for (int id = 0; id < MM_COLUMN_COUNT; id++)
        mm_buf_printf(out, " %s", mm_column((enum mm_column_id)id)->key);
}

static void add_dialects(struct mm_buf *out)
{
    for (size_t i = 0; mm_dialect_at(i); i++)
        mm_buf_printf(out, " %s", mm_dialect_at(i)->id);
}

void completion_words(enum option id, struct mm_buf *out)
{
    const struct option_info *info = option_info(id);
    for (size_t i = 0; info->choice && info->choice(i); i++)
        mm_buf_printf(out, " %s", info->choice(i));
    if (id == OPT_SORT || id == OPT_COLUMNS)
        add_columns(out);
    if (id == OPT_FROM)
        add_dialects(out);
    for (size_t i = 0; i < MM_COUNT(fixed); i++) {
        if (fixed[i].id == id)
            mm_buf_puts(out, fixed[i].words);
    }
}

void completion_arguments(const struct command *command, struct mm_buf *out)
{
    size_t count;
    const struct command *all = commands(&count);
    const char *name = command->name ? command->name : "";
    if (strcmp(name, "dialects") == 0)
        add_dialects(out);
    if (strcmp(name, "completions") == 0)
        mm_buf_puts(out, " bash zsh fish");
    for (size_t i = 1; i < count && strcmp(name, "help") == 0; i++)
        mm_buf_printf(out, " %s", all[i].name);
    if (strcmp(name, "help") == 0)
        mm_buf_puts(out, " keys");
}

bool completion_takes_file(const struct option_info *info)
{
    return info->argument && (strstr(info->argument, "FILE") || strstr(info->argument, "DIR") ||
                              strcmp(info->argument, "MODEL") == 0);
}

enum option completion_next(const struct option_set *set, enum option after)
{
    int id = (int)after + 1;
    while (id < OPT_COUNT && !option_set_has(set, (enum option)id))
        id++;
    return id < OPT_COUNT ? (enum option)id : OPT_NONE;
}
