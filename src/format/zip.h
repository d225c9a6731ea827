/*
 * zip: the directory of a zip archive, and where its members' bytes lie.
 *
 * An archive is believed only as far as it can be checked. The central directory, at the end of the file, is
 * what counts, as for Python's zipfile: sizes and checksums in local headers may be zero (data descriptors)
 * or moved to an extra field (zip64). Every offset and size is checked against the file before it is used.
 * What is wrong with the directory as a whole refuses the file; what is wrong with one member is kept with
 * the member (`code`, `wrong`), and the others can be read.
 *
 * A member's name is a name, never a path: nothing is ever written to or opened under it. So it may begin
 * with '/', have ".." in it or be empty. It may not be unique: the last member of a name counts, as for
 * NumPy.
 *
 * Source: APPNOTE.TXT 6.3 of PKWARE.
 */
#ifndef FORMAT_ZIP_H
#define FORMAT_ZIP_H

#include "mmtui/base.h"

#define ZIP_STORED   0
#define ZIP_DEFLATED 8

/* Deflate's best: a bit for a run of 258 bytes, a bit for its distance; no stream gives more a byte. */
#define ZIP_RATIO_MOST 1032

struct zip_member {
    const char *name;  /* as in the file, up to its first NUL; in the arena */
    const char *label; /* how error texts about it begin: "a.npz: member 'x.npy'"; in the arena */
    uint64_t offset;   /* of the local header, from the beginning of the file */
    uint64_t limit;    /* where the next member or the directory begins: nothing of this one lies beyond */
    uint64_t packed;   /* bytes in the file */
    uint64_t size;     /* bytes once inflated */
    uint32_t crc;      /* of these */
    uint16_t method;   /* ZIP_STORED or ZIP_DEFLATED, unless there is something wrong */
    uint16_t flags;
    enum mm_code code; /* MM_OK, or what kind of thing is wrong with the member */
    const char *wrong; /* what it is: "is encrypted"; NULL if nothing */
};

struct zip {
    struct zip_member *member; /* in the directory's order, each name once; in the arena */
    size_t count;
    size_t repeated; /* how many were left out because a later one has their name */
};

/* Does it begin as a zip archive does (with a member, or with the end of an empty one)? */
bool zip_probe(const uint8_t *data, size_t size);

/*
 * Read the directory of the archive that `data` is all of. `file` stands first in error texts. Allocates from
 * `arena` only. Time n log n in the members, of which only the directory's entries are read.
 */
int zip_list(struct zip *zip, const uint8_t *data, size_t size, const char *file, struct mm_arena *arena,
             struct mm_err *err);

/*
 * Find a member's bytes, `member->packed` many. `window` are the file's bytes from member->offset on, `size`
 * of them; all that the file has up to member->limit will do. Fails if there is something wrong with the
 * member, or if its local header is not there or is another's.
 */
int zip_locate(const struct zip_member *member, const uint8_t *window, size_t size, const uint8_t **bytes,
               struct mm_err *err);

/* As mm_fail, with the member's label before it. */
int zip_fail(const struct zip_member *member, struct mm_err *err, enum mm_code code, const char *format, ...)
    MM_PRINTF(4, 5);

#endif
