/* The inside of a dump while it is opened, for the files of this folder. */
#ifndef MMTUI_DUMP_LISTING_H
#define MMTUI_DUMP_LISTING_H

#include "dump/name_list.h"
#include "dump/tree.h"

#define LISTING_LISTS   64
#define LISTING_ENDINGS 200

/* What the listing collects before it is sorted and published. */
struct listing {
    struct mm_dump *dump;
    bool check;
    const struct mm_schema *schema; /* for .pb; NULL: nothing is known */
    struct mm_given_list given;
    struct mm_dump_part part;
    bool file_names, enclosed;
    const struct mm_dump_live *live; /* or NULL */
    struct mm_buf memory;            /* of files that are looked at */
    struct tree tree;
    struct name_list lists[LISTING_LISTS]; /* that lie beside the tensors; read by listing_name */
    size_t list_count;
    const struct name_list_kind *kind; /* of the list that said most; NULL: none did */
    size_t not_seen;                   /* what that list says is missing in the dump */
    size_t from_messages;              /* tensors that are called as their messages say */
    size_t numbered;                   /* in numbered folders (CATCH) */
    const char *numbered_root; /* the folder's own name, where it is an operator's of CATCH's dump; or NULL */
    size_t statistics;         /* of tensors that msprobe did not keep */
    size_t fields;             /* tensors whose files' names are made of fields (SGLang) */
    size_t joined;             /* tensors that are put together over ranks */
    size_t operators;          /* tensors whose names end with their operator's type (tpu-mlir) */
    size_t first, sums;        /* of these only the first values, or the sum of absolute values, are there */
    struct mm_members found;
    struct mm_err err;    /* the first that is no file's own: memory */
    struct mm_err bad;    /* why a file with many tensors could not be listed, the first one's */
    struct mm_err unread; /* why a list could not be read, the first one's */
};

struct listing_file {
    const char *path, *file, *scope; /* see struct mm_source; they live as long as the dump */
};

/* The format of a file of a folder. Whoever tells the numbers of MagicMind's .pb says that what has a stamp and this
 * ending is such, whatever else it may look like. */
const struct mm_format *listing_choose(struct listing *list, const char *path, const char *name);
/* Is the file whole, as far as a dump is being written? */
bool listing_wanted(const struct listing *list, const char *path);
/* -1, with list->err set. */
int listing_no_memory(struct listing *list);
/* `front` and `text` in the dump's arena, or NULL. */
const char *listing_join(struct listing *list, const char *front, const char *text);
/* Add a file, or the members that it has. 0, or -1 with list->err. */
int listing_add(struct listing *list, const struct listing_file *file, const struct mm_file_name *parsed);
/* Add what is in the folder of the dump's path. -1 with err, or with list->err where memory is out. */
int listing_folder(struct listing *list, struct mm_err *err);
/* Find numbers for the .pb files that the project's own do not read: dump->schema, dump->no_numbers. 0, or -1 with
 * list->err. */
int listing_numbers(struct listing *list);
/* Names from the lists that lie beside the tensors, and from ONNX's messages. 0, or -1 with list->err. */
int listing_name(struct listing *list);
/* Names, order, step and rank from files' names that are made of fields. 0, or -1 with err, or with
 * list->err where memory is out. */
int listing_fields(struct listing *list, struct mm_err *err);
/* Operators' types from tensors' names, of archives in which most end with one (tpu-mlir). */
void listing_operators(struct listing *list);
/* Operators' types, the order, and names of what is in numbered folders. 0, or -1 with list->err. */
int listing_numbered(struct listing *list);
/* Put together what ranks have dumped in parts, as list->part.concat says. 0, or -1 with list->err. */
int listing_join_ranks(struct listing *list);
/* Say what was recognised (dump->recognised). 0, or -1 with list->err. */
int listing_source(struct listing *list);
/* ".npy .npz ...": of all formats, each once. */
const char *listing_endings(char out[static LISTING_ENDINGS]);
void listing_done(struct listing *list);

#endif
