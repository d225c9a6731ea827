/* Files of a dump: what each is called, and the list of them. */
#include "runtime/writer.h"

#include "runtime/simulate.h"

#include "base/json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACK   "dump" /* and the ending: the file of a format that takes many tensors */
#define LIST   "mmtui-dump.json"
#define SCALES "scales.json" /* of a simulated precision */
#define NAME_MOST                                                                                            \
    200 /* bytes of a tensor's name in a file's name: the stamp, a number and the ending come to it */
#define STAMP                                                                                                \
    10000 /* between two time stamps: MagicMind's tool takes what is nearer than 2000 for the same */

/* ---- an older dump in the folder ---- */

#define LIST_MOST   (256u << 20)
#define VALUES_MOST 16000000

static void remove_file(const char *folder, const char *file)
{
    char *path = *file && !strchr(file, '/') && *file != '.' ? mm_path_join(folder, file) : NULL;
    if (path)
        remove(path);
    free(path);
}

static void remove_listed(const char *folder, struct mm_json_value root)
{
    struct mm_json_items items = mm_json_items(mm_json_member(root, "tensors"));
    struct mm_json_value key, item;
    struct mm_buf file = {0};
    while (mm_json_next(&items, &key, &item)) {
        mm_buf_clear(&file);
        if (mm_json_get_text(mm_json_member(item, "file"), &file))
            remove_file(folder, mm_buf_text(&file));
    }
    mm_buf_done(&file);
}

/* The list of an earlier dump, in `text`. False: there is none that can be read. */
static bool read_list(const char *path, struct mm_buf *text, struct mm_json_value *root)
{
    return mm_file_read(path, LIST_MOST, text, NULL) == 0 &&
           mm_json_read(path, mm_buf_text(text), text->length, VALUES_MOST, root, NULL) == 0;
}

/* Another program's dump may be one that nobody can make again. */
static int refuse_foreign(const char *folder, struct mm_json_value root, struct mm_err *err)
{
    struct mm_buf framework = {0};
    int result = 0;
    if (mm_json_get_text(mm_json_member(root, "framework"), &framework))
        result =
            mm_fail(err, MM_EARG, "%s: holds a dump of %s, which is left as it is: write to another folder",
                    folder, mm_buf_text(&framework));
    mm_buf_done(&framework);
    return result;
}

static int look_at_older(const char *folder, bool remove_it, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_json_value root;
    int result = 0;
    char *path = mm_path_join(folder, LIST);
    if (path && read_list(path, &text, &root)) {
        result = refuse_foreign(folder, root, err);
        if (result == 0 && remove_it)
            remove_listed(folder, root);
        if (result == 0 && remove_it && mm_json_member(root, "simulation").at)
            remove_file(folder, SCALES);
    }
    if (path && result == 0 && remove_it)
        remove(path);
    mm_buf_done(&text);
    free(path);
    return result;
}

/*
 * Files of an earlier dump would be taken for this one's. Those that its list names are removed, nothing else; and not
 * before there is something to write, so that a mistake in the command, and inputs from that dump, cost nothing.
 */
static int remove_older(struct writer *writer, struct mm_err *err)
{
    if (writer->cleared)
        return 0;
    writer->cleared = true;
    return look_at_older(writer->info->path, true, err);
}

/* What is there and was in no list is somebody else's. */
static int check_free(const char *path, struct mm_err *err)
{
    if (access(path, F_OK) != 0)
        return 0;
    return mm_fail(err, MM_EARG,
                   "%s: is there already, and is not in the list of an earlier dump (mmtui-dump.json): write "
                   "to another folder, or remove it",
                   path);
}

int writer_open(struct writer *writer, const struct mm_dump_info *info, struct mm_err *err)
{
    const char *usual = info->file_format == MM_DUMP_TEXT ? "pbtxt" : "pb";
    *writer = (struct writer){.info = info, .format = info->format ? info->format : mm_format_find(usual)};
    if (!writer->format->write && !writer->format->pack)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: tensors can't be written one by one as %s: take npy, pb or pbtxt", info->path,
                       writer->format->name);
    mm_json_init(&writer->json, &writer->rows, (struct mm_json_style){0});
    mm_json_open_array(&writer->json, NULL);
    writer->is_open = true;
    if (mm_folder_make(info->path, err) < 0)
        return -1;
    return look_at_older(info->path, false, err);
}

/* ---- names ---- */

/* How often `text` came before; the number of its set goes up. -1: memory. */
static int64_t count_name(struct writer *writer, struct mm_names *names, const char *text)
{
    int number = mm_names_add(names, &writer->arena, text, strlen(text));
    if (number < 0)
        return -1;
    if (names != &writer->names)
        return number;
    size_t before = writer->times_room;
    if (mm_grow((void **)&writer->times, &writer->times_room, (size_t)number + 1, sizeof *writer->times) < 0)
        return -1;
    memset(writer->times + before, 0, (writer->times_room - before) * sizeof *writer->times);
    return (int64_t)writer->times[number]++;
}

static bool is_taken(const struct writer *writer)
{
    return mm_names_find(&writer->files, mm_buf_text(&writer->file), writer->file.length) >= 0;
}

/* As other writers of dumps do it: `_` for what a file's name can't have. */
static void put_safe(struct mm_buf *out, const char *name)
{
    size_t length = strlen(name), first = out->length;
    for (size_t i = 0; i < length && i < NAME_MOST; i++) {
        char c = name[i];
        bool fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                    (c == '.' && out->length > first);
        mm_buf_putc(out, fine ? c : '_');
    }
}

/* The file's name. A second one of the same name has a number. */
static int name_file(struct writer *writer, const char *name, struct mm_err *err)
{
    for (size_t again = 0; again == 0 || is_taken(writer); again++) {
        mm_buf_clear(&writer->file);
        if (writer->format->stamped)
            mm_buf_printf(&writer->file, "%zu_", (writer->written + 1) * STAMP);
        put_safe(&writer->file, name);
        if (again)
            mm_buf_printf(&writer->file, ".%zu", again);
        mm_buf_puts(&writer->file, writer->format->ending);
        if (writer->file.failed)
            return mm_fail_memory(err);
    }
    return count_name(writer, &writer->files, mm_buf_text(&writer->file)) < 0 ? mm_fail_memory(err) : 0;
}

/* In one file with the others: the tensor's own name, and behind it which occurrence it is. */
static int name_member(struct writer *writer, const char *name, int64_t occurrence, struct mm_err *err)
{
    mm_buf_clear(&writer->member);
    mm_buf_puts(&writer->member, name);
    if (occurrence > 0)
        mm_buf_printf(&writer->member, "#%lld", (long long)occurrence);
    return writer->member.failed ? mm_fail_memory(err) : 0;
}

/* ---- a tensor ---- */

static void add_row(struct writer *writer, const struct model_tensor *tensor, const struct mm_tensor *view,
                    int64_t occurrence)
{
    struct mm_json *json = &writer->json;
    mm_json_line(json, 2);
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "file", mm_buf_text(&writer->file));
    if (writer->pack)
        mm_json_put_text(json, "member", mm_buf_text(&writer->member));
    mm_json_put_text(json, "name", tensor->name);
    mm_json_put_whole(json, "occurrence", occurrence);
    mm_json_put_text(json, "node", tensor->node);
    mm_json_put_text(json, "op_type", tensor->op_type);
    mm_json_put_text(json, "dtype", mm_dtype_info(view->dtype)->name);
    mm_json_open_array(json, "shape");
    for (int i = 0; i < view->shape.rank; i++)
        mm_json_put_whole(json, NULL, view->shape.dim[i]);
    mm_json_close_array(json);
    if (writer->simulated)
        simulated_put_tensor(writer->simulated, tensor->name, json);
    mm_json_close_object(json);
}

/* bfloat16, float8 ...: float32 holds all of their values. */
static bool is_rare(const struct mm_tensor *tensor)
{
    const struct mm_dtype_info *info = mm_dtype_info(tensor->dtype);
    return info->kind == MM_KIND_FLOAT && info->lane_f && tensor->dtype != MM_F32 && tensor->dtype != MM_F16;
}

/* Into its own file, or the one for all. */
static int put(struct writer *writer, const struct mm_store *store, struct mm_err *err)
{
    if (writer->pack)
        return mm_pack_add(writer->pack, store, err);
    mm_buf_clear(&writer->path);
    mm_buf_printf(&writer->path, "%s/%s", writer->info->path, mm_buf_text(&writer->file));
    if (writer->path.failed)
        return mm_fail_memory(err);
    if (check_free(mm_buf_text(&writer->path), err) < 0)
        return -1;
    return writer->format->write(store, mm_buf_text(&writer->path), err);
}

static int put_widened(struct writer *writer, struct mm_store *store, struct mm_err *err)
{
    struct mm_tensor wide;
    struct mm_run run;
    void *memory = NULL;
    if (mm_tensor_flatten(store->tensor, NULL, &wide, &memory, &run, err) < 0)
        return -1;
    wide.dtype = MM_F32;
    store->tensor = &wide;
    int result = put(writer, store, err);
    free(memory);
    return result;
}

static int store(struct writer *writer, const struct model_tensor *tensor, const struct mm_tensor *view,
                 struct mm_err *err)
{
    struct mm_store store = {.tensor = view,
                             .node_name = tensor->node,
                             .op_type = tensor->op_type,
                             .index = tensor->index,
                             .is_output = tensor->is_output,
                             .unsynced = true,
                             .name = mm_buf_text(&writer->member)};
    struct mm_err why = {0};
    if (put(writer, &store, &why) == 0)
        return 0;
    if (why.code == MM_EUNSUPPORTED && is_rare(view))
        return put_widened(writer, &store, err);
    if (err)
        *err = why;
    return -1;
}

/* The file that all tensors go to is begun with the first. */
static int begin_pack(struct writer *writer, struct mm_err *err)
{
    if (writer->pack || !writer->format->pack)
        return 0;
    mm_buf_clear(&writer->path);
    mm_buf_clear(&writer->file);
    mm_buf_printf(&writer->file, PACK "%s", writer->format->ending);
    mm_buf_printf(&writer->path, "%s/%s", writer->info->path, mm_buf_text(&writer->file));
    if (writer->path.failed || writer->file.failed)
        return mm_fail_memory(err);
    if (check_free(mm_buf_text(&writer->path), err) < 0)
        return -1;
    return mm_pack_open(&writer->pack, writer->format, mm_buf_text(&writer->path), err);
}

int writer_take(struct writer *writer, const struct model_tensor *tensor, const struct mm_tensor *view,
                struct mm_err *err)
{
    if (view->dtype == MM_DTYPE_NONE) {
        writer->left_out++;
        return 0;
    }
    int64_t occurrence = count_name(writer, &writer->names, tensor->name);
    if (occurrence < 0)
        return mm_fail_memory(err);
    if (remove_older(writer, err) < 0 || begin_pack(writer, err) < 0 ||
        name_member(writer, tensor->name, occurrence, err) < 0)
        return -1;
    if ((!writer->pack && name_file(writer, tensor->name, err) < 0) || store(writer, tensor, view, err) < 0)
        return -1;
    add_row(writer, tensor, view, occurrence);
    writer->written++;
    return 0;
}

/* ---- the list ---- */

static int write_list(const struct mm_buf *text, const char *folder, struct mm_err *err)
{
    char *path = mm_path_join(folder, LIST);
    if (!path || text->failed) {
        free(path);
        return mm_fail_memory(err);
    }
    int result = mm_file_write(path, text->data, text->length, err);
    free(path);
    return result;
}

static int end_pack(struct writer *writer, struct mm_err *err)
{
    struct mm_pack *pack = writer->pack;
    writer->pack = NULL;
    return pack ? mm_pack_commit(pack, err) : 0;
}

int writer_finish(struct writer *writer, const struct writer_record *record, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_json json;
    mm_json_close_array(&writer->json);
    mm_json_init(&json, &text, (struct mm_json_style){.indent = 2});
    mm_json_open_object(&json, NULL);
    mm_json_put_whole(&json, "mmtui_dump", 1);
    mm_json_put_text(&json, "model", record->model);
    mm_json_put_text(&json, "onnxruntime", record->library);
    mm_json_put_whole(&json, "optimization_level", record->level);
    mm_json_put_whole(&json, "threads", record->threads);
    mm_json_put_bool(&json, "prepacked_weights", record->prepacked);
    if (record->float32)
        mm_json_put_bool(&json, "float16_as_float32", true);
    mm_json_put_whole(&json, "runs", (int64_t)record->runs);
    mm_json_put_bool(&json, "complete", record->complete);
    if (writer->simulated)
        simulated_put_settings(writer->simulated, &json);
    mm_json_put_raw(&json, "tensors", mm_buf_text(&writer->rows));
    mm_json_close_object(&json);
    mm_buf_putc(&text, '\n');
    text.failed |= writer->rows.failed;
    int result = remove_older(writer, err);
    if (result == 0)
        result = end_pack(writer, err);
    if (result == 0)
        result = write_list(&text, writer->info->path, err);
    mm_buf_done(&text);
    return result;
}

void writer_close(struct writer *writer)
{
    mm_names_done(&writer->names);
    mm_names_done(&writer->files);
    mm_buf_done(&writer->rows);
    mm_buf_done(&writer->file);
    mm_buf_done(&writer->path);
    mm_buf_done(&writer->member);
    mm_pack_abort(writer->pack);
    mm_arena_done(&writer->arena);
    free(writer->times);
}
