#include "ui/history_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_LIMIT (HISTORY_LINES * (LINE_MAX_BYTES + 64)) /* bytes; a larger one is none of ours */

char *history_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/')
        return mm_path_join(state, "mmtui/history");
    return home && *home ? mm_path_join(home, ".local/state/mmtui/history") : NULL;
}

void history_load(struct history *histories, const struct actions *actions, const char *path)
{
    struct mm_buf text = {0};
    char *rest = mm_file_read(path, FILE_LIMIT, &text, NULL) == 0 && text.data ? text.data : NULL;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *blank = strchr(line, ' ');
        if (!blank || strlen(blank + 1) >= LINE_MAX_BYTES)
            continue;
        *blank = '\0';
        for (int id = ACT_NONE + 1; id < actions->top; id++) {
            if (strcmp(action_info(actions, id)->name, line) == 0)
                history_add(&histories[id], blank + 1);
        }
    }
    mm_buf_done(&text);
}

/* ---- saving ---- */

struct lines {
    char **line;
    size_t count, room;
};

/* Cuts the text into its lines. */
static int add_lines(struct lines *lines, char *text)
{
    for (char *line; (line = strsep(&text, "\n"));) {
        if (mm_grow((void **)&lines->line, &lines->room, lines->count + 1, sizeof *lines->line) < 0)
            return -1;
        if (*line)
            lines->line[lines->count++] = line;
    }
    return 0;
}

static bool comes_again(const struct lines *lines, size_t at)
{
    for (size_t i = at + 1; i < lines->count; i++) {
        if (strcmp(lines->line[i], lines->line[at]) == 0)
            return true;
    }
    return false;
}

/* The last time of each, and the last ones of these. */
static void choose(struct lines *lines)
{
    size_t kept = 0, from;
    for (size_t i = 0; i < lines->count; i++) {
        if (!comes_again(lines, i))
            lines->line[kept++] = lines->line[i];
    }
    from = kept > HISTORY_LINES ? kept - HISTORY_LINES : 0;
    memmove(lines->line, lines->line + from, (kept - from) * sizeof *lines->line);
    lines->count = kept - from;
}

/* A folder of ours is private, too. */
static int make_folder(const char *path, struct mm_err *err)
{
    char *folder = strndup(path, (size_t)(mm_path_base(path) - path));
    size_t length = folder ? strlen(folder) : 0;
    if (!folder)
        return mm_fail_memory(err);
    while (length > 1 && folder[length - 1] == '/')
        folder[--length] = '\0';
    char *slash = strrchr(folder, '/');
    int result = 0;
    if (slash && slash > folder) {
        *slash = '\0';
        result = mm_folder_make(folder, err);
        *slash = '/';
    }
    if (result == 0 && length && mkdir(folder, 0700) < 0)
        result = mm_folder_make(folder, err); /* says why, or finds it there */
    free(folder);
    return result;
}

static int write_lines(const struct lines *lines, const char *path, struct mm_err *err)
{
    struct mm_atomic file;
    if (make_folder(path, err) < 0 || mm_atomic_open_file(&file, path, err) < 0)
        return -1;
    (void)!chmod(path, 0600); /* a file that is there hands its mode on */
    if (fchmod(file.fd, 0600) < 0) {
        mm_fail_errno(err, path, "making it private");
        mm_atomic_abort(&file);
        return -1;
    }
    for (size_t i = 0; i < lines->count; i++) {
        mm_atomic_write(&file, lines->line[i], strlen(lines->line[i]));
        mm_atomic_write(&file, "\n", 1);
    }
    return mm_atomic_commit(&file, err);
}

int history_save(const char *path, const struct mm_buf *typed, struct mm_err *err)
{
    struct mm_buf before = {0}, now = {0};
    struct lines lines = {0};
    if (typed->length == 0)
        return 0;
    mm_buf_add(&now, typed->data, typed->length);
    if (mm_file_read(path, FILE_LIMIT, &before, NULL) < 0)
        mm_buf_clear(&before);
    int result = now.failed || before.failed ? -1 : 0;
    if (result == 0 && before.data)
        result = add_lines(&lines, before.data);
    if (result == 0)
        result = add_lines(&lines, now.data);
    if (result == 0) {
        choose(&lines);
        result = write_lines(&lines, path, err);
    } else {
        mm_fail_memory(err);
    }
    free(lines.line);
    mm_buf_done(&before);
    mm_buf_done(&now);
    return result;
}
