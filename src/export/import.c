/* Reading a runtime's file back as a plan: what the dialects' readers share. */
#include "export/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>

#include "base/translate.h"

#define LARGEST_FILE ((size_t)64 << 20)

/* ---- one operator ---- */

/* The node that makes a tensor, or has a weight as its first constant; -1. */
static int node_of_name(const struct mm_graph *graph, enum mm_name_kind kind, const char *name)
{
    if (kind == MM_NAME_NODE || kind == MM_NAME_LAYER) {
        int node = mm_graph_node(graph, name);
        if (node >= 0)
            return node;
    }
    int tensor = mm_graph_find(graph, name);
    if (tensor < 0)
        return -1;
    const struct mm_graph_tensor *found = &graph->tensors[tensor];
    bool weight = kind == MM_NAME_WEIGHT || (found->flags & MM_GRAPH_CONSTANT);
    return weight && found->consumer_count > 0 ? found->consumers[0] : found->producer;
}

static void fill(const struct mm_graph *graph, int node, struct mm_override *override)
{
    const struct mm_graph_node *n = &graph->nodes[node];
    override->op_type = n->op_type;
    for (int i = 0; i < n->output_count && !override->tensor[0]; i++) {
        if (n->outputs[i] >= 0)
            override->tensor = graph->tensors[n->outputs[i]].name;
    }
    override->name = n->name[0] ? n->name : override->tensor[0] ? override->tensor : override->name;
}

int mm_import_override(struct mm_import *import, enum mm_name_kind kind, const char *name,
                       enum mm_precision precision, const char *own, struct mm_err *err)
{
    struct mm_buf type = {0};
    const struct mm_graph *graph = import->from->graph;
    struct mm_override override = {
        .name = name, .op_type = "", .tensor = "", .precision = precision, .why = ""};
    override.figures = (struct mm_figures){NAN, NAN, NAN, NAN};
    int node = graph ? node_of_name(graph, kind, name) : -1;
    if (node >= 0)
        fill(graph, node, &override);
    else if (kind == MM_NAME_TENSOR)
        override.tensor = name;
    if (graph && node < 0) {
        struct mm_buf shown = {0};
        mm_text_escape(&shown, name, strnlen(name, 200));
        mm_import_note(import, "\"%s\" is not in the model", mm_buf_text(&shown));
        mm_buf_done(&shown);
    }
    mm_buf_printf(&type, "%s:%s", import->from->dialect->id, own ? own : "");
    override.own = own ? mm_buf_text(&type) : NULL;
    int result = type.failed ? mm_fail_memory(err) : mm_plan_set(import->plan, &override, err);
    mm_buf_done(&type);
    return result;
}

int mm_import_names(struct mm_import *import, struct mm_json_value list, const char *key, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value none, item;
    struct mm_buf name = {0};
    enum mm_name_kind kind = import->from->dialect->names;
    int result = 0;
    if (mm_json_kind(list) != MM_JSON_IS_ARRAY && mm_json_kind(list) != MM_JSON_ABSENT)
        result = mm_fail(err, MM_ECORRUPT, "%s: %s: must be a list of names", import->path, key);
    while (result == 0 && mm_json_next(&items, &none, &item)) {
        mm_buf_clear(&name);
        if (mm_json_get_text(item, &name) && name.length)
            result = mm_import_override(import, kind, mm_buf_text(&name), MM_PRECISION_F32, NULL, err);
        else
            result = name.failed
                         ? mm_fail_memory(err)
                         : mm_fail(err, MM_ECORRUPT, "%s: %s: must be a list of names", import->path, key);
    }
    mm_buf_done(&name);
    return result;
}

/* ---- settings ---- */

bool mm_import_setting(struct mm_import *import, const char *key, const char *json)
{
    bool taken = false;
    for (const struct mm_dialect_setting *row = import->from->dialect->settings; row->setting; row++) {
        if (strcmp(row->key, key) != 0 || strcmp(row->json, json) != 0)
            continue;
        mm_plan_set_setting(import->plan, row->setting, row->value, NULL);
        taken = true;
    }
    return taken;
}

static bool is_known(const char *const *known, const char *key)
{
    for (size_t i = 0; known && known[i]; i++) {
        if (strcmp(known[i], key) == 0)
            return true;
    }
    return false;
}

static int take_member(struct mm_import *import, const char *prefix, struct mm_json_value key,
                       struct mm_json_value value, const char *const *known, struct mm_err *err)
{
    struct mm_buf name = {0}, json = {0};
    mm_buf_puts(&name, prefix);
    mm_json_get_text(key, &name);
    int result = 0;
    if (is_known(known, mm_buf_text(&name)))
        ;
    else if (mm_json_kind(value) == MM_JSON_IS_OBJECT && !*prefix) {
        struct mm_json_items items = mm_json_items(value);
        struct mm_json_value inner, item;
        mm_buf_putc(&name, '.');
        while (result == 0 && !name.failed && mm_json_next(&items, &inner, &item))
            result = take_member(import, mm_buf_text(&name), inner, item, known, err);
    } else {
        mm_buf_add(&json, value.at, (size_t)(value.end - value.at));
        if (!mm_import_setting(import, mm_buf_text(&name), mm_buf_text(&json)))
            mm_import_note(import, "\"%s\" is nothing that a plan has: it is left out", mm_buf_text(&name));
    }
    if (name.failed || json.failed)
        result = mm_fail_memory(err);
    mm_buf_done(&name);
    mm_buf_done(&json);
    return result;
}

int mm_import_settings(struct mm_import *import, struct mm_json_value object, const char *const *known,
                       struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(object);
    struct mm_json_value key, value;
    while (mm_json_next(&items, &key, &value)) {
        if (take_member(import, "", key, value, known, err) < 0)
            return -1;
    }
    return 0;
}

void mm_import_note(struct mm_import *import, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = mm_vformat_new(format, arguments);
    va_end(arguments);
    if (!text) {
        import->notes->failed = true;
        return;
    }
    mm_text_escape(import->notes, text, strlen(text));
    mm_buf_putc(import->notes, '\n');
    free(text);
}

/* ---- a file ---- */

/* What was read, put in the place of what the plan has: one step. */
static int replace(struct mm_plan *plan, const struct mm_plan *by, const char *path, struct mm_err *err)
{
    struct mm_buf label = {0};
    size_t settings;
    int result = 0;
    mm_buf_printf(&label, "load %s", mm_path_base(path));
    mm_plan_begin(plan, mm_buf_text(&label));
    while (mm_plan_count(plan) && result == 0)
        result = mm_plan_clear(plan, mm_plan_at(plan, 0)->name, err);
    for (size_t i = 0; result == 0 && i < mm_plan_count(by); i++)
        result = mm_plan_set(plan, mm_plan_at(by, i), err);
    const struct mm_setting *table = mm_settings(&settings);
    for (size_t i = 0; result == 0 && i < settings; i++)
        result = mm_plan_set_setting(plan, table[i].key, mm_plan_setting(by, table[i].key), err);
    mm_plan_commit(plan);
    if (result < 0)
        mm_plan_undo(plan);
    mm_buf_done(&label);
    return result;
}

static int read_file(const char *path, struct mm_buf *text, struct mm_err *err)
{
    if (mm_file_read(path, LARGEST_FILE, text, err) < 0)
        return -1;
    if (memchr(mm_buf_text(text), 0, text->length))
        return mm_fail(err, MM_ECORRUPT, "%s: has zero bytes: this is no text file", path);
    return 0;
}

/* A plan file, whose members would be taken for what some runtimes' objects have. */
static bool is_plan(const struct mm_config *config)
{
    struct mm_json_value root;
    return mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, NULL) == 0 &&
           mm_json_text_is(mm_json_member(root, "format"), "mmtui-plan");
}

int mm_plan_import(struct mm_plan *plan, const struct mm_export *from, const char *path, struct mm_buf *notes,
                   struct mm_err *err)
{
    struct mm_import import = {.from = from, .notes = notes, .path = path};
    struct mm_buf text = {0};
    if (!from->dialect->read)
        return mm_fail(err, MM_EUNSUPPORTED, "files of %s can't be read back", from->dialect->title);
    int result = mm_plan_open(&import.plan, err);
    if (result == 0)
        result = read_file(path, &text, err);
    struct mm_config config = {.path = path, .text = mm_buf_text(&text), .length = text.length};
    if (result == 0 && is_plan(&config))
        result = mm_fail(err, MM_EARG, "%s: is a plan already: export it, or give the file of %s", path,
                         from->dialect->title);
    if (result == 0) {
        mm_plan_begin(import.plan, "read");
        result = from->dialect->read(&config, &import, err);
        mm_plan_commit(import.plan);
    }
    if (result == 0)
        result = replace(plan, import.plan, path, err);
    mm_plan_close(import.plan);
    mm_buf_done(&text);
    return result;
}
