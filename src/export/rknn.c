/*
 * The RKNN dialects: hybrid quantisation. A first step of the toolkit writes MODEL.quantization.cfg (YAML), whose
 * mapping of layers to types a person fills in, and a second step reads it. The second step compares the rest of the file
 * with what it wrote, and numbers that another program writes anew are other texts: so only the lines of that mapping
 * change. It also refuses a name that its own list (quantize_parameters) does not have, as of a layer that was fused.
 */
#include "export/rknn.h"
#include "export/export.h"
#include "export/import.h"
#include "export/yaml.h"

#include <stdlib.h>

/* ---- the two forms ---- */

struct word {
    enum mm_precision precision;
    const char *text;
};
struct form {
    const struct mm_dialect *dialect;
    const char *key;          /* of the mapping */
    const struct word *words; /* ends with MM_PRECISION_NONE */
};
#define PARAMETERS "quantize_parameters"

static const struct word WORDS_2[] = {{MM_PRECISION_I8, "int8"},
                                      {MM_PRECISION_I16, "int16"},
                                      {MM_PRECISION_F16, "float16"},
                                      {MM_PRECISION_NONE, NULL}};
static const struct word WORDS_1[] = {
    {MM_PRECISION_I16, "dynamic_fixed_point-i16"}, {MM_PRECISION_F32, "float32"}, {MM_PRECISION_NONE, NULL}};
static const char *const OWN_1[] = {"asymmetric_affine-u8", "dynamic_fixed_point-i8", NULL};
static const struct form FORMS[] = {{&mm_rknn, "custom_quantize_layers", WORDS_2},
                                    {&mm_rknn1, "customized_quantize_layers", WORDS_1}};

static const struct form *form_of(const struct mm_dialect *dialect)
{
    return &FORMS[dialect == FORMS[1].dialect];
}

static const char *word_of(const struct form *form, const struct mm_override *override)
{
    if (override->precision == MM_PRECISION_OWN)
        return strchr(override->own, ':') + 1;
    const struct word *word = form->words;
    while (word->text && word->precision != override->precision)
        word++;
    return word->text;
}

/* ---- the mapping that a file has ---- */

static bool has_map(const struct mm_export *export, struct mm_yaml_map *map)
{
    return export->base &&
           mm_yaml_find(export->base->text, export->base->length, form_of(export->dialect)->key, map);
}

static const char *chosen_word(const struct mm_export *export, const char *name)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (strcmp(target->name, name) == 0)
            return word_of(form_of(export->dialect), target->override);
    }
    return NULL;
}

static size_t writable(const struct mm_export *export)
{
    size_t count = 0;
    for (size_t i = 0; i < export->targets->count; i++)
        count += mm_yaml_holds(export->targets->target[i].name);
    return count;
}

/* Does the file say what was chosen, and nothing else? */
static bool says_the_same(const struct mm_export *export, struct mm_yaml_map map)
{
    struct mm_buf name = {0}, type = {0};
    size_t same = 0, others = 0;
    int more;
    while ((more = mm_yaml_next("", export->base->text, &map, &name, &type, NULL)) > 0) {
        const char *word = chosen_word(export, mm_buf_text(&name));
        bool is = word && strcmp(word, mm_buf_text(&type)) == 0;
        same += is;
        others += !is;
    }
    mm_buf_done(&name);
    mm_buf_done(&type);
    return more == 0 && others == 0 && same == writable(export);
}

/* ---- the file ---- */

static void put_map(const struct mm_export *export, const char *line_end, struct mm_buf *out)
{
    const struct form *form = form_of(export->dialect);
    bool any = writable(export) > 0;
    mm_buf_printf(out, "%s:%s%s", form->key, any ? "" : " {}", line_end);
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!mm_yaml_holds(target->name))
            continue;
        mm_buf_puts(out, "    ");
        mm_yaml_key(out, target->name);
        mm_buf_printf(out, ": %s%s", word_of(form, target->override), line_end);
    }
}

static void make_cfg(const struct mm_export *export, struct mm_buf *out)
{
    static const struct mm_config nothing = {"", "", 0};
    const struct mm_config *base = export->base ? export->base : &nothing;
    struct mm_yaml_map map = {.begin = base->length, .end = base->length};
    bool found = has_map(export, &map);
    const char *first = memchr(base->text, '\n', base->length);
    const char *line_end = first && first > base->text && first[-1] == '\r' ? "\r\n" : "\n";
    if (found && says_the_same(export, map)) {
        mm_buf_add(out, base->text, base->length);
        return;
    }
    mm_buf_add(out, base->text, map.begin);
    if (map.begin && base->text[map.begin - 1] != '\n')
        mm_buf_puts(out, line_end);
    put_map(export, line_end, out);
    mm_buf_add(out, base->text + map.end, base->length - map.end);
}

static const struct mm_export_file FILES[] = {
    {"quantization.cfg", "the file of --base with the chosen layers: for hybrid_quantization_step2", make_cfg,
     false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- what is wrong with it ---- */

/* In toolkit 1 the list has "@NAME:out0" for a layer NAME. */
static void bare_name(const struct mm_export *export, struct mm_buf *name)
{
    const char *text = mm_buf_text(name);
    const char *colon = strrchr(text, ':');
    if (export->dialect == &mm_rknn1 && *text == '@' && colon) {
        struct mm_buf bare = {0};
        mm_buf_add(&bare, text + 1, (size_t)(colon - text) - 1);
        mm_buf_clear(name);
        mm_buf_add(name, mm_buf_text(&bare), bare.length);
        name->failed |= bare.failed;
        mm_buf_done(&bare);
    }
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* The layers that the file lists, for mm_known_done; false: it lists none that can be read. */
static bool listed_layers(const struct mm_export *export, struct mm_known *known)
{
    struct mm_yaml_map map;
    struct mm_buf name = {0}, value = {0};
    const char **names = NULL;
    size_t capacity = 0;
    int more = 0;
    bool failed = false;
    *known = (struct mm_known){.what = export->base->path};
    if (mm_yaml_find(export->base->text, export->base->length, PARAMETERS, &map)) {
        while ((more = mm_yaml_next("", export->base->text, &map, &name, &value, NULL)) > 0) {
            bare_name(export, &name);
            failed |= mm_grow((void **)&names, &capacity, known->count + 1, sizeof *names) < 0;
            char *copy = failed ? NULL : mm_arena_strdup(&known->arena, mm_buf_text(&name));
            if (!copy)
                break;
            names[known->count++] = copy;
        }
    }
    const char **kept = mm_arena_array(&known->arena, known->count, sizeof *kept);
    if (kept && known->count) {
        memcpy(kept, names, known->count * sizeof *kept);
        qsort(kept, known->count, sizeof *kept, by_bytes);
    }
    known->name = kept;
    free(names);
    mm_buf_done(&name);
    mm_buf_done(&value);
    return kept && known->count > 0 && more == 0;
}

static void check_listed(const struct mm_export *export, struct mm_problems *problems)
{
    struct mm_known known;
    bool listed = listed_layers(export, &known);
    for (size_t i = 0; listed && i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (mm_known_has(&known, target->name))
            continue;
        const char *like = mm_known_find(&known, target->name);
        mm_problems_add(
            problems, MM_SEVERITY_ERROR, "fused-name", target->override->name,
            "\"%s\" is not in " PARAMETERS
            " of %s, so the toolkit refuses the file: it fused the layer or calls it otherwise%s%s%s",
            target->name, mm_path_base(export->base->path), like ? ", perhaps \"" : "", like ? like : "",
            like ? "\"" : "");
    }
    mm_known_done(&known);
}

/* What the file has chosen and the plan has not. */
static void check_replaced(const struct mm_export *export, struct mm_yaml_map map,
                           struct mm_problems *problems)
{
    struct mm_buf name = {0}, type = {0};
    struct mm_err err = {0};
    int more;
    while ((more = mm_yaml_next(export->base->path, export->base->text, &map, &name, &type, &err)) > 0) {
        if (!chosen_word(export, mm_buf_text(&name)))
            mm_problems_add(
                problems, MM_SEVERITY_WARNING, "replaced", mm_buf_text(&name),
                "%s has %s for it and the plan has nothing: it is taken out (mmtui plan --from %s "
                "keeps it)",
                mm_path_base(export->base->path), mm_buf_text(&type), export->dialect->id);
    }
    if (more < 0)
        mm_problems_add(problems, MM_SEVERITY_ERROR, "base", NULL, "%s", err.text);
    mm_buf_done(&name);
    mm_buf_done(&type);
}

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    struct mm_yaml_map map;
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!mm_yaml_holds(target->name))
            mm_problems_add(
                problems, MM_SEVERITY_ERROR, "form", target->override->name,
                "its name is not UTF-8 or longer than 1024 characters, which is more than a key of "
                "YAML can be: it is left out");
    }
    if (!export->base) {
        mm_problems_add(problems, MM_SEVERITY_ERROR, "base", NULL,
                        "there is no file to change: rknn.hybrid_quantization_step1(dataset=\"dataset.txt\") "
                        "writes %s; give it with --base",
                        export->dialect->base);
        return;
    }
    if (!has_map(export, &map))
        mm_problems_add(problems, MM_SEVERITY_ERROR, "base", NULL,
                        "%s has no %s: is it what hybrid_quantization_step1 wrote?", export->base->path,
                        form_of(export->dialect)->key);
    else
        check_replaced(export, map, problems);
    check_listed(export, problems);
}

/* ---- reading back ---- */

static int read_layer(struct mm_import *import, const char *name, const char *type, struct mm_err *err)
{
    const struct mm_dialect *dialect = import->from->dialect;
    for (const struct word *word = form_of(dialect)->words; word->text; word++) {
        if (strcmp(word->text, type) == 0)
            return mm_import_override(import, dialect->names, name, word->precision, NULL, err);
    }
    for (size_t i = 0; dialect->types && dialect->types[i]; i++) {
        if (strcmp(dialect->types[i], type) == 0)
            return mm_import_override(import, dialect->names, name, MM_PRECISION_OWN, type, err);
    }
    mm_import_note(import, "\"%s\": %s has no type \"%s\", so it is left out", name, dialect->title, type);
    return 0;
}

static int read_cfg(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    const char *key = form_of(import->from->dialect)->key;
    struct mm_yaml_map map;
    struct mm_buf name = {0}, type = {0};
    if (!mm_yaml_find(config->text, config->length, key, &map))
        return mm_fail(err, MM_ECORRUPT, "%s: has no %s: is it what hybrid_quantization_step1 wrote?",
                       config->path, key);
    int more;
    while ((more = mm_yaml_next(config->path, config->text, &map, &name, &type, err)) > 0) {
        if (read_layer(import, mm_buf_text(&name), mm_buf_text(&type), err) < 0)
            more = -1;
        if (more < 0)
            break;
    }
    mm_buf_done(&name);
    mm_buf_done(&type);
    if (more == 0 && mm_yaml_find(config->text, config->length, PARAMETERS, &map))
        mm_import_note(import,
                       PARAMETERS " is no part of a plan: keep the file, and give it with --base to export");
    return more;
}

/* ---- the rows ---- */

const struct mm_dialect mm_rknn = {
    .id = "rknn",
    .title = "Rockchip RKNN 2",
    .run = "rknn-toolkit2 2.5.0",
    .documented = "rknn-toolkit2, examples/functions/hybrid_quant",
    .names = MM_NAME_TENSOR,
    .precisions = MM_TAKES(MM_PRECISION_I8) | MM_TAKES(MM_PRECISION_I16) | MM_TAKES(MM_PRECISION_F16),
    .settings = mm_no_settings,
    .files = FILES,
    .base = "MODEL.quantization.cfg",
    .check = check,
    .read = read_cfg,
};

const struct mm_dialect mm_rknn1 = {
    .id = "rknn1",
    .title = "Rockchip RKNN 1",
    .documented = "rknn-toolkit 1.x, examples of hybrid quantisation",
    .names = MM_NAME_LAYER,
    .precisions = MM_TAKES(MM_PRECISION_I16) | MM_TAKES(MM_PRECISION_F32),
    .types = OWN_1,
    .settings = mm_no_settings,
    .files = FILES,
    .base = "MODEL.quantization.cfg",
    .check = check,
    .read = read_cfg,
};
