#include "cli/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_values.h"

void cli_options_init(struct cli_options *options)
{
    *options = (struct cli_options){.sort = "diff2",
                                    .dialects = {mm_dialect_find("magicmind")},
                                    .dialect_count = 1,
                                    .export_dir = "mmtui_export",
                                    .width = 80,
                                    .height = 24,
                                    .min_paired = 0.9,
                                    .batch_memory = 1024,
                                    .single = {.absolute = 1, .relative = 0.03, .mode = MM_BEYOND_EITHER},
                                    .dump = {.mode = MM_DUMP_ALL},
                                    .most_words = 8};
    mm_session_defaults(&options->session);
    mm_suggest_defaults(&options->suggest);
}

void cli_options_done(struct cli_options *options)
{
    free(options->read_rule);
    free(options->given);
    free(options->concat);
    mm_ort_close(options->ort);
    free(options->dump.input.path);
    free(options->dump.tensor);
    free(options->simulate.calibrate.path);
    free(options->simulate.int_op);
    mm_snapshot_done(&options->snapshot);
    mm_remotes_close(options->remotes);
    mm_schema_close(options->schema);
    mm_arena_done(&options->given_text);
    mm_buf_done(&options->bindings);
    mm_buf_done(&options->bindings_source);
    mm_renames_close(options->renames);
    mm_graph_close(options->graph);
    mm_graph_close(options->dst_graph);
}

/* ---- setting one ---- */

static void *member_of(struct cli_options *options, const struct option_info *info)
{
    return (char *)options + info->member;
}

static int set_value(struct cli_options *options, const struct option_info *info, const char *text,
                     struct mm_err *err)
{
    switch (info->kind) {
    case OPTION_TEXT: *(const char **)member_of(options, info) = text; return 0;
    case OPTION_NUMBER: return number_of(info, text, member_of(options, info), err);
    case OPTION_SET: return info->set(options, info, text, err);
    case OPTION_FLAG: break;
    }
    return mm_fail(err, MM_EARG, "--%s takes no value", info->name);
}

int cli_options_set(struct cli_options *options, enum option id, const char *text, struct mm_err *err)
{
    const struct option_info *info = option_info(id);
    options->given_value[id] = text;
    if (info->kind != OPTION_FLAG)
        return set_value(options, info, text, err);
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return mm_fail(err, MM_EARG, "%s: \"%s\" is not yes or no", info->name, text);
    *(bool *)member_of(options, info) = text[0] == 'y';
    return 0;
}

/* ---- argv ---- */

/* Is it --NAME or --NAME=VALUE? - and _ are the same in names. *attached is the value, or NULL. */
static bool is_long(const struct option_info *info, const char *word, const char **attached)
{
    const char *p = word + 2, *q = info->name;
    while (*q && (*p == *q || (*p == '_' && *q == '-') || (*p == '-' && *q == '_')))
        p++, q++;
    *attached = *p == '=' ? p + 1 : NULL;
    return !*q && (!*p || *p == '=');
}

/* -x or -xVALUE */
static bool is_short(const struct option_info *info, const char *word, const char **attached)
{
    *attached = word[1] && word[2] ? word + 2 : NULL;
    return info->letter && info->letter == word[1];
}

/* NULL when nothing fits. */
static const struct option_info *find(const struct option_set *set, const char *word, const char **attached)
{
    for (int id = OPT_NONE + 1; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info((enum option)id);
        if (option_set_has(set, (enum option)id) &&
            (word[1] == '-' ? is_long(info, word, attached) : is_short(info, word, attached)))
            return info;
    }
    return NULL;
}

/* The long option of the set that is most like `word`, with its dashes; "" where none is. */
static const char *option_hint(const struct option_set *set, const char *word, char out[MM_NEAREST])
{
    struct mm_nearest nearest;
    char wanted[MM_NEAREST];
    snprintf(wanted, sizeof wanted, "%.*s", (int)strcspn(word, "="), word);
    mm_nearest_init(&nearest, wanted + strspn(wanted, "-"));
    for (int id = OPT_NONE + 1; id < OPT_COUNT && word[1] == '-'; id++) {
        if (option_set_has(set, (enum option)id))
            mm_nearest_look(&nearest, option_info((enum option)id)->name);
    }
    if (nearest.name)
        snprintf(wanted, sizeof wanted, "--%s", nearest.name);
    nearest.name = nearest.name ? wanted : NULL;
    return mm_nearest_hint(&nearest, out);
}

static int add_word(struct cli_options *options, char *word, struct mm_err *err)
{
    if (options->word_count == options->most_words)
        return mm_fail(err, MM_EARG, "too many arguments: %s", word);
    options->words[options->word_count++] = word;
    return 0;
}

/* The option that `word` is, with its value attached or `next` (NULL: there is none). Returns how many words
 * it took, or -1. */
static int parse_option(struct cli_options *options, const struct option_set *set, const char *word,
                        const char *next, struct mm_err *err)
{
    const char *value;
    const struct option_info *info = find(set, word, &value);
    char hint[MM_NEAREST];
    if (!info)
        return mm_fail(err, MM_EARG, "there is no option %s here%s", word, option_hint(set, word, hint));
    if (info->kind == OPTION_FLAG && !value) {
        *(bool *)member_of(options, info) = true;
        options->given_value[info - option_info(OPT_NONE)] = "yes";
        return 1;
    }
    bool attached = value || info->kind == OPTION_FLAG;
    value = attached ? value : next;
    if (!value)
        return mm_fail(err, MM_EARG, "--%s needs a value (%s)", info->name, info->argument);
    options->given_value[info - option_info(OPT_NONE)] = value;
    return set_value(options, info, value, err) < 0 ? -1 : attached ? 1 : 2;
}

int cli_options_parse(struct cli_options *options, const struct option_set *set, int argc, char **argv,
                      int first, struct mm_err *err)
{
    bool only_words = false;
    options->words = argv + first;
    for (int i = first; i < argc;) {
        char *word = argv[i];
        int taken = 1;
        if (only_words || word[0] != '-' || !word[1])
            taken = add_word(options, word, err) < 0 ? -1 : 1;
        else if (strcmp(word, "--") == 0)
            only_words = true;
        else
            taken = parse_option(options, set, word, i + 1 < argc ? argv[i + 1] : NULL, err);
        if (taken < 0)
            return -1;
        i += taken;
    }
    return 0;
}
