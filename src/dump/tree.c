/* The files of a folder and of the folders in it. */
#include "dump/tree.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump/folder_name.h"

struct subfolder {
    const char *name;
    bool link;
    enum folder_role role;
    int64_t number;
};

/* One folder while it is read. */
struct level {
    struct tree *tree;
    struct tree_folder *folder;
    struct subfolder *sub;
    size_t count, capacity;
};

/* ---- reading one ---- */

static int add_subfolder(struct level *level, const char *name, bool link)
{
    if (mm_grow((void **)&level->sub, &level->capacity, level->count + 1, sizeof *level->sub) < 0)
        return -1;
    const char *copy = mm_arena_strdup(level->tree->arena, name);
    if (!copy)
        return -1;
    level->sub[level->count++] = (struct subfolder){.name = copy, .link = link};
    return 0;
}

/* A folder or a FIFO that is called as a tensor file is: its row will say that it is none. */
static int look(void *context, const char *name, enum mm_folder_kind kind)
{
    struct level *level = context;
    struct tree *tree = level->tree;
    if (kind == MM_FOLDER_FILE || mm_format_by_name(name, NULL))
        return tree->file(tree->context, level->folder, name);
    if (kind != MM_FOLDER_OTHER)
        return add_subfolder(level, name, kind == MM_FOLDER_LINK);
    tree->special++;
    tree->skipped++;
    return 0;
}

/* ---- which of its folders ---- */

/* Links last: of a folder and a link to it the folder counts. */
static int by_name(const void *a, const void *b)
{
    const struct subfolder *x = a, *y = b;
    if (x->link != y->link)
        return x->link - y->link;
    int order = mm_text_compare_natural(x->name, y->name);
    return order ? order : strcmp(x->name, y->name);
}

static int fail_missing(const struct level *level, enum folder_role role, int64_t wanted, struct mm_err *err)
{
    struct mm_buf there = {0};
    const char *word = role == FOLDER_STEP ? "step" : "rank";
    for (size_t i = 0; i < level->count; i++) {
        if (level->sub[i].role == role)
            mm_buf_printf(&there, "%s%s", there.length ? ", " : "", level->sub[i].name);
    }
    const char *path = level->folder->path;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    mm_fail(err, MM_EARG, "%.*s: --%s %" PRId64 ": there is no such folder in it, but %.200s", (int)length,
            path, word, wanted, mm_buf_text(&there));
    mm_buf_done(&there);
    return -1;
}

/* Of the steps (ranks) one stays: *wanted, or without it (NULL) the first. */
static int choose(struct level *level, enum folder_role role, const int64_t *wanted,
                  struct mm_dump_numbers *numbers, struct mm_err *err)
{
    const struct subfolder *chosen = NULL;
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < level->count; i++) {
        const struct subfolder *sub = &level->sub[i];
        if (sub->role != role)
            continue;
        count++;
        if (wanted ? sub->number == *wanted : !chosen || sub->number < chosen->number)
            chosen = sub;
    }
    if (count == 0)
        return 0;
    if (!chosen)
        return fail_missing(level, role, *wanted, err);
    if (numbers->count == 0)
        numbers->chosen = chosen->number;
    numbers->process |= folder_is_process(chosen->name);
    if (numbers->count < count)
        numbers->count = count;
    const char *name = chosen->name;
    for (size_t i = 0; i < level->count; i++) {
        if (level->sub[i].role != role || level->sub[i].name == name)
            level->sub[kept++] = level->sub[i];
    }
    level->tree->skipped += level->count - kept;
    level->count = kept;
    return 0;
}

static void drop_hidden(struct level *level)
{
    size_t kept = 0;
    for (size_t i = 0; i < level->count; i++) {
        struct subfolder *sub = &level->sub[i];
        sub->role = folder_role(sub->name, level->folder->listed, &sub->number);
        if (sub->role != FOLDER_HIDDEN)
            level->sub[kept++] = *sub;
    }
    level->tree->skipped += level->count - kept;
    level->count = kept;
}

static int choose_all(struct level *level, struct mm_err *err)
{
    struct tree *tree = level->tree;
    const struct mm_dump_part *part = tree->part;
    drop_hidden(level);
    if (level->count)
        qsort(level->sub, level->count, sizeof *level->sub, by_name);
    if (choose(level, FOLDER_STEP, part && part->stepped ? &part->step : NULL, &tree->step, err) < 0)
        return -1;
    if (part && part->concat.count && !part->ranked)
        return 0; /* all ranks */
    return choose(level, FOLDER_RANK, part && part->ranked ? &part->rank : NULL, &tree->rank, err);
}

/* ---- going into them ---- */

/* `front` and `name` with a slash behind it. */
static const char *join(struct tree *tree, const char *front, const char *name)
{
    size_t before = strlen(front), length = strlen(name);
    char *joined = mm_arena_alloc(tree->arena, before + length + 2);
    if (!joined)
        return NULL;
    memcpy(joined, front, before);
    memcpy(joined + before, name, length);
    joined[before + length] = '/';
    return joined;
}

/* 1: it is new; 0: it was seen, or is gone; -1: memory. */
static int note_seen(struct tree *tree, const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return 0;
    const struct tree_seen id = {info.st_dev, info.st_ino};
    for (size_t i = 0; i < tree->folders; i++) {
        if (tree->seen[i].device == id.device && tree->seen[i].inode == id.inode)
            return 0;
    }
    if (mm_grow((void **)&tree->seen, &tree->seen_room, tree->folders + 1, sizeof *tree->seen) < 0)
        return -1;
    tree->seen[tree->folders++] = id;
    return 1;
}

static int walk(struct tree *tree, const char *path, struct tree_folder *folder, int depth,
                struct mm_err *err);

static int enter(struct tree *tree, const struct tree_folder *parent, const struct subfolder *sub, int depth,
                 struct mm_err *err)
{
    struct tree_folder folder = {.path = join(tree, parent->path, sub->name),
                                 .file = join(tree, parent->file, sub->name),
                                 .scope = parent->scope};
    if (sub->role == FOLDER_PART)
        folder.scope = join(tree, parent->scope, sub->name);
    int seen = folder.path && folder.file && folder.scope ? note_seen(tree, folder.path) : -1;
    if (seen < 0)
        return mm_fail_memory(err);
    if (!seen) {
        tree->again++;
        tree->skipped++;
        return 0;
    }
    if (tree->folders > TREE_FOLDERS_MOST)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: more than %d folders up to here: is this a dump?",
                       folder.path, TREE_FOLDERS_MOST);
    return walk(tree, folder.path, &folder, depth, err);
}

static int enter_all(struct level *level, int depth, struct mm_err *err)
{
    struct tree *tree = level->tree;
    int result = 0;
    if (depth == TREE_DEPTH_MOST) {
        tree->deep += level->count;
        tree->skipped += level->count;
        return 0;
    }
    for (size_t i = 0; i < level->count && result == 0; i++)
        result = enter(tree, level->folder, &level->sub[i], depth + 1, err);
    return result;
}

static int walk(struct tree *tree, const char *path, struct tree_folder *folder, int depth,
                struct mm_err *err)
{
    struct level level = {.tree = tree, .folder = folder};
    struct mm_err inner = {MM_OK, ""};
    int result = mm_folder_scan(path, look, &level, &inner);
    if (result != 0 && inner.code != MM_OK && depth > 0) {
        tree->closed++;
        tree->skipped++;
        result = 0;
    } else if (result != 0 && inner.code != MM_OK) {
        mm_fail(err, inner.code, "%s", inner.text);
    } else if (result == 0 && depth == 0 && tree->flat(tree->context)) {
        tree->skipped += level.count;
    } else if (result == 0) {
        result = choose_all(&level, err);
        result = result < 0 ? -1 : enter_all(&level, depth, err);
    }
    free(level.sub);
    return result;
}

int tree_walk(struct tree *tree, const char *path, struct mm_err *err)
{
    size_t length = strlen(path);
    bool slash = length > 0 && path[length - 1] == '/';
    struct tree_folder root = {.path = slash ? path : join(tree, path, ""), .file = "", .scope = ""};
    if (!root.path || note_seen(tree, path) < 0)
        return mm_fail_memory(err);
    return walk(tree, path, &root, 0, err);
}
