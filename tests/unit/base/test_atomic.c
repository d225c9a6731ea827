#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777;
}

static void a_new_file(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    struct mm_err err;
    mode_t before = umask(027);
    assert_int_equal(mm_file_write(path, "hello", 5, &err), 0);
    umask(before);
    assert_file(folder, "x", "hello");
    assert_int_equal(mode_of(path), 0640); /* what the umask leaves of 0666 */
    assert_int_equal(entries_in(folder), 1);
    free(path);
    drop_folder(folder);
}

static void an_empty_file(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    assert_int_equal(mm_file_write(path, NULL, 0, NULL), 0);
    assert_file(folder, "x", "");
    free(path);
    drop_folder(folder);
}

static void replacing_keeps_the_permissions(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    put_text(folder, "x", "a longer old content");
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(mm_file_write(path, "new", 3, NULL), 0);
    assert_file(folder, "x", "new");
    assert_int_equal(mode_of(path), 0604);
    assert_int_equal(entries_in(folder), 1);
    free(path);
    drop_folder(folder);
}

/* Larger than what is kept back at once, in pieces of odd sizes. */
static void many_pieces(void **state)
{
    (void)state;
    enum { SIZE = 1500001 };
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    char *data = malloc(SIZE);
    assert_non_null(data);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7 + i / 251);
    struct mm_atomic file;
    assert_int_equal(mm_atomic_open(&file, path, NULL), 0);
    for (size_t at = 0, piece = 1; at < SIZE; at += piece, piece = piece * 3 + 1) {
        piece = piece > SIZE - at ? SIZE - at : piece;
        mm_atomic_write(&file, data + at, piece);
    }
    assert_int_equal(access(path, F_OK), -1); /* not there before it is complete */
    assert_int_equal(mm_atomic_commit(&file, NULL), 0);
    size_t size;
    char *back = get_bytes(folder, "x", &size);
    assert_int_equal(size, SIZE);
    assert_memory_equal(back, data, SIZE);
    free(back);
    free(data);
    free(path);
    drop_folder(folder);
}

/* What was handed to the system already, and what was not. */
static void a_patch(void **state)
{
    static char block[100000];
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    struct mm_atomic file;
    size_t size;
    memset(block, 'b', sizeof block);
    assert_int_equal(mm_atomic_open(&file, path, NULL), 0);
    mm_atomic_write(&file, "0123456789", 10);
    mm_atomic_patch(&file, 2, "AB", 2);
    mm_atomic_write(&file, block, sizeof block); /* large: all goes out */
    mm_atomic_write(&file, "end", 3);
    mm_atomic_patch(&file, 5, "CD", 2);
    mm_atomic_patch(&file, 100010, "E", 1);
    assert_int_equal(mm_atomic_commit(&file, NULL), 0);
    char *have = get_bytes(folder, "x", &size);
    assert_int_equal(size, 100013);
    assert_memory_equal(have, "01AB4CD789b", 11);
    assert_memory_equal(have + 100009, "bEnd", 4);
    free(have);
    free(path);
    drop_folder(folder);
}

/* Of what was not handed to the system yet, and of what was; what comes next stands there. */
static void a_cut(void **state)
{
    static char block[100000];
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    struct mm_atomic file;
    memset(block, 'b', sizeof block);
    assert_int_equal(mm_atomic_open_file(&file, path, NULL), 0);
    mm_atomic_write(&file, "0123456789", 10);
    mm_atomic_cut(&file, 4);
    mm_atomic_write(&file, "AB", 2);
    mm_atomic_write(&file, block, sizeof block);
    mm_atomic_write(&file, "end", 3);
    mm_atomic_cut(&file, 100007); /* of what waits */
    mm_atomic_cut(&file, 7);      /* of what is out */
    mm_atomic_write(&file, "C", 1);
    mm_atomic_patch(&file, 1, "z", 1);
    mm_atomic_cut(&file, 8); /* nothing */
    assert_int_equal(mm_atomic_commit(&file, NULL), 0);
    assert_file(folder, "x", "0z23ABbC");
    free(path);
    drop_folder(folder);
}

/* Several pieces of one file behind the beginning of another one. */
static void a_copy(void **state)
{
    static char block[200001];
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    struct mm_atomic from, file;
    size_t size;
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i * 7 + i / 1000);
    assert_int_equal(mm_atomic_open_file(&from, path, NULL), 0);
    mm_atomic_write(&from, block, 150000);
    mm_atomic_write(&from, block + 150000, sizeof block - 150000 - 1);
    mm_atomic_write(&from, block + sizeof block - 1, 1);
    assert_int_equal(mm_atomic_open_file(&file, path, NULL), 0);
    mm_atomic_write(&file, "head", 4);
    mm_atomic_copy(&file, &from, 1000);
    mm_atomic_write(&file, "tail", 4);
    mm_atomic_abort(&from);
    assert_int_equal(mm_atomic_commit(&file, NULL), 0);
    char *have = get_bytes(folder, "x", &size);
    assert_int_equal(size, 4 + 199001 + 4);
    assert_memory_equal(have, "head", 4);
    assert_memory_equal(have + 4, block + 1000, 199001);
    assert_memory_equal(have + 4 + 199001, "tail", 4);
    assert_int_equal(entries_in(folder), 1);
    free(have);
    free(path);
    drop_folder(folder);
}

static void abort_leaves_the_old_file(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    put_text(folder, "x", "old");
    struct mm_atomic file;
    assert_int_equal(mm_atomic_open(&file, path, NULL), 0);
    mm_atomic_write(&file, "new", 3);
    mm_atomic_abort(&file);
    mm_atomic_abort(&file);
    assert_file(folder, "x", "old");
    assert_int_equal(entries_in(folder), 1);
    free(path);
    drop_folder(folder);
}

/* A full disk, played by the limit of a file's size. */
static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    char *data = calloc(1, 1 << 20);
    struct rlimit had, small = {4096, RLIM_INFINITY};
    struct mm_err err = {MM_OK, ""};
    assert_non_null(data);
    put_text(folder, "x", "old");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &had);
    small.rlim_max = had.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int written = mm_file_write(path, data, 1 << 20, &err);
    int unwanted = mm_file_write(path, data, 1 << 20, NULL);
    setrlimit(RLIMIT_FSIZE, &had);
    assert_int_equal(written, -1);
    assert_int_equal(unwanted, -1);
    assert_int_equal(err.code, MM_EIO);
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    assert_non_null(strstr(err.text, "File too large"));
    assert_file(folder, "x", "old");
    assert_int_equal(entries_in(folder), 1);
    free(data);
    free(path);
    drop_folder(folder);
}

static void a_folder_in_its_place(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(mm_file_write(path, "new", 3, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_non_null(strstr(err.text, "putting it in place"));
    assert_int_equal(entries_in(folder), 1);
    assert_int_equal(entries_in(path), 0);
    free(path);
    drop_folder(folder);
}

static void no_such_folder(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "none/x");
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mm_file_write(path, "new", 3, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_int_equal(entries_in(folder), 0);
    free(path);
    drop_folder(folder);
}

/* What a crashed run (or somebody unkind) left under the temporary name is neither used nor followed. */
static void a_taken_temporary_name(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    char *victim = in_folder(folder, "victim");
    char taken[300];
    put_text(folder, "victim", "untouched");
    snprintf(taken, sizeof taken, "%s.0.tmp", path);
    assert_int_equal(symlink(victim, taken), 0);
    assert_int_equal(mm_file_write(path, "new", 3, NULL), 0);
    assert_file(folder, "x", "new");
    assert_file(folder, "victim", "untouched");
    assert_int_equal(entries_in(folder), 3);
    free(victim);
    free(path);
    drop_folder(folder);
}

/* Tensor names can fill a file name to the last byte. */
static void the_longest_name(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    char *path = in_folder(folder, name);
    struct mm_err err = {MM_OK, ""};
    if (mm_file_write(path, "new", 3, &err) < 0)
        fail_msg("%s", err.text);
    assert_file(folder, name, "new");
    assert_int_equal(entries_in(folder), 1);
    free(path);
    drop_folder(folder);
}

/* A pipe stands for every device: written into, never replaced. */
static void a_pipe_is_written_into(void **state)
{
    (void)state;
    char *folder = temp_folder(), *path = in_folder(folder, "pipe"), text[16] = "";
    struct stat info;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(mm_file_write(path, "hello", 5, NULL), -1); /* nobody reads */
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(mm_file_write(path, "hello", 5, NULL), 0);
    assert_int_equal(read(reader, text, sizeof text), 5);
    assert_string_equal(text, "hello");
    close(reader);
    assert_int_equal(stat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    free(path);
    drop_folder(folder);
}

static void a_link_is_followed(void **state)
{
    (void)state;
    char *folder = temp_folder(), *path = in_folder(folder, "link");
    struct stat info;
    put_text(folder, "target", "old");
    assert_int_equal(symlink("target", path), 0);
    assert_int_equal(mm_file_write(path, "new", 3, NULL), 0);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_file(folder, "target", "new");
    free(path);
    drop_folder(folder);
}

/* ---- runs that are killed ---- */

/* A process of its own that begins to write, and is killed or ends its work. In `cell`: with the folder as its whole
 * file system, in which there is no /proc, and so no file without a name. */
static int writer(const char *folder, bool cell, bool killed)
{
    pid_t child = fork();
    if (child == 0) {
        struct mm_atomic file;
        char *path = in_folder(cell ? "" : folder, "x");
        if (cell && chroot(folder) < 0 && (unshare(CLONE_NEWUSER) < 0 || chroot(folder) < 0))
            _exit(2);
        if (mm_atomic_open(&file, path, NULL) < 0)
            _exit(3);
        static const char block[100000];
        mm_atomic_write(&file, block, sizeof block);
        if (killed)
            raise(SIGKILL);
        _exit(mm_atomic_commit(&file, NULL) < 0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFSIGNALED(status), killed);
    return killed ? 0 : WEXITSTATUS(status);
}

static void a_killed_run_leaves_nothing(void **state)
{
    (void)state;
    char *folder = temp_folder();
    put_text(folder, "x", "old");
    writer(folder, false, true);
    assert_file(folder, "x", "old");
    assert_int_equal(entries_in(folder), 1);
    drop_folder(folder);
}

static void the_next_run_removes_what_a_killed_one_left(void **state)
{
    (void)state;
    char *folder = temp_folder();
    put_text(folder, "x", "old");
    writer(folder, true, true);
    assert_file(folder, "x", "old");
    assert_int_equal(entries_in(folder), 2);
    assert_int_equal(writer(folder, true, false), 0);
    assert_int_equal(entries_in(folder), 1);
    writer(folder, true, true);
    char *path = in_folder(folder, "x");
    assert_int_equal(mm_file_write(path, "new", 3, NULL), 0); /* without a name, but for a moment */
    assert_file(folder, "x", "new");
    assert_int_equal(entries_in(folder), 1);
    free(path);
    drop_folder(folder);
}

/* Another run's: its lock says that it is alive. */
static void a_temporary_file_in_use_stays(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    char *used = in_folder(folder, "x.0.tmp");
    put_text(folder, "x", "old");
    put_text(folder, "x.0.tmp", "half");
    int fd = open(used, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(mm_file_write(path, "new", 3, NULL), 0);
    assert_file(folder, "x", "new");
    assert_file(folder, "x.0.tmp", "half");
    assert_int_equal(entries_in(folder), 2);
    close(fd);
    assert_int_equal(mm_file_write(path, "newer", 5, NULL), 0);
    assert_int_equal(entries_in(folder), 1);
    free(used);
    free(path);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_file),
        cmocka_unit_test(an_empty_file),
        cmocka_unit_test(replacing_keeps_the_permissions),
        cmocka_unit_test(many_pieces),
        cmocka_unit_test(a_patch),
        cmocka_unit_test(a_cut),
        cmocka_unit_test(a_copy),
        cmocka_unit_test(abort_leaves_the_old_file),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(a_folder_in_its_place),
        cmocka_unit_test(no_such_folder),
        cmocka_unit_test(a_taken_temporary_name),
        cmocka_unit_test(the_longest_name),
        cmocka_unit_test(a_pipe_is_written_into),
        cmocka_unit_test(a_link_is_followed),
        cmocka_unit_test(a_killed_run_leaves_nothing),
        cmocka_unit_test(the_next_run_removes_what_a_killed_one_left),
        cmocka_unit_test(a_temporary_file_in_use_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
