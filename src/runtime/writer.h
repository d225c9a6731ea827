/* writer: the tensors of a run as files, as they come. */
#ifndef MMTUI_RUNTIME_WRITER_H
#define MMTUI_RUNTIME_WRITER_H

#include "base/json_write.h"
#include "base/names.h"
#include "runtime/model.h"

/* What is said of the run beside its tensors. */
struct writer_record {
    const char *model;   /* its file's name */
    const char *library; /* "1.30.0" */
    int level, threads;
    bool prepacked; /* weights were brought into the order that kernels like */
    bool float32;   /* of float16: see mm_run_options */
    size_t runs;
    bool complete; /* nothing failed */
};

struct simulated;

struct writer {
    const struct mm_dump_info *info;
    const struct mm_format *format;
    struct mm_names names, files; /* of tensors, and of their files: by number, how often there was one */
    size_t *times;
    size_t times_room;
    struct mm_arena arena;
    struct mm_buf rows; /* what is written of the tensors in the end */
    struct mm_json json;
    struct mm_pack
        *pack; /* of a format that takes many: the file that they all go to; NULL: each has its own */
    struct mm_buf file, path, member;
    const struct simulated *simulated; /* what is rounded; NULL: nothing */
    size_t written, left_out;
    bool is_open, cleared; /* cleared: what an earlier dump left in the folder is removed */
};

/*
 * Make the folder. What mmtui's earlier dump left there stays until the first tensor, or the list, is written; another
 * program's dump (a list with "framework") is an error, MM_EARG.
 */
int writer_open(struct writer *writer, const struct mm_dump_info *info, struct mm_err *err);
/* Write a tensor; one whose values mmtui has no type for is counted, and left out. A file of its name that no earlier
   dump wrote is an error, MM_EARG. */
int writer_take(struct writer *writer, const struct model_tensor *tensor, const struct mm_tensor *view,
                struct mm_err *err);
/* Write mmtui-dump.json. */
int writer_finish(struct writer *writer, const struct writer_record *record, struct mm_err *err);
void writer_close(struct writer *writer);

#endif
