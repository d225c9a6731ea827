/*
 * files: the least that touching files costs, as partners of whole runs.
 *
 *     files read DIR DIR      open, read and close every file (small ones)
 *     files sum DIR DIR N     map every file and sum its bytes as floats, in N threads
 *     files strtof FILE       a strtof loop over the values of a .pbtxt
 * Prints the seconds it took.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef float f32x8 __attribute__((vector_size(32)));

static char *paths[1 << 18];
static size_t count;
static atomic_size_t next_path;
static _Atomic float sink;

static double clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void list(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.' && asprintf(&paths[count], "%s/%s", folder, entry->d_name) > 0)
            count++;
    if (dir)
        closedir(dir);
}

static void read_all(void)
{
    static char buffer[1 << 20];

    for (size_t i = 0; i < count; i++) {
        int fd = open(paths[i], O_RDONLY);

        while (read(fd, buffer, sizeof(buffer)) > 0)
            ;
        close(fd);
    }
}

static void sum_file(const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat info;
    f32x8 sum[4] = {{0}};

    if (fd < 0 || fstat(fd, &info) < 0)
        exit(1);
    char *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    madvise(bytes, (size_t)info.st_size, MADV_SEQUENTIAL);
    for (size_t at = 0; at + 128 <= (size_t)info.st_size; at += 128)
        for (int k = 0; k < 4; k++) {
            f32x8 x;

            memcpy(&x, bytes + at + 32 * k, 32);
            sum[k] += x;
        }
    sum[0] += sum[1] + sum[2] + sum[3];
    sink = sum[0][0];
    munmap(bytes, (size_t)info.st_size);
    close(fd);
}

static void *sum_worker(void *unused)
{
    size_t i;

    while ((i = atomic_fetch_add(&next_path, 1)) < count)
        sum_file(paths[i]);
    return unused;
}

static void sum_all(int threads)
{
    pthread_t thread[16];

    for (int t = 0; t < threads; t++)
        pthread_create(&thread[t], NULL, sum_worker, NULL);
    for (int t = 0; t < threads; t++)
        pthread_join(thread[t], NULL);
}

static void strtof_loop(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    float sum = 0;

    while (file && fgets(line, sizeof(line), file)) {
        char *at = strstr(line, "float_val: ");

        if (at)
            sum += strtof(at + 11, NULL);
    }
    sink = sum;
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "strtof") != 0)
        for (int i = 2; i < argc && i < 4; i++)
            list(argv[i]);
    double started = clock_now();
    if (strcmp(argv[1], "read") == 0)
        read_all();
    else if (strcmp(argv[1], "sum") == 0)
        sum_all(argc > 4 ? atoi(argv[4]) : 1);
    else
        strtof_loop(argv[2]);
    printf("%.6f\n", clock_now() - started);
    return 0;
}
