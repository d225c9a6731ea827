/*
 * base: what every other folder stands on - errors, memory, text, files.
 *
 * Nothing here knows what a tensor is. The rules that hold for the whole library are set here:
 *
 *   - A function that can fail returns int: 0 on success, -1 on failure, and on failure it has filled
 *     the caller's struct mm_err (a NULL err is allowed: the caller does not want the text). Nothing in the
 *     library prints, exits or keeps a global error.
 *   - Pointers passed in are borrowed unless the function's name ends in _take.
 *   - _open/_close make and free heap objects, _init/_done do the same for embedded ones. _close(NULL) and
 *     _done on a zeroed struct are fine.
 *   - Text is UTF-8. Text that came from a file may be anything at all, so it goes through
 *     mm_text_escape() before it reaches a person's terminal.
 *   - The library relies on LC_NUMERIC being "C" (a program sets LC_CTYPE only).
 */
#ifndef MMTUI_BASE_H
#define MMTUI_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "mmtui must see NaN and Inf: do not build with -ffast-math, -Ofast or -ffinite-math-only"
#endif

#define MM_VERSION "0.1.0"

#define MM_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MM_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* ---- errors ------------------------------------------------------------------------------------------- */

/* What kind of thing went wrong; the text says what exactly. */
enum mm_code {
    MM_OK = 0,
    MM_ENOMEM,       /* out of memory */
    MM_EIO,          /* the system refused: open, read, write, rename ... (the text has strerror) */
    MM_ENOENT,       /* no such file or folder */
    MM_ECORRUPT,     /* a file contradicts its own format: truncated, lying sizes, bad syntax */
    MM_EUNSUPPORTED, /* a well-formed file that mmtui does not read (object arrays, version 2, ...) */
    MM_EARG,         /* the caller or the user asked for something that can't be */
    MM_ECANCELLED    /* stopped on request */
};

struct mm_err {
    enum mm_code code;
    char text[480]; /* one sentence, file first: "x.npy: header says 4 x 4 f4 = 64 bytes, 60 are there" */
};

/* Fill err (may be NULL) and return -1, so that `return mm_fail(err, MM_EARG, "...")` reads well. */
int mm_fail(struct mm_err *err, enum mm_code code, const char *format, ...) MM_PRINTF(3, 4);

/*
 * As mm_fail with MM_EIO (MM_ENOENT for ENOENT): "PATH: WHAT: strerror(errno)". Where what was to be opened is not there,
 * and something beside it is called nearly so, the sentence asks whether that was meant.
 */
int mm_fail_errno(struct mm_err *err, const char *path, const char *what);

/* As mm_fail with MM_ENOMEM and a fixed sentence. */
int mm_fail_memory(struct mm_err *err);

/* A short word for a row: "corrupt", "unsupported", "unreadable", "missing", "no memory", ... */
const char *mm_code_word(enum mm_code code);

/* ---- language ----------------------------------------------------------------------------------------- */

/* gettext's domain of all sentences of the library and of the program, errors among them. */
#define MM_TEXT_DOMAIN "mmtui"

/*
 * From now on sentences are looked up there, or (false, as at first) they are English. For a program that has called
 * bindtextdomain and setlocale(LC_MESSAGES); before it has a second thread. Keys and words that programs compare
 * (members of JSON, causes, verdicts, rules) are always English.
 */
void mm_language_set(bool translate);

/* ---- memory ------------------------------------------------------------------------------------------- */

/*
 * An arena: many small things with one lifetime. Pointers stay valid until mm_arena_done. Not thread-safe.
 * All functions return NULL when memory is out.
 */
struct mm_arena_block;
struct mm_arena {
    struct mm_arena_block *first;
};

/* Empty: no memory is taken yet. A zeroed struct is as good. */
void mm_arena_init(struct mm_arena *arena);
/* Free all of it; the arena is empty and may be used again. */
void mm_arena_done(struct mm_arena *arena);
/* All pointers end; one block is kept for what comes next. */
void mm_arena_reset(struct mm_arena *arena);
/* `size` zeroed bytes, aligned for any type; of 0 bytes a pointer of its own. */
void *mm_arena_alloc(struct mm_arena *arena, size_t size);
/* count * size bytes, alike; NULL also when the product does not fit. */
void *mm_arena_array(struct mm_arena *arena, size_t count, size_t size);
/* A copy of a NUL-terminated text. */
char *mm_arena_strdup(struct mm_arena *arena, const char *text);
/* A copy of exactly `length` bytes, whatever they are, and a NUL. */
char *mm_arena_strndup(struct mm_arena *arena, const char *text, size_t length);

/*
 * A growable byte buffer, always NUL-terminated once something was added. When memory runs out it sets
 * `failed`, drops what comes after and keeps what it has, so that a caller checks once at the end.
 */
struct mm_buf {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
};

/* Empty: no memory is taken yet. A zeroed struct is as good. */
void mm_buf_init(struct mm_buf *buf);
/* Free the memory; the buffer is empty and may be used again. */
void mm_buf_done(struct mm_buf *buf);
/* Length 0; the memory is kept, `failed` is reset. */
void mm_buf_clear(struct mm_buf *buf);
/* Append bytes, which may hold NULs; 0 of them may lie at NULL. */
void mm_buf_add(struct mm_buf *buf, const void *data, size_t length);
/* Append a NUL-terminated text. Inline, so that the length of a literal is known. */
static inline void mm_buf_puts(struct mm_buf *buf, const char *text)
{
    mm_buf_add(buf, text, strlen(text));
}
/* Append one byte. */
void mm_buf_putc(struct mm_buf *buf, char c);
/* Append the same byte `count` times. */
void mm_buf_fill(struct mm_buf *buf, char c, size_t count);
/* Append a number as %lld does, without printf's price. */
void mm_buf_whole(struct mm_buf *buf, int64_t value);
/* Append as printf does; `failed` also where the format can't be carried out. */
void mm_buf_printf(struct mm_buf *buf, const char *format, ...) MM_PRINTF(2, 3);
/* Make room for `extra` more bytes and return where they go, or NULL; the caller then adds to length. */
void *mm_buf_reserve(struct mm_buf *buf, size_t extra);
/* The text, never NULL ("" when empty); owned by the buffer. */
const char *mm_buf_text(const struct mm_buf *buf);

/* Grow an array to hold at least `need` elements of `size` bytes (doubling). 0 or -1 (array unchanged). */
int mm_grow(void **array, size_t *capacity, size_t need, size_t size);

/* a * b that reports overflow instead of wrapping: true when *out is right. */
bool mm_mul(size_t a, size_t b, size_t *out);
/* The same with a sign. */
bool mm_mul_i64(int64_t a, int64_t b, int64_t *out);

/* ---- text --------------------------------------------------------------------------------------------- */

/*
 * Append the visible form of `length` bytes of untrusted text: control characters as \n, \t, \x1b ...,
 * bytes that are not UTF-8 as \xNN, bidi and other invisible format controls as \u202e; everything
 * else as it is. A backslash stays a backslash (the form is for eyes, not for parsing back).
 */
void mm_text_escape(struct mm_buf *out, const char *text, size_t length);

/* Decode one code point from [p, end): returns bytes consumed (>= 1), *cp = U+FFFD for a bad byte. */
size_t mm_text_decode(const char *p, const char *end, uint32_t *cp);
/* Bytes of the UTF-8 byte-order mark that a file's text begins with, as some editors and spreadsheets write it: 3 or 0. */
size_t mm_text_mark(const char *text, size_t length);
/* Encode: returns the number of bytes written (1..4). */
size_t mm_text_encode(uint32_t cp, char out[4]);
/* Columns that a code point takes in a terminal: 0 (combining, control), 1 or 2. */
int mm_text_width_cp(uint32_t cp);
/* Columns of a NUL-terminated UTF-8 string. */
int mm_text_width(const char *text);
/*
 * Append `text` cut or padded to exactly `columns` columns. What is too long loses its end (`keep_tail`
 * false) or its beginning (true) and shows `mark` ("…" or "~", one column) in its place.
 */
void mm_text_fit(struct mm_buf *out, const char *text, int columns, bool keep_tail, const char *mark);
/* Case-insensitive (ASCII) search; NULL when not found, haystack for an empty needle. */
const char *mm_text_find(const char *haystack, const char *needle);
/*
 * How many bytes to put in, take out, change, or swap with the next one until one text is the other (Levenshtein with
 * transpositions, none changed twice); of each the first 256 bytes.
 */
size_t mm_text_distance(const char *a, const char *b);

/*
 * "Did you mean": the name that is most like one that was not found. Names are shown to it one by one. Nearest is what
 * differs in upper and lower case alone; then what goes on after `wanted` (3 bytes or more), or is one step away; then what
 * is more steps away, up to a third of its bytes (2 bytes: one). Of equal ones the first. Names of more than 256 bytes are
 * like nothing.
 */
struct mm_nearest {
    const char *wanted; /* borrowed */
    const char *name;   /* NULL: nothing is like it; borrowed */
    size_t distance;    /* what the next one must be below */
};
/* `wanted` NULL: nothing is like it. */
void mm_nearest_init(struct mm_nearest *nearest, const char *wanted);
/* True: it is the nearest so far. */
bool mm_nearest_look(struct mm_nearest *nearest, const char *name);
/* Room for the hint. */
#define MM_NEAREST 320
/* "; did you mean NAME?" in visible form, for the end of a sentence; "" where there is none. Returns `out`. */
const char *mm_nearest_hint(const struct mm_nearest *nearest, char out[MM_NEAREST]);
/* Natural order: digit runs compare as numbers ("conv2" < "conv10"); ties by strcmp. */
int mm_text_compare_natural(const char *a, const char *b);
/* Shell pattern: * any run, ? one character, [abc] a class; the whole of text must match. Case-sensitive. */
bool mm_text_glob(const char *pattern, const char *text);

/* Enough for every number format below, terminator included. */
#define MM_NUM 32

/* Table figure, at most 8 columns: 0, 6.90, 2.34e-1, 1.20e5, NaN, Inf, -Inf (no + or 0 leads the exponent).
 */
const char *mm_num_sci(char out[MM_NUM], double value);
/* As many of `digits` significant digits as matter, plain where that is short: 3.11, 65504, 1.2e5. */
const char *mm_num_short(char out[MM_NUM], double value, int digits);
/* Cosine for a table: .9758, 1, .9999987, 1-3e-9, -.1200 : enough nines to see the first other digit (max 8
 * columns), cut rather than rounded up. */
const char *mm_num_cos(char out[MM_NUM], double value, double one_minus);
/* Count with a unit: 950, 27.6k, 1.18M, 2.1G. */
const char *mm_num_count(char out[MM_NUM], int64_t value);
/* Shortest decimal that reads back as the same double, spelt as Python's repr does: 0.1, 1e-05, 4.0, 1e+16;
 * nan, inf, -inf for the rest. */
const char *mm_num_repr(char out[MM_NUM], double value);
size_t mm_num_repr_size(char out[MM_NUM], double value); /* the same; returns its length */

/* Parse a whole string as a double (C locale; inf and nan in any case allowed). False when anything is left
 * over. */
bool mm_parse_double(const char *text, double *out);
/* Parse a whole string as a decimal integer. */
bool mm_parse_i64(const char *text, int64_t *out);

/* The powers of ten from 10^-342 to 10^324, each as its first 128 bits, cut off below: for reading decimals
 * and for writing them. See src/base/power10.c. */
#define MM_POWER10_LEAST (-342) /* 2^64 10^-343 is less than half of the least double */
#define MM_POWER10_MOST  324    /* the least double is 4.9 10^-324 */
#define MM_POWER10_COUNT (MM_POWER10_MOST - MM_POWER10_LEAST + 1)
extern const uint64_t mm_power10_high[MM_POWER10_COUNT];
extern const uint64_t mm_power10_low[MM_POWER10_COUNT];
/* floor(log2(10^q)), exact for all powers in the table. */
static inline int mm_power10_log2(int q)
{
    return (q * 217706) >> 16;
}

/* ---- files -------------------------------------------------------------------------------------------- */

/* Which state a file was in when it was opened. Times in ns since the epoch. */
struct mm_file_state {
    bool known;                      /* false: nobody asked, and the rest is 0 */
    int64_t seen;                    /* when that was, by the clock that files get their times from */
    int64_t size, modified, changed; /* times of the content, and of the file's entry */
    uint64_t inode, device;
};

/*
 * A read-only view of a file or a part of it. data is non-NULL even for an empty file. A file that becomes shorter
 * while it is mapped reads as zeros from there on (no SIGBUS: see src/base/guard.h); mm_map_check tells.
 */
struct mm_map {
    const uint8_t *data;
    size_t size;
    void *base;    /* what to unmap; NULL when nothing is mapped */
    size_t length; /* of that; this and the rest only when mapped */
    uint64_t end;  /* the file has at least so many bytes, while it does not become shorter */
    int fd;
    int guard;
    struct mm_file_state state; /* of a file that was opened whole */
};

/* Files below this size are faster read into memory that is used again than mapped, above it is as good. */
#define MM_MAP_SMALL ((size_t)1 << 20)

/* Map a whole file. -1: MM_ENOENT or MM_EIO, and the map is closed. */
int mm_map_open(struct mm_map *map, const char *path, struct mm_err *err);
/* A file smaller than MM_MAP_SMALL is read into `memory`, which is cleared and may be used for the next file
 * after mm_map_close. NULL: map. */
int mm_map_open_in(struct mm_map *map, const char *path, struct mm_buf *memory, struct mm_err *err);
/* The `size` bytes of a file from `offset` on. If it ends before: MM_EIO "FILE: became shorter ..." */
int mm_map_open_part(struct mm_map *map, const char *path, uint64_t offset, size_t size,
                     struct mm_buf *memory, struct mm_err *err);
/* To be asked when all was read: MM_EIO "FILE: became shorter while it was read". */
int mm_map_check(const struct mm_map *map, const char *file, struct mm_err *err);
/* What was read of a mapped file, and is not needed soon, may leave this process's memory (not the page
 * cache). */
void mm_map_drop(const struct mm_map *map, const void *data, size_t size);
/* Of the map only a little will be read, here and there, most of it near the beginning: the system is not to
 * read ahead, which would read all of a large file. */
void mm_map_sparse(const struct mm_map *map);
/* The same where nothing is known of its beginning: what is asked for is read, and nothing else. */
void mm_map_random(const struct mm_map *map);
/* The view ends. A map that is zeroed or closed is fine. */
void mm_map_close(struct mm_map *map);

/*
 * A file that is complete or not there: written without a name (or, where the file system can't, as NAME.N.tmp
 * beside `path`), synced, put in its place by commit. abort, a failed commit and the end of the process leave an
 * older `path` untouched and nothing behind; a NAME.N.tmp of a process that was killed is removed by the next one
 * that writes the same file. A link is followed; a device or pipe is written into.
 */
struct mm_temporary;
struct mm_atomic {
    char *path;
    struct mm_temporary *temporary; /* NULL: a device or pipe */
    int fd;
    bool unsynced;         /* set it after open for files that need not outlive a crash of the machine */
    struct mm_buf pending; /* not yet handed to the system */
    int64_t written,
        begun;           /* bytes handed to the system, and how many of these it was told to bring to disk */
    struct mm_err error; /* the first write error; commit reports it */
};

/* Begin: nothing is at `path` yet. -1 with MM_EIO or MM_ENOMEM: there is nothing to commit or abort. */
int mm_atomic_open(struct mm_atomic *file, const char *path, struct mm_err *err);
/* The same where patch, cut or copy will be needed: a device or pipe is refused, MM_EARG. */
int mm_atomic_open_file(struct mm_atomic *file, const char *path, struct mm_err *err);
/* Append bytes. Can't fail here: commit tells of the first error, what comes after it is dropped. */
void mm_atomic_write(struct mm_atomic *file, const void *data, size_t length);
/* Write over bytes, at `place`, all of which were written before. Not for a device or pipe. */
void mm_atomic_patch(struct mm_atomic *file, int64_t place, const void *data, size_t length);
/* Take back what was written from `place` on, which must not lie behind the end. Not for a device or pipe. */
void mm_atomic_cut(struct mm_atomic *file, int64_t place);
/* Append what `from`, another one that is open, has from `place` on; a piece at a time. `from` may not be a device or pipe. */
void mm_atomic_copy(struct mm_atomic *file, struct mm_atomic *from, int64_t place);
/* Put the file in its place. Frees everything, success or not. */
int mm_atomic_commit(struct mm_atomic *file, struct mm_err *err);
/* Remove what was written and free everything; once committed it does nothing. */
void mm_atomic_abort(struct mm_atomic *file);

/* Write a whole file atomically. */
int mm_file_write(const char *path, const void *data, size_t length, struct mm_err *err);
/* Read a whole file of at most `limit` bytes into `out` (appended). For small files: configs, plans, themes. A pipe that has a
 * name is refused (MM_EARG), since its writer may never come.
 */
int mm_file_read(const char *path, size_t limit, struct mm_buf *out, struct mm_err *err);
/* mkdir -p. An existing folder is fine. */
int mm_folder_make(const char *path, struct mm_err *err);
/* rm -r of a folder that this program made (follows no symlink). Best effort, no error. */
void mm_folder_remove(const char *path);

/* Called once per entry, in the system's order; `name` is borrowed. Return non-zero to stop. */
typedef int (*mm_folder_visit)(void *context, const char *name);
/* Every entry but . and .. ; what a visit returned if non-zero, -1 with err, or 0. */
int mm_folder_list(const char *path, mm_folder_visit visit, void *context, struct mm_err *err);

/* What an entry of a folder is: a link is what it points at, one to nowhere OTHER. */
enum mm_folder_kind { MM_FOLDER_FILE, MM_FOLDER_FOLDER, MM_FOLDER_LINK, MM_FOLDER_OTHER };
/* The same with the kind: LINK is a link to a folder, OTHER a FIFO, a device, a socket. Return non-zero to stop. */
typedef int (*mm_folder_look)(void *context, const char *name, enum mm_folder_kind kind);
/* As mm_folder_list. An entry is looked at only where the system's listing does not tell its kind. */
int mm_folder_scan(const char *path, mm_folder_look look, void *context, struct mm_err *err);

/* malloc'ed "folder/name" (no doubled slash), or NULL. */
char *mm_path_join(const char *folder, const char *name);
/* The part after the last slash. */
const char *mm_path_base(const char *path);
/*
 * The path that is most like one that isn't there (struct mm_nearest): of the entries of the nearest folder above it that
 * is there, 4096 of them at most. malloc'ed; NULL where nothing is like it.
 */
char *mm_path_nearest(const char *path);

/* Monotonic time in seconds. */
double mm_clock(void);

#endif
