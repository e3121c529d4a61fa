/* Measures whole runs of programs.

   runs time ROUNDS -- PROGRAM WORD... [-- PROGRAM WORD...]...
       starts each program in each round, so that all meet the same conditions, and prints a line for
       each on stderr: medians of wall time and CPU time in us and of page faults, tab-separated.
   runs resident -- PROGRAM WORD...
       prints the KiB that are resident when the program ends.

   In place of -- any word will do: for programs that are themselves given one.

   A program that does not exit 0 ends the measurement. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 32 };

static void die(const char *what)
{
    fprintf(stderr, "runs: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static double micros(struct timeval time)
{
    return time.tv_sec * 1e6 + time.tv_usec;
}

static int ascending(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *values, int count)
{
    qsort(values, count, sizeof *values, ascending);
    return values[count / 2];
}

static void silence(void)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
}

/* One whole run; its wall time in us. */
static double run(char **words, struct rusage *usage)
{
    int status;
    double begun = now();
    pid_t child = vfork();

    if (child == 0) {
        execv(words[0], words);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, usage) != child)
        die("cannot start a process");
    double ended = now();
    if (status != 0)
        die(words[0]);
    return ended - begun;
}

static void measure_times(int rounds, char **subjects[], int count)
{
    double *wall[MOST], *cpu[MOST], *faults[MOST];
    struct rusage usage;

    for (int i = 0; i < count; i++) {
        wall[i] = calloc(rounds, sizeof(double));
        cpu[i] = calloc(rounds, sizeof(double));
        faults[i] = calloc(rounds, sizeof(double));
    }
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            /* Unmeasured, so that none pays for what the one before it left in the caches. */
            run(subjects[i], &usage);
            wall[i][round] = run(subjects[i], &usage);
            cpu[i][round] = micros(usage.ru_utime) + micros(usage.ru_stime);
            faults[i][round] = usage.ru_minflt + usage.ru_majflt;
        }
    }
    for (int i = 0; i < count; i++)
        fprintf(stderr, "%.1f\t%.1f\t%.0f\n", median(wall[i], rounds), median(cpu[i], rounds),
                median(faults[i], rounds));
}

static void measure_resident(char **words)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        silence();
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(words[0], words);
        _exit(127);
    }
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACEEXIT);
    for (;;) {
        ptrace(PTRACE_CONT, child, NULL, NULL);
        if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
            die(words[0]);
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
            break;
    }
    char name[64], line[256];
    long resident = -1;
    snprintf(name, sizeof name, "/proc/%d/smaps_rollup", child);
    FILE *file = fopen(name, "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "Rss: %ld", &resident);
    printf("%ld\n", resident);
    ptrace(PTRACE_CONT, child, NULL, NULL);
    waitpid(child, &status, 0);
    if (status != 0 || resident < 0)
        die(words[0]);
}

int main(int count, char **words)
{
    char **subjects[MOST];
    int length = 0, first = count > 3 && strcmp(words[1], "time") == 0 ? 3 : 2;
    const char *separator = count > first ? words[first] : "--";

    for (int i = first; i < count; i++)
        if (strcmp(words[i], separator) == 0) {
            words[i] = NULL;
            if (length == MOST)
                die("too many programs");
            subjects[length++] = words + i + 1;
        }
    if (length > 0 && count > 3 && strcmp(words[1], "resident") == 0) {
        measure_resident(subjects[0]);
        return 0;
    }
    if (length == 0 || strcmp(words[1], "time") != 0 || words[2] == NULL || atoi(words[2]) < 1)
        die("see the source for its usage");
    silence();
    measure_times(atoi(words[2]), subjects, length);
    return 0;
}
