/* Heads of many files by as few and as small reads as possible, and images into their places. */
#define _POSIX_C_SOURCE 200809L

#include "sk_dicom_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define ENTRIES 256
#define PIECE (1 << 20)
#define IS_PIXELS(tag) ((tag) >= 0x7FE00008u && (tag) <= 0x7FE00010u)

typedef struct {
    int handle;
    uint64_t size;  /* of the file */
    uint64_t begin; /* of the window in the file */
    uint64_t held;  /* bytes in the window */
    uint8_t bytes[SK_DICOM_WINDOW];
} window;

typedef struct {
    const uint32_t *tags;
    int ntags;
    uint8_t *arena;
    uint64_t capacity, used;
    sk_dicom_value *values;
    uint32_t last;   /* the head may end behind this tag */
    uint32_t before; /* the last tag that was seen */
} wanted;

/* Read n bytes at pos, or as many as there are; -1 with errno on failure. */
static int64_t read_at(int handle, uint8_t *to, uint64_t n, uint64_t pos) {
    uint64_t got = 0;
    while (got < n) {
        ssize_t k = pread(handle, to + got, n - got, (off_t)(pos + got));
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        if (k == 0)
            break;
        got += (uint64_t)k;
    }
    return (int64_t)got;
}

/* Have at least `least` bytes at pos in the window, if the file has them and the window can hold them. Gives the number
 * of bytes there are at pos, or -1. */
static int64_t look(window *w, uint64_t pos, uint64_t least) {
    if (pos >= w->begin && pos - w->begin < w->held && w->held - (pos - w->begin) >= least)
        return (int64_t)(w->held - (pos - w->begin));
    uint64_t want = least < SK_DICOM_FIRST ? SK_DICOM_FIRST : SK_DICOM_WINDOW;
    int64_t got = read_at(w->handle, w->bytes, want, pos);
    if (got < 0)
        return -1;
    w->begin = pos;
    w->held = (uint64_t)got;
    return got;
}

/* Copy a value, if it is short; 0 if the arena is full, -1 with errno on failure. */
static int keep(wanted *want, window *w, int place, const sk_dicom_entry *entry, uint64_t at) {
    sk_dicom_value *value = &want->values[place];
    uint64_t length = entry->length;
    *value = (sk_dicom_value){SK_DICOM_NOT_COPIED, (uint32_t)length, entry->vr};
    if (entry->flags || length > SK_DICOM_LONGEST || length > w->size || at > w->size - length)
        return 1;
    if (length > want->capacity - want->used)
        return 0;
    uint8_t *to = want->arena + want->used;
    if (at >= w->begin && at - w->begin <= w->held && w->held - (at - w->begin) >= length)
        memcpy(to, w->bytes + (at - w->begin), length);
    else if (read_at(w->handle, to, length, at) != (int64_t)length)
        return -1;
    value->place = (uint32_t)want->used;
    want->used += length;
    return 1;
}

static int place_of(const wanted *want, uint32_t tag) {
    for (int k = 0; k < want->ntags; k++)
        if (want->tags[k] == tag)
            return k;
    return -1;
}

/* Is the explicit header of this value representation 12 bytes long (PS3.5 table 7.1-1)? */
static int is_long(uint16_t vr) {
    static const char longs[] = "OBODOFOLOVOWSQSVUCUNURUTUV";
    for (const char *p = longs; *p; p += 2)
        if (vr == SK_DICOM_VR(p[0], p[1]))
            return 1;
    return 0;
}

/* The file meta information: values of group 2, and where the data set begins. 0: unusual. */
static uint64_t read_meta(wanted *want, window *w, int *implicit, int *fault) {
    sk_dicom_entry entries[64];
    int64_t count;
    sk_dicom_scanner s = {0};
    s.data = w->bytes, s.pos = 132, s.end = w->held, s.group = 2, s.max_depth = SK_DICOM_MAX_DEPTH;
    s.options = SK_DICOM_ONE_GROUP | SK_DICOM_DETECT;
    int status = sk_dicom_scan(&s, entries, 64, &count), known = 0;
    if (status != SK_OK || s.pos >= w->held)
        return 0;
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *value = w->bytes + entries[i].start;
        uint64_t n = entries[i].length;
        if (entries[i].tag == 0x00020010) {
            while (n && (value[n - 1] == 0 || value[n - 1] == ' '))
                n--;
            *implicit = n == 17 && memcmp(value, "1.2.840.10008.1.2", 17) == 0;
            known = *implicit || (n == 19 && memcmp(value, "1.2.840.10008.1.2.1", 19) == 0) ||
                    (n > 20 && memcmp(value, "1.2.840.10008.1.2.4.", 20) == 0) ||
                    (n == 19 && memcmp(value, "1.2.840.10008.1.2.5", 19) == 0);
        }
        int place = place_of(want, entries[i].tag);
        if (place >= 0 && keep(want, w, place, &entries[i], entries[i].start) != 1)
            *fault = 1;
    }
    return known && !*fault ? s.pos : 0;
}

/* Take the wanted ones of the scanned elements. 1: the head is done; 0: go on; -1: cannot be read. */
static int take(wanted *want, window *w, const sk_dicom_entry *entries, int64_t count) {
    int k = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t tag = entries[i].tag;
        if (tag < want->before)
            k = 0, want->last = 0xFFFFFFFFu; /* out of order: any tag may follow */
        want->before = tag;
        if (tag > want->last)
            return 1;
        while (k < want->ntags && want->tags[k] < tag)
            k++;
        if (k < want->ntags && want->tags[k] == tag &&
            keep(want, w, k, &entries[i], w->begin + entries[i].start) != 1)
            return -1;
    }
    return 0;
}

/* The element at `at` in the window (12 bytes of it are there, or the file ends), which the scan did not take: the pixel
 * data, or one that reaches past the window. Gives where the next one begins, 0 if it cannot be skipped. */
static uint64_t step_over(wanted *want, window *w, uint64_t at, int implicit, sk_dicom_head *head, int *end) {
    const uint8_t *p = w->bytes + at;
    uint64_t there = w->held - at, size = 8;
    sk_dicom_entry entry = {0};
    if (there < 8)
        return 0;
    entry.tag = (uint32_t)(p[1] << 8 | p[0]) << 16 | (uint32_t)(p[3] << 8 | p[2]);
    if (!implicit && p[4] >= 'A' && p[4] <= 'Z' && p[5] >= 'A' && p[5] <= 'Z') {
        entry.vr = SK_DICOM_VR(p[4], p[5]);
        size = is_long(entry.vr) ? 12 : 8;
    }
    if (there < size)
        return 0;
    p += entry.vr && size == 8 ? 6 : size - 4;
    entry.length = entry.vr && size == 8 ? (uint64_t)(p[1] << 8 | p[0])
                                         : (uint64_t)p[3] << 24 | (uint64_t)(p[2] << 16 | p[1] << 8 | p[0]);
    uint64_t value = w->begin + at + size;
    if (IS_PIXELS(entry.tag)) {
        head->tag = entry.tag, head->vr = entry.vr, head->start = value, head->length = entry.length;
        *end = 1;
        return value;
    }
    if (entry.length == SK_DICOM_UNDEFINED || value > w->size || entry.length > w->size - value)
        return 0;
    *end = take(want, w, &(sk_dicom_entry){value - w->begin, entry.length, entry.tag, entry.vr, 0}, 1);
    return value + entry.length;
}

/* The data set from pos on, window by window. */
static int read_elements(wanted *want, window *w, uint64_t pos, int implicit, sk_dicom_head *head) {
    sk_dicom_entry entries[ENTRIES];
    unsigned options = (implicit ? SK_DICOM_IMPLICIT : 0) | SK_DICOM_DETECT;
    uint64_t least = 12;
    while (pos < w->size) {
        if (look(w, pos, least) < 0)
            return SK_DICOM_HEAD_ERRNO;
        if (pos - w->begin >= w->held)
            return SK_DICOM_HEAD_OTHER; /* shorter than it was */
        sk_dicom_scanner s = {0};
        s.data = w->bytes, s.pos = pos - w->begin, s.end = w->held, s.options = options;
        s.stop_first = 0x7FE00008u, s.stop_last = 0x7FE00010u, s.max_depth = SK_DICOM_MAX_DEPTH;
        uint64_t begun = pos;
        int status = SK_MORE, end = 0;
        while (status == SK_MORE) {
            int64_t count;
            status = sk_dicom_scan(&s, entries, ENTRIES, &count);
            if ((end = take(want, w, entries, count)) != 0)
                return end > 0 ? SK_DICOM_HEAD_OK : SK_DICOM_HEAD_OTHER;
            if (count) {
                const sk_dicom_entry *e = &entries[count - 1];
                pos = w->begin + e->start + e->length + (e->flags & SK_DICOM_F_UNDEFINED ? 8 : 0);
            }
        }
        options = s.options;
        head->implicit = (int16_t)(options & SK_DICOM_IMPLICIT);
        uint64_t at = pos - w->begin;
        int last_window = w->begin + w->held >= w->size;
        if (status == SK_OK && last_window && s.pos >= w->held)
            return SK_DICOM_HEAD_OK;
        if (at < w->held && w->held - at >= 12) {
            uint64_t next = step_over(want, w, at, head->implicit, head, &end);
            if (end)
                return end > 0 ? SK_DICOM_HEAD_OK : SK_DICOM_HEAD_OTHER;
            if (next) {
                pos = next, least = 12;
                continue;
            }
        }
        /* A header is cut, or a sequence of undefined length: once more with a whole window behind it. */
        uint64_t rest = w->size - pos;
        if (pos >= w->size)
            return SK_DICOM_HEAD_OK;
        if (pos == begun && (least == SK_DICOM_WINDOW || last_window))
            return SK_DICOM_HEAD_OTHER;
        least = rest < SK_DICOM_WINDOW ? rest : SK_DICOM_WINDOW;
        if (pos == begun && w->begin == pos && w->held >= least)
            return SK_DICOM_HEAD_OTHER;
    }
    return SK_DICOM_HEAD_OK;
}

static int read_head(wanted *want, window *w, const char *path, sk_dicom_head *head) {
    struct stat about;
    w->handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (w->handle < 0)
        return SK_DICOM_HEAD_ERRNO;
    if (fstat(w->handle, &about) != 0)
        return SK_DICOM_HEAD_ERRNO;
    if (!S_ISREG(about.st_mode))
        return SK_DICOM_HEAD_NO_FILE;
    head->size = w->size = (uint64_t)about.st_size;
    w->begin = w->held = 0;
    int64_t got = read_at(w->handle, w->bytes, SK_DICOM_FIRST, 0);
    if (got < 0)
        return SK_DICOM_HEAD_ERRNO;
    w->held = (uint64_t)got;
    if (got < 132 || memcmp(w->bytes + 128, "DICM", 4) != 0)
        return SK_DICOM_HEAD_NO_DICOM;
    int implicit = 0, fault = 0;
    uint64_t pos = read_meta(want, w, &implicit, &fault);
    if (pos == 0 || fault)
        return SK_DICOM_HEAD_OTHER;
    head->implicit = (int16_t)implicit;
    return read_elements(want, w, pos, implicit, head);
}

int sk_dicom_read_heads(const char *const *paths, int64_t n, const uint32_t *tags, int ntags, int to_pixels,
                        uint8_t *arena, uint64_t capacity, uint64_t *used, sk_dicom_value *values,
                        sk_dicom_head *heads, int64_t *done) {
    window w;
    if (capacity < (uint64_t)ntags * SK_DICOM_LONGEST)
        return SK_ARGUMENT;
    for (; *done < n; ++*done) {
        /* Room for the longest values of a file, so that a full arena is no case inside of it. */
        if (capacity - *used < (uint64_t)ntags * SK_DICOM_LONGEST)
            return SK_MORE;
        uint32_t last = to_pixels || !ntags ? 0xFFFFFFFFu : tags[ntags - 1];
        wanted want = {tags, ntags, arena, capacity, *used, values + *done * ntags, last, 0};
        sk_dicom_head *head = &heads[*done];
        memset(head, 0, sizeof *head);
        for (int k = 0; k < ntags; k++)
            want.values[k] = (sk_dicom_value){SK_DICOM_ABSENT, 0, 0};
        w.handle = -1;
        head->status = read_head(&want, &w, paths[*done], head);
        head->error = head->status == SK_DICOM_HEAD_ERRNO ? errno : 0;
        if (w.handle >= 0)
            close(w.handle);
        *used = want.used;
    }
    return SK_OK;
}

/* Read an image piece by piece, each finished while it is in the cache. */
static int64_t read_image(int handle, uint8_t *to, int64_t length, int64_t start, int bytes, int bits_stored,
                          int is_signed, int64_t add) {
    int64_t done = 0;
    while (done < length) {
        int64_t n = length - done < PIECE ? length - done : PIECE;
        int64_t got = read_at(handle, to + done, (uint64_t)n, (uint64_t)(start + done));
        if (got < 0)
            return -1;
        if (got != n)
            return done + got;
        if (bits_stored < 8 * bytes &&
            !SK_PICK(sk_dicom_unused_clear)(to + done, n / bytes, bytes, bits_stored, is_signed))
            SK_PICK(sk_dicom_clear_unused)(to + done, n / bytes, bytes, bits_stored, is_signed);
        if (add)
            SK_PICK(sk_dicom_add)(to + done, n / bytes, bytes, add);
        done += n;
    }
    return done;
}

int sk_dicom_read_images(const char *const *paths, const int64_t *starts, const int64_t *slots, int64_t n,
                         int64_t length, uint8_t *out, int64_t stride, int bytes, int bits_stored, int is_signed,
                         int64_t add, int64_t *failed, int *error) {
    int handle = -1, status = SK_OK;
    for (int64_t k = 0; k < n && status == SK_OK; k++) {
        *failed = k;
        *error = 0;
        if (k == 0 || paths[k] != paths[k - 1]) {
            if (handle >= 0)
                close(handle);
            handle = open(paths[k], O_RDONLY | O_CLOEXEC);
        }
        uint8_t *to = out + slots[k] * stride;
        int64_t got = handle < 0 ? -1 : read_image(handle, to, length, starts[k], bytes, bits_stored, is_signed, add);
        if (got < 0)
            *error = errno;
        if (got != length)
            status = SK_FORMAT;
    }
    if (handle >= 0)
        close(handle);
    return status;
}
