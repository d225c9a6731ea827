/*
 * remote: dumps on other machines. HOST:DIR is listed and read by an mmtui on HOST, which is started through ssh and speaks a
 * small protocol over ssh's standard streams (src/remote/frame.h); no port is opened.
 *
 * A dump there is a struct mm_dump here: names, order, number formats, shapes and states of files come in one answer; the
 * bytes of a tensor come when somebody asks for a value, and are kept in temporary files of at most 1 GiB together (and
 * what is being read). Two tensors of one host are measured there, and figures travel; of a tensor there and one here the
 * one of fewer bytes travels. Either way the figures are those of a run where all files are, to the last bit.
 *
 * Whatever comes from the other side is checked before it is used. The far side only reads, and only files in the folder
 * that was asked for.
 */
#ifndef MMTUI_REMOTE_H
#define MMTUI_REMOTE_H

#include "mmtui/compare.h"

struct mm_remote_options {
    const char
        *ssh; /* the remote shell's command, words with quotes; NULL: ssh. The host and what is run follow */
    const char *program; /* mmtui there; NULL: mmtui, on the PATH */
    /* No value of a tensor leaves a far machine: statistics and metrics alone do. What needs values fails with a sentence. */
    bool figures_only;
};

/*
 * Is it HOST:DIR (USER@HOST:DIR, [ADDRESS]:DIR)? As for scp and rsync: there is a ':' with something before it and no '/'
 * in that. A path that is there on this machine is none.
 */
bool mm_remote_is(const char *path);
/* Do two such paths lie on the same machine, by the same user? */
bool mm_remote_same(const char *a, const char *b);

/* The connections, one a host. All dumps that were opened by them must be closed before. From any thread. */
struct mm_remotes;
/* The texts of the options are borrowed. Nothing is started yet. */
int mm_remotes_open(struct mm_remotes **remotes, const struct mm_remote_options *options, struct mm_err *err);
/* Ends the remote shells. NULL is fine. */
void mm_remotes_close(struct mm_remotes *remotes);
/* Bytes that were sent and received. */
void mm_remotes_bytes(struct mm_remotes *remotes, uint64_t *sent, uint64_t *received);
/* What measures pairs of their dumps: for struct mm_measure_options. Lives as long as they do. */
const struct mm_pair_measurer *mm_remotes_measurer(const struct mm_remotes *remotes);

/* MM_EARG: the two dumps are on different far machines, and no values of either may leave its own. remotes may be NULL. */
int mm_remotes_allow(const struct mm_remotes *remotes, const char *src, const char *dst, struct mm_err *err);
/* Append a sentence on what there is not, where the dump's values stay on its machine; nothing else. */
void mm_remote_say(const struct mm_dump *dump, struct mm_buf *out);

/*
 * As mm_dump_open, wherever the dump is. remotes may be NULL: then one that is not here is MM_EARG. The texts say what is
 * wrong and which command helps: no such host, no mmtui there, another version.
 */
int mm_remote_dump_open(struct mm_dump **dump, const char *path, const struct mm_dump_options *options,
                        struct mm_remotes *remotes, struct mm_err *err);
/*
 * List a dump that is not here again, over a new connection where the old one was lost; its entries stay where they are, and
 * have the states, headers and sizes of now. One that is here stays as it is. MM_EUNSUPPORTED: it has other tensors now.
 * Nobody may read the dump meanwhile.
 */
int mm_remote_renew(struct mm_dump *dump, struct mm_err *err);
/* Is the entry's file on another machine? */
bool mm_remote_entry(const struct mm_entry *entry);

struct mm_serve_options {
    const char *below; /* only dumps in this folder are opened; NULL: all that the user can read */
    bool figures_only; /* whatever the near side asks for */
};
/*
 * The far side: read requests from `in` and answer on `out` until `in` ends, or nobody reads any more. 0; -1: what came is not
 * the protocol.
 */
int mm_serve(int in, int out, const struct mm_serve_options *options, struct mm_err *err);

#endif
