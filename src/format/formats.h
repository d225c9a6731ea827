/*
 * The functions behind the rows of the format table (formats.c): what every reader and writer looks like is
 * said at struct mm_format.
 */
#ifndef MMTUI_FORMAT_FORMATS_H
#define MMTUI_FORMAT_FORMATS_H

#include "mmtui/format.h"

/* How long the header of the .npy file is that begins so, all before the elements; 0: it begins otherwise. */
size_t mm_npy_head(const uint8_t *bytes, size_t size);
bool mm_npy_probe(const uint8_t *bytes, size_t size);
int mm_npy_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err);
int mm_npy_write(const struct mm_store *store, const char *path, struct mm_err *err);
/* A .npy file's bytes, how many they are (-1: MM_EUNSUPPORTED, a dtype that NumPy lacks), and, front to back, what
 * they are. `label` is for error texts. */
typedef void (*mm_npy_put)(void *context, const void *data, size_t size);
int mm_npy_size(const struct mm_tensor *tensor, const char *label, uint64_t *size, struct mm_err *err);
int mm_npy_emit(const struct mm_tensor *tensor, const char *label, mm_npy_put put, void *context,
                struct mm_err *err);

bool mm_npz_probe(const uint8_t *bytes, size_t size);
int mm_npz_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                struct mm_err *err);
int mm_npz_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
int mm_npz_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
int mm_npz_write(const struct mm_store *store, const char *path, struct mm_err *err);
extern const struct mm_pack_kind mm_npz_pack;
int mm_npz_write_all(const struct mm_store *stores, size_t count, const char *path, struct mm_err *err);

/* A member that is a part of its source as it is: map it. */
int mm_part_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);

bool mm_onnx_tensor_probe(const uint8_t *bytes, size_t size);
bool mm_onnx_tensor_may_be(const uint8_t *bytes, size_t size);
/* The message at `bytes` into the load; they must live as long as it. */
int mm_onnx_tensor_take(struct mm_load *load, const uint8_t *bytes, size_t size, const char *label,
                        struct mm_err *err);
int mm_onnx_tensor_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                        struct mm_err *err);
int mm_onnx_tensor_write(const struct mm_store *store, const char *path, struct mm_err *err);
bool mm_onnx_text_probe(const uint8_t *bytes, size_t size);
int mm_onnx_text_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                      struct mm_err *err);
int mm_onnx_text_write(const struct mm_store *store, const char *path, struct mm_err *err);
bool mm_onnx_sequence_probe(const uint8_t *bytes, size_t size);
int mm_onnx_sequence_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                          struct mm_err *err);

bool mm_safetensors_probe(const uint8_t *bytes, size_t size);
int mm_safetensors_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                        struct mm_err *err);
int mm_safetensors_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                        struct mm_err *err);
int mm_safetensors_write(const struct mm_store *store, const char *path, struct mm_err *err);
extern const struct mm_pack_kind mm_safetensors_pack;
int mm_safetensors_write_all(const struct mm_store *stores, size_t count, const char *path,
                             struct mm_err *err);
/* The members of an index are those of the files that it names: their sources are of format "safetensors". */
bool mm_safetensors_index_probe(const uint8_t *bytes, size_t size);
int mm_safetensors_index_list(const struct mm_source *source, struct mm_arena *arena,
                              struct mm_members *members, struct mm_err *err);

bool mm_polygraphy_probe(const uint8_t *bytes, size_t size);
int mm_polygraphy_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                       struct mm_err *err);
int mm_polygraphy_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);

bool mm_torch_probe(const uint8_t *bytes, size_t size);
int mm_torch_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                  struct mm_err *err);
int mm_torch_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
int mm_torch_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
int mm_torch_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                  struct mm_err *err);
/* The older form: its list always fails, with the sentence that says what to do. */
bool mm_torch_legacy_probe(const uint8_t *bytes, size_t size);
int mm_torch_legacy_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                         struct mm_err *err);
/* Map a source whose header alone is read, hand it to `list`, and see afterwards whether it was cut meanwhile. */
typedef int (*mm_list_map)(void *context, const struct mm_map *map, struct mm_err *err);
int mm_list_mapped(const struct mm_source *source, mm_list_map list, void *context, struct mm_err *err);
/* "FILE: tensor 'NAME'", with ": MORE" behind it where there is more; from the arena, or NULL when memory is out. */
char *mm_tensor_sentence(const struct mm_source *source, const char *name, const char *more,
                         struct mm_arena *arena);
/* A file's name without its format's ending; from the arena, or NULL when memory is out. */
char *mm_file_stem(const char *file, struct mm_arena *arena);

bool mm_gguf_probe(const uint8_t *bytes, size_t size);
int mm_gguf_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                 struct mm_err *err);
int mm_gguf_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err);
const char *mm_gguf_stored_as(const struct mm_entry *entry);

bool mm_raw_may_be(const uint8_t *bytes, size_t size);
int mm_raw_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err);
int mm_raw_write(const struct mm_store *store, const char *path, struct mm_err *err);
bool mm_numbers_probe(const uint8_t *bytes, size_t size);
/* How many numbers stand in load->bytes from the from-th on; -1: something else does (MM_ECORRUPT, with the line). */
int mm_numbers_count(const struct mm_load *load, size_t from, const char *label, int64_t *count,
                     struct mm_err *err);
int mm_numbers_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                    struct mm_err *err);

bool mm_printed_probe(const uint8_t *bytes, size_t size);
int mm_printed_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                    struct mm_err *err);
bool mm_catch_probe(const uint8_t *bytes, size_t size);
int mm_catch_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                  struct mm_err *err);
int mm_catch_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                  struct mm_err *err);

bool mm_msprobe_probe(const uint8_t *bytes, size_t size);
int mm_msprobe_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                    struct mm_err *err);
int mm_msprobe_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                    struct mm_err *err);
const char *mm_msprobe_stored_as(const struct mm_entry *entry);

int mm_pb_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err);
int mm_pb_write(const struct mm_store *store, const char *path, struct mm_err *err);

int mm_pbtxt_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                  struct mm_err *err);
int mm_pbtxt_write(const struct mm_store *store, const char *path, struct mm_err *err);

#endif
