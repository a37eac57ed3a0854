/* A small coverage-guided fuzzer for targets with libFuzzer's entry point, for compilers without libFuzzer:
 *
 *     driver SECONDS SEED CORPUS CRASHES
 *
 * Every file of the folder CORPUS is run as it is. After that, inputs of the pool are changed at random and run until the time is
 * over; one that reaches an edge of the code for the first time joins the pool. An input on which a sanitizer aborts, or which
 * takes more than SLOW seconds, is left in the folder CRASHES and ends the program.
 *
 * The targets are compiled with -fsanitize-coverage=trace-pc, this file without. */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void));
void __sanitizer_cov_trace_pc(void);

enum { EDGES = 1 << 16, POOL = 1 << 14, LARGEST = 1 << 14, SLOW = 5 };

static uint8_t seen[EDGES];
static uintptr_t previous;
static int fresh, reached;
static uint64_t state;
static struct {
    uint8_t *data;
    size_t size;
} pool[POOL];
static size_t pooled;
static const uint8_t *running;
static size_t running_size;
static const char *crashes;

void __sanitizer_cov_trace_pc(void) {
    const uintptr_t here = (uintptr_t)__builtin_return_address(0);
    const size_t edge = (here ^ previous) % EDGES;
    if (!seen[edge]) {
        seen[edge] = 1;
        fresh = 1;
        reached++;
    }
    previous = here >> 1;
}

static uint32_t below(uint32_t n) { /* xorshift64* */
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return n ? (uint32_t)((state * 2685821657736338717u) >> 33) % n : 0;
}

/* Keep the input that is running; async-signal-safe as far as it goes. */
static void keep(const char *why) {
    char path[4096];
    uint64_t hash = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < running_size; i++) hash = (hash ^ running[i]) * 1099511628211u;
    snprintf(path, sizeof path, "%s/%s-%016llx", crashes, why, (unsigned long long)hash);
    FILE *file = fopen(path, "wb");
    if (file) {
        fwrite(running, 1, running_size, file);
        fclose(file);
    }
    fprintf(stderr, "\nkept as %s\n", path);
}

static void died(void) { keep("crash"); }

static void too_slow(int number) {
    (void)number;
    keep("slow");
    _exit(2);
}

/* One run, on memory of exactly the input's size, so that a read behind it is seen. */
static void run(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) exit(3);
    memcpy(copy, data, size);
    running = copy;
    running_size = size;
    fresh = 0;
    previous = 0;
    alarm(SLOW);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
    if (fresh && pooled < POOL && (pool[pooled].data = malloc(size ? size : 1))) {
        memcpy(pool[pooled].data, data, size);
        pool[pooled++].size = size;
    }
}

static void read_corpus(const char *folder) {
    static uint8_t buffer[LARGEST];
    DIR *entries = opendir(folder);
    if (!entries) return;
    for (struct dirent *entry; (entry = readdir(entries));) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!file) continue;
        const size_t size = fread(buffer, 1, LARGEST, file);
        fclose(file);
        run(buffer, size);
    }
    closedir(entries);
}

static const uint32_t telling[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 63, 64, 127, 128, 255, 256, 32767, 32768, 65534, 65535,
                                   65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};

static size_t change(uint8_t *x, size_t size) {
    const uint32_t at = below((uint32_t)size), length = 1 + below(16);
    const uint32_t value = telling[below(sizeof telling / sizeof *telling)];
    switch (below(9)) {
    case 0: /* a bit */
        if (size) x[at] ^= (uint8_t)(1 << below(8));
        return size;
    case 1: /* a byte */
        if (size) x[at] = (uint8_t)below(256);
        return size;
    case 2: /* a telling number of 1, 2 or 4 bytes, little- or big-endian */ {
        const uint32_t bytes = 1u << below(3), big = below(2);
        for (uint32_t i = 0; i < bytes && at + i < size; i++)
            x[at + i] = (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i));
        return size;
    }
    case 3: /* less */
        if (at + length >= size) return at;
        memmove(x + at, x + at + length, size - at - length);
        return size - length;
    case 4: /* the same again */
        if (size + length > LARGEST || at + length > size) return size;
        memmove(x + at + length, x + at, size - at);
        return size + length;
    case 5: /* something new between */
        if (size + length > LARGEST) return size;
        memmove(x + at + length, x + at, size - at);
        for (uint32_t i = 0; i < length; i++) x[at + i] = (uint8_t)below(256);
        return size + length;
    case 6: /* a piece of another input */ {
        const uint32_t other = below((uint32_t)pooled);
        const size_t from = below((uint32_t)pool[other].size), most = pool[other].size - from;
        const size_t piece = most < 64 ? most : 1 + below(64);
        if (at + piece > LARGEST) return size;
        memcpy(x + at, pool[other].data + from, piece);
        return at + piece > size ? at + piece : size;
    }
    case 7: /* a small step */
        if (size) x[at] = (uint8_t)(x[at] + below(7) - 3);
        return size;
    default: /* shorter */
        return below(8) ? size : at;
    }
}

int main(int count, char **arguments) {
    static uint8_t work[LARGEST];
    if (count != 5) return 64;
    const time_t end = time(NULL) + atoi(arguments[1]);
    state = 88172645463325252u ^ (uint64_t)strtoull(arguments[2], NULL, 10) << 1;
    crashes = arguments[4];
    signal(SIGALRM, too_slow);
    __sanitizer_set_death_callback(died);
    read_corpus(arguments[3]);
    const size_t given = pooled;
    if (!pooled) run((const uint8_t *)"", 0);
    unsigned long runs = 0;
    while (pooled && (runs % 64 || time(NULL) < end)) {
        const uint32_t k = below((uint32_t)pooled);
        size_t size = pool[k].size;
        memcpy(work, pool[k].data, size);
        for (uint32_t changes = 1 + below(6); changes; changes--) size = change(work, size);
        run(work, size);
        runs++;
    }
    printf("%lu runs, %zu seeds of use, %zu inputs found, %d edges\n", runs, given, pooled - given, reached);
    return 0;
}
