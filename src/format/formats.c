/* The table of on-disk formats. A new format is a reader, a writer and a row here. */
#include "format/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mm_format formats[] = {
    {.name = "npy",
     .ending = ".npy",
     .title = "NumPy array",
     .probe = mm_npy_probe,
     .read = mm_npy_read,
     .write = mm_npy_write},
    {.name = "torch",
     .ending = ".pt",
     .title = "PyTorch, as torch.save writes it",
     .probe = mm_torch_probe,
     .list = mm_torch_list,
     .fetch = mm_torch_fetch,
     .check = mm_torch_check,
     .read = mm_torch_read},
    {.name = "torch-pth",
     .ending = ".pth",
     .title = "PyTorch, as torch.save writes it",
     .probe = mm_torch_probe,
     .list = mm_torch_list,
     .fetch = mm_torch_fetch,
     .check = mm_torch_check,
     .read = mm_torch_read},
    {.name = "torch-bin",
     .ending = ".bin",
     .title = "PyTorch, as torch.save writes it",
     .probe = mm_torch_probe,
     .may_be = mm_torch_probe,
     .list = mm_torch_list,
     .fetch = mm_torch_fetch,
     .check = mm_torch_check,
     .read = mm_torch_read},
    {.name = "torch-legacy",
     .ending = ".pt",
     .title = "PyTorch's older form: refused, with what to do",
     .probe = mm_torch_legacy_probe,
     .may_be = mm_torch_legacy_probe,
     .list = mm_torch_legacy_list},
    {.name = "torch-legacy-pth",
     .ending = ".pth",
     .title = "PyTorch's older form: refused, with what to do",
     .probe = mm_torch_legacy_probe,
     .may_be = mm_torch_legacy_probe,
     .list = mm_torch_legacy_list},
    {.name = "npz",
     .ending = ".npz",
     .title = "NumPy arrays in a zip archive",
     .probe = mm_npz_probe,
     .list = mm_npz_list,
     .fetch = mm_npz_fetch,
     .check = mm_npz_check,
     .read = mm_npy_read,
     .write = mm_npz_write,
     .write_all = mm_npz_write_all,
     .pack = &mm_npz_pack},
    {.name = "safetensors",
     .ending = ".safetensors",
     .title = "safetensors",
     .probe = mm_safetensors_probe,
     .list = mm_safetensors_list,
     .fetch = mm_part_fetch,
     .read = mm_safetensors_read,
     .write = mm_safetensors_write,
     .write_all = mm_safetensors_write_all,
     .pack = &mm_safetensors_pack},
    {.name = "safetensors-index",
     .ending = ".safetensors.index.json",
     .title = "index of several safetensors files",
     .indirect = true,
     .probe = mm_safetensors_index_probe,
     .list = mm_safetensors_index_list,
     .fetch = mm_part_fetch,
     .read = mm_safetensors_read},
    {.name = "polygraphy",
     .ending = ".json",
     .title = "Polygraphy's --save-outputs, --save-inputs",
     .probe = mm_polygraphy_probe,
     .may_be = mm_polygraphy_probe,
     .list = mm_polygraphy_list,
     .fetch = mm_polygraphy_fetch,
     .read = mm_npy_read},
    {.name = "gguf",
     .ending = ".gguf",
     .title = "GGUF; values in blocks are decoded",
     .probe = mm_gguf_probe,
     .list = mm_gguf_list,
     .fetch = mm_part_fetch,
     .read = mm_gguf_read,
     .stored_as = mm_gguf_stored_as},
    {.name = "pb",
     .ending = ".pb",
     .title = "MagicMind tensor, binary",
     .stamped = true,
     .read = mm_pb_read,
     .write = mm_pb_write},
    {.name = "pbtxt",
     .ending = ".pbtxt",
     .title = "MagicMind tensor, text",
     .stamped = true,
     .read = mm_pbtxt_read,
     .write = mm_pbtxt_write},
    {.name = "onnx",
     .ending = ".pb",
     .title = "ONNX tensor, binary",
     .probe = mm_onnx_tensor_probe,
     .may_be = mm_onnx_tensor_may_be,
     .read = mm_onnx_tensor_read,
     .write = mm_onnx_tensor_write},
    {.name = "onnx-sequence",
     .ending = ".pb",
     .title = "ONNX sequence of tensors",
     .probe = mm_onnx_sequence_probe,
     .may_be = mm_onnx_sequence_probe,
     .list = mm_onnx_sequence_list,
     .fetch = mm_part_fetch,
     .read = mm_onnx_tensor_read},
    {.name = "onnx-text",
     .ending = ".pbtxt",
     .title = "ONNX tensor, text",
     .probe = mm_onnx_text_probe,
     .may_be = mm_onnx_text_probe,
     .read = mm_onnx_text_read,
     .write = mm_onnx_text_write},
    {.name = "onnx-textproto",
     .ending = ".textproto",
     .title = "ONNX tensor, text",
     .probe = mm_onnx_text_probe,
     .read = mm_onnx_text_read,
     .write = mm_onnx_text_write},
    {.name = "raw",
     .ending = ".raw",
     .title = "raw numbers (--dtype, --shape)",
     .weak = true,
     .may_be = mm_raw_may_be,
     .read = mm_raw_read,
     .write = mm_raw_write},
    {.name = "bin",
     .ending = ".bin",
     .title = "the same; of a folder only with --dtype or --shape",
     .weak = true,
     .told = true,
     .may_be = mm_raw_may_be,
     .read = mm_raw_read,
     .write = mm_raw_write},
    {.name = "text",
     .ending = ".txt",
     .title = "decimal numbers (--shape)",
     .weak = true,
     .probe = mm_numbers_probe,
     .may_be = mm_numbers_probe,
     .read = mm_numbers_read},
    {.name = "msprobe",
     .ending = "",
     .title = "statistics of tensors, of msprobe's dump.json",
     .probe = mm_msprobe_probe,
     .list = mm_msprobe_list,
     .fetch = mm_part_fetch,
     .read = mm_msprobe_read,
     .stored_as = mm_msprobe_stored_as},
    {.name = "catch",
     .ending = "",
     .title = "text of Cambricon CATCH's dump tool",
     .probe = mm_catch_probe,
     .list = mm_catch_list,
     .fetch = mm_part_fetch,
     .read = mm_catch_read},
    {.name = "eval-callback",
     .ending = "",
     .title = "what llama.cpp's eval-callback prints: refused, with what to do",
     .probe = mm_printed_probe,
     .list = mm_printed_list},
};

const char *mm_entry_stored_as(const struct mm_entry *entry)
{
    const struct mm_format *format = entry->source->format;
    return format->stored_as && entry->code == MM_OK ? format->stored_as(entry) : NULL;
}

const struct mm_format *mm_formats(size_t *count)
{
    *count = MM_COUNT(formats);
    return formats;
}

const struct mm_format *mm_format_find(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

static bool has_ending(const char *file, const struct mm_format *format)
{
    size_t length = strlen(file), ending = strlen(format->ending);
    return ending > 0 && length > ending && strcmp(file + length - ending, format->ending) == 0;
}

const struct mm_format *mm_format_by_name(const char *file, size_t *stem)
{
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (!has_ending(file, &formats[i]))
            continue;
        if (stem)
            *stem = strlen(file) - strlen(formats[i].ending);
        return &formats[i];
    }
    return NULL;
}

char *mm_file_stem(const char *file, struct mm_arena *arena)
{
    size_t stem = strlen(file);
    mm_format_by_name(file, &stem);
    return mm_arena_strndup(arena, file, stem);
}

const char *mm_entry_whole_name(const struct mm_entry *entry, struct mm_arena *arena)
{
    return entry->member ? entry->member : mm_file_stem(mm_path_base(entry->source->file), arena);
}

/* Of those that have the name's ending, or of all. */
static const struct mm_format *by_content(const struct mm_map *map, const char *file)
{
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (formats[i].probe && (!file || has_ending(file, &formats[i])) &&
            formats[i].probe(map->data, map->size))
            return &formats[i];
    }
    return NULL;
}

/* Without an ending that some format has. */
static const struct mm_format *by_content_alone(const char *path, struct mm_buf *memory)
{
    struct mm_map map;
    const struct mm_format *found = NULL;
    if (mm_map_open_in(&map, path, memory, NULL) < 0)
        return NULL;
    mm_map_sparse(&map);
    for (size_t i = 0; i < MM_COUNT(formats) && !found; i++) {
        if (!*formats[i].ending && formats[i].probe(map.data, map.size))
            found = &formats[i];
    }
    mm_map_close(&map);
    return found;
}

/* That no probe knows: a stamp tells its format, and what may be damaged. */
static const struct mm_format *by_ending(const struct mm_map *map, const char *file, bool stamped)
{
    for (size_t i = 0; i < MM_COUNT(formats) && stamped; i++) {
        if (formats[i].stamped && has_ending(file, &formats[i]))
            return &formats[i];
    }
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (!formats[i].stamped && has_ending(file, &formats[i]) &&
            (!formats[i].may_be || formats[i].may_be(map->data, map->size)))
            return &formats[i];
    }
    return NULL;
}

static bool is_choice(const char *file)
{
    size_t count = 0;
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (has_ending(file, &formats[i]))
            count += formats[i].may_be ? 2 : 1;
    }
    return count > 1;
}

const struct mm_format *mm_format_choose(const char *path, bool stamped, struct mm_buf *memory)
{
    const char *file = mm_path_base(path);
    struct mm_map map;
    if (!mm_format_by_name(file, NULL))
        return by_content_alone(path, memory);
    if (!is_choice(file))
        return mm_format_by_name(file, NULL);
    if (mm_map_open_in(&map, path, memory, NULL) < 0)
        return mm_format_by_name(file, NULL);
    const struct mm_format *found = by_content(&map, file);
    if (!found)
        found = by_ending(&map, file, stamped);
    mm_map_close(&map);
    return found;
}

const struct mm_format *mm_format_of(const char *path)
{
    struct mm_map map;
    const struct mm_format *found = NULL;
    if (mm_map_open(&map, path, NULL) < 0)
        return NULL;
    mm_map_sparse(&map);
    found = by_content(&map, NULL);
    if (!found)
        found = by_ending(&map, mm_path_base(path), true);
    mm_map_close(&map);
    return found;
}

/* ---- members, while a source is listed ---- */

int mm_list_mapped(const struct mm_source *source, mm_list_map list, void *context, struct mm_err *err)
{
    struct mm_map map;
    if (mm_map_open(&map, source->path, err) < 0)
        return -1;
    mm_map_sparse(&map);
    int result = list(context, &map, err);
    if (mm_map_check(&map, source->file, err) < 0)
        result = -1;
    mm_map_close(&map);
    return result;
}

char *mm_tensor_sentence(const struct mm_source *source, const char *name, const char *more,
                         struct mm_arena *arena)
{
    static const char format[] = "%s: tensor '%s'%s%s";
    size_t size = strlen(source->file) + strlen(name) + strlen(more) + sizeof format;
    char *text = mm_arena_alloc(arena, size);
    if (text)
        snprintf(text, size, format, source->file, name, *more ? ": " : "", more);
    return text;
}

struct mm_entry *mm_members_add(struct mm_members *members, const struct mm_source *source)
{
    if (mm_grow((void **)&members->entry, &members->capacity, members->count + 1, sizeof *members->entry) < 0)
        return NULL;
    struct mm_entry *entry = &members->entry[members->count++];
    *entry = (struct mm_entry){.source = source};
    return entry;
}

void mm_members_done(struct mm_members *members)
{
    free(members->entry);
    *members = (struct mm_members){0};
}
