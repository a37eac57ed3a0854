/* Huffman tables (T.81 Annex C; the typical ones of section K.3), for decoding and encoding. */
#include "sk_jpeg_parts.h"

int sk_huffman_make(sk_huffman *table, const uint8_t counts[17], const uint8_t *symbols) {
    uint32_t code = 0; /* the next code, at the length in hand */
    int index = 0;
    table->defined = 0;
    memset(table->look, 0, sizeof table->look);
    for (int length = 1; length <= 16; length++) {
        code <<= 1;
        table->shift[length] = index - (int32_t)code;
        if (index + counts[length] > 256 || code + counts[length] > 1u << length)
            return 0;
        for (int k = 0; k < counts[length]; k++, code++, index++) {
            table->symbols[index] = symbols[index];
            if (length > SK_HUFFMAN_LOOK)
                continue;
            int free_bits = SK_HUFFMAN_LOOK - length;
            for (uint32_t low = 0; low < 1u << free_bits; low++)
                table->look[code << free_bits | low] = (uint16_t)(length << 8 | symbols[index]);
        }
        table->limit[length] = code << (16 - length);
    }
    table->count = index;
    table->defined = 1;
    return 1;
}

unsigned sk_huffman_long(const sk_huffman *table, uint32_t word) {
    for (int length = SK_HUFFMAN_LOOK + 1; length <= 16; length++)
        if (word < table->limit[length])
            return (unsigned)length << 8 | table->symbols[(int32_t)(word >> (16 - length)) + table->shift[length]];
    return 0;
}

void sk_huffman_assign(sk_huffman_codes *codes, const uint8_t counts[17], const uint8_t *symbols) {
    unsigned code = 0;
    int index = 0;
    memset(codes, 0, sizeof *codes);
    for (int length = 1; length <= 16; length++, code <<= 1)
        for (int k = 0; k < counts[length]; k++, code++, index++) {
            codes->code[symbols[index]] = (uint16_t)code;
            codes->length[symbols[index]] = (uint8_t)length;
            codes->symbols[index] = symbols[index];
        }
    memcpy(codes->counts, counts, 17);
    codes->count = index;
}

/* Depths of Huffman's tree for n weights (sorted, falling) by merging the two least; n <= 257. */
static void tree_depths(const int64_t *weight, int n, int *depth) {
    int64_t total[514];
    int parent[514], alive[514];
    for (int i = 0; i < n; i++) {
        total[i] = weight[i];
        alive[i] = 1;
    }
    for (int node = n; node < 2 * n - 1; node++) {
        int least[2] = {-1, -1};
        for (int i = 0; i < node; i++) {
            if (!alive[i])
                continue;
            if (least[0] < 0 || total[i] < total[least[0]]) {
                least[1] = least[0];
                least[0] = i;
            } else if (least[1] < 0 || total[i] < total[least[1]]) {
                least[1] = i;
            }
        }
        total[node] = total[least[0]] + total[least[1]];
        alive[node] = 1;
        for (int i = 0; i < 2; i++) {
            alive[least[i]] = 0;
            parent[least[i]] = node;
        }
    }
    alive[2 * n - 2] = 0; /* from here on: depths */
    for (int node = 2 * n - 3; node >= 0; node--)
        alive[node] = alive[parent[node]] + 1;
    for (int i = 0; i < n; i++)
        depth[i] = alive[i];
}

/* Numbers of codes by length, none longer than 16: pairs of too long codes move up beside a shorter one (T.81 figure K.3). */
static void shorten(int count[], int longest) {
    for (int length = longest; length > 16; length--)
        while (count[length] > 0) {
            int shorter = length - 2;
            while (count[shorter] == 0)
                shorter--;
            count[length] -= 2;
            count[length - 1] += 1;
            count[shorter] -= 1;
            count[shorter + 1] += 2;
        }
}

void sk_huffman_fit(sk_huffman_codes *codes, const int64_t frequency[256]) {
    int64_t weight[257];
    int order[257], depth[257], count[258] = {0}, n = 0;
    uint8_t symbols[256], counts[17] = {0};
    for (int s = 0; s < 256; s++) {
        if (frequency[s] <= 0)
            continue;
        int i = n++;
        for (; i > 0 && weight[i - 1] < frequency[s]; i--) {
            weight[i] = weight[i - 1];
            order[i] = order[i - 1];
        }
        weight[i] = frequency[s];
        order[i] = s;
    }
    weight[n] = 0; /* the code of all ones, which no symbol may have */
    tree_depths(weight, n + 1, depth);
    for (int i = 0; i <= n; i++)
        count[depth[i]]++;
    shorten(count, 257);
    int longest = 16;
    while (longest > 0 && count[longest] == 0)
        longest--;
    count[longest]--;
    for (int length = 1; length <= 16; length++)
        counts[length] = (uint8_t)count[length];
    for (int i = 0; i < n; i++)
        symbols[i] = (uint8_t)order[i];
    sk_huffman_assign(codes, counts, symbols);
}

/* T.81 tables K.3 and K.4. */
static const uint8_t dc_counts[2][17] = {{0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0},
                                         {0, 0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0}};
static const uint8_t dc_symbols[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
/* T.81 tables K.5 and K.6. */
static const uint8_t ac_counts[2][17] = {{0, 0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D},
                                         {0, 0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77}};
static const uint8_t ac_symbols[2][162] = {
    {0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
     0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72,
     0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37,
     0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
     0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83,
     0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3,
     0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
     0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
     0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA},
    {0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
     0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1,
     0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36,
     0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
     0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
     0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
     0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
     0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
     0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA}};

void sk_huffman_typical(int ac, int chroma, const uint8_t **counts, const uint8_t **symbols) {
    *counts = ac ? ac_counts[chroma] : dc_counts[chroma];
    *symbols = ac ? ac_symbols[chroma] : dc_symbols;
}
