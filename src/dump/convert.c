/* Writing a dump's tensors in another format. */
#include "mmtui/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LIMIT 255 /* bytes of a file's name on usual file systems */

static struct mm_store store_of(const struct mm_load *load, const char *name)
{
    return (struct mm_store){.tensor = &load->tensor,
                             .node_name = load->node_name ? load->node_name : "",
                             .op_type = load->op_type ? load->op_type : "",
                             .index = load->index,
                             .is_output = load->is_output,
                             .name = name};
}

/* Open, and where opening does not read all values of a text, read them: an error then names its line. */
static int open_whole(struct mm_load *load, const struct mm_dump *dump, const struct mm_entry *entry,
                      struct mm_err *err)
{
    if (mm_load_open(load, entry, dump->schema, err) < 0)
        return -1;
    if (load->tensor.encoding != MM_ENC_TEXT || mm_load_validate(load, entry, dump->schema, err) == 0)
        return 0;
    mm_load_close(load);
    return -1;
}

/* A float format that most files lack: bfloat16, and those of 8 bits and fewer. */
static bool is_rare(const struct mm_tensor *tensor)
{
    const struct mm_dtype_info *info = mm_dtype_info(tensor->dtype);
    return info->kind == MM_KIND_FLOAT && info->lane_f && tensor->dtype != MM_F32 && tensor->dtype != MM_F16;
}

/* Its values as float32, which holds all of them, in *memory. */
static int widen(struct mm_tensor *tensor, void **memory, struct mm_run *run, struct mm_err *err)
{
    struct mm_tensor wide;
    if (mm_tensor_flatten(tensor, NULL, &wide, memory, run, err) < 0)
        return -1;
    wide.dtype = MM_F32;
    *tensor = wide;
    return 0;
}

/* Write a tensor; in a format that has no such floats, as float32. */
static int write_one(struct mm_load *load, const struct mm_convert *convert, const char *name,
                     const char *path, struct mm_err *err)
{
    struct mm_store store = store_of(load, name);
    void *memory = NULL;
    struct mm_run run;
    int failed = convert->format->write(&store, path, err);
    if (failed && err->code == MM_EUNSUPPORTED && is_rare(&load->tensor)) {
        failed = widen(&load->tensor, &memory, &run, err);
        failed = failed ? failed : convert->format->write(&store, path, err);
    }
    free(memory);
    return failed;
}

static void leave_out(struct mm_convert *convert, const struct mm_err *why)
{
    convert->left_out++;
    if (convert->note)
        convert->note(convert->context, why->text);
}

/* ---- a file for each ---- */

/* What the tensor's file was called, without its ending; or what it is called in its file. */
static void put_stem(const struct mm_entry *entry, const struct mm_format *to, struct mm_buf *out)
{
    size_t length = strlen(entry->source->file);
    bool stamped = entry->parsed.stamp >= 0 && !entry->member;
    if (to->stamped && !stamped)
        mm_buf_printf(out, "%zu_", entry->order + 1);
    if (entry->member || strchr(entry->source->file, '/')) { /* what folders say of the name is in it */
        mm_buf_puts(out, entry->parsed.name);
        return;
    }
    mm_format_by_name(entry->source->file, &length);
    mm_buf_add(out, entry->source->file, length);
}

/* The file's name: nothing that leads to another folder, hides it, or is too long. */
static void put_file_name(const struct mm_entry *entry, const struct mm_format *to, struct mm_buf *out)
{
    put_stem(entry, to, out);
    for (size_t i = 0; i < out->length; i++) {
        unsigned char c = (unsigned char)out->data[i];
        if (c < ' ' || c == '/' || c == '\\' || c == 127 || (i == 0 && c == '.'))
            out->data[i] = '_';
    }
    if (out->length == 0)
        mm_buf_puts(out, "_");
    mm_buf_puts(out, to->ending);
}

/* What a tensor's file will be called; `taken`: an earlier tensor's already is. */
struct target {
    const struct mm_entry *entry;
    char *name;
    bool taken;
};

static int by_name(const void *a, const void *b)
{
    const struct target *x = *(struct target *const *)a, *y = *(struct target *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int find_taken(struct target *targets, size_t count, struct mm_err *err)
{
    struct target **sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return mm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &targets[i];
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 1; i < count; i++)
        sorted[i]->taken = strcmp(sorted[i]->name, sorted[i - 1]->name) == 0;
    free(sorted);
    return 0;
}

static int name_all(const struct mm_dump *dump, const struct mm_format *format, struct target *targets,
                    struct mm_arena *arena, struct mm_err *err)
{
    struct mm_buf name = {0};
    bool failed = false;
    for (size_t i = 0; i < dump->count && !failed; i++) {
        mm_buf_clear(&name);
        put_file_name(&dump->entries[i], format, &name);
        targets[i].entry = &dump->entries[i];
        targets[i].name = mm_arena_strndup(arena, mm_buf_text(&name), name.length);
        failed = name.failed || !targets[i].name;
    }
    mm_buf_done(&name);
    return failed ? mm_fail_memory(err) : find_taken(targets, dump->count, err);
}

static int write_file(const struct mm_dump *dump, const struct target *target,
                      const struct mm_convert *convert, struct mm_err *err)
{
    struct mm_load load;
    if (target->taken)
        return mm_fail(err, MM_EARG, "%s: another tensor is written as %s already", target->entry->label,
                       target->name);
    if (strlen(target->name) > NAME_LIMIT)
        return mm_fail(err, MM_EARG, "%s: the name is too long for a file", target->entry->label);
    char *path = mm_path_join(convert->path, target->name);
    if (!path)
        return mm_fail_memory(err);
    int failed = open_whole(&load, dump, target->entry, err);
    if (!failed) {
        failed = write_one(&load, convert, target->entry->parsed.name, path, err);
        if (!failed && (failed = mm_load_check(&load, target->entry, err)) != 0)
            remove(path); /* what was written came out of a damaged file */
        mm_load_close(&load);
    }
    free(path);
    return failed;
}

static int into_folder(const struct mm_dump *dump, struct mm_convert *convert, struct mm_err *err)
{
    struct target *targets = calloc(dump->count + 1, sizeof *targets);
    struct mm_arena arena = {0};
    struct mm_err why;
    int failed = targets ? mm_folder_make(convert->path, err) : mm_fail_memory(err);
    if (!failed)
        failed = name_all(dump, convert->format, targets, &arena, err);
    for (size_t i = 0; i < dump->count && !failed; i++) {
        if (write_file(dump, &targets[i], convert, &why) == 0)
            convert->written++;
        else
            leave_out(convert, &why);
    }
    mm_arena_done(&arena);
    free(targets);
    return failed;
}

/* ---- one file ---- */

/* What is open at once: all of them, since the file is all or nothing. */
struct opened {
    struct mm_load *load;
    struct mm_store *store;
    void **memory; /* of those that were widened */
    struct mm_run *run;
    size_t count;
};

static int open_all(const struct mm_dump *dump, struct opened *opened, struct mm_err *err)
{
    int failed = 0;
    while (opened->count < dump->count && !failed) {
        const struct mm_entry *entry = &dump->entries[opened->count];
        struct mm_load *load = &opened->load[opened->count];
        failed = open_whole(load, dump, entry, err);
        if (!failed)
            opened->store[opened->count++] = store_of(load, entry->parsed.name);
    }
    return failed;
}

/* All at once; once more with the rare floats as float32, where the format has no such. */
static int write_all(const struct opened *opened, const struct mm_convert *convert, struct mm_err *err)
{
    int failed = convert->format->write_all(opened->store, opened->count, convert->path, err);
    if (!failed || err->code != MM_EUNSUPPORTED)
        return failed;
    for (size_t i = 0; i < opened->count; i++) {
        if (is_rare(&opened->load[i].tensor) &&
            widen(&opened->load[i].tensor, &opened->memory[i], &opened->run[i], err) < 0)
            return -1;
    }
    return convert->format->write_all(opened->store, opened->count, convert->path, err);
}

static bool opened_init(struct opened *opened, size_t count)
{
    *opened = (struct opened){.load = calloc(count + 1, sizeof *opened->load),
                              .store = calloc(count + 1, sizeof *opened->store),
                              .memory = calloc(count + 1, sizeof *opened->memory),
                              .run = calloc(count + 1, sizeof *opened->run)};
    return opened->load && opened->store && opened->memory && opened->run;
}

static void opened_done(struct opened *opened)
{
    for (size_t i = 0; i < opened->count; i++) {
        mm_load_close(&opened->load[i]);
        free(opened->memory[i]);
    }
    free(opened->load);
    free(opened->store);
    free(opened->memory);
    free(opened->run);
}

static int check_all(const struct opened *opened, const struct mm_dump *dump, struct mm_err *err)
{
    for (size_t i = 0; i < opened->count; i++) {
        if (mm_load_check(&opened->load[i], &dump->entries[i], err) < 0)
            return -1;
    }
    return 0;
}

static int into_file(const struct mm_dump *dump, struct mm_convert *convert, struct mm_err *err)
{
    struct opened opened;
    int failed = opened_init(&opened, dump->count) ? open_all(dump, &opened, err) : mm_fail_memory(err);
    if (!failed && convert->format->write_all)
        failed = write_all(&opened, convert, err);
    else if (!failed)
        failed = write_one(opened.load, convert, dump->entries->parsed.name, convert->path, err);
    if (!failed && (failed = check_all(&opened, dump, err)) != 0)
        remove(convert->path); /* what was written came out of a damaged file */
    opened_done(&opened);
    convert->written = failed ? 0 : dump->count;
    return failed;
}

int mm_dump_convert(const struct mm_dump *dump, struct mm_convert *convert, struct mm_err *err)
{
    convert->written = convert->left_out = 0;
    if (convert->folder)
        return into_folder(dump, convert, err);
    if (dump->count > 1 && !convert->format->write_all)
        return mm_fail(err, MM_EARG,
                       "%s: %zu tensors do not fit into one %s file: name a folder, and --format",
                       convert->path, dump->count, convert->format->ending);
    return into_file(dump, convert, err);
}
