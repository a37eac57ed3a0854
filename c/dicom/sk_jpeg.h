/* JPEG (ITU-T T.81 | ISO/IEC 10918-1, doi:10.1109/30.125072) with Huffman coding: the processes that DICOM
 * knows. Baseline, extended sequential and progressive DCT of 8 and 12 bits; lossless (Annex H) of 2 to 16 bits.
 *
 * A decoder gives component values as they were coded: no colour transform is undone. Nothing outside
 * [data, data + size) is read; the time taken is bounded by the bytes and the samples.
 */
#ifndef SK_JPEG_H
#define SK_JPEG_H

#include <stdint.h>

#include "sk_status.h"

enum { SK_JPEG_MAX_COMPONENTS = 4 };

enum sk_jpeg_process { SK_JPEG_BASELINE, SK_JPEG_EXTENDED, SK_JPEG_PROGRESSIVE, SK_JPEG_LOSSLESS };

/* Why a frame was refused (with SK_FORMAT); the place is in the report. */
enum sk_jpeg_fault {
    SK_JPEG_NO_FAULT = 0,
    SK_JPEG_NO_START,      /* the first two bytes are no SOI marker */
    SK_JPEG_CUT_SEGMENT,   /* the data end inside a marker segment */
    SK_JPEG_NO_FRAME,      /* no frame header before the first scan, or before the end */
    SK_JPEG_TWO_FRAMES,    /* a second frame header */
    SK_JPEG_UNSUPPORTED,   /* arithmetic coding, a hierarchical process, a reserved marker */
    SK_JPEG_BAD_FRAME,     /* a frame header that contradicts itself */
    SK_JPEG_BAD_PRECISION, /* a precision that the process does not have */
    SK_JPEG_COMPONENTS,    /* no component, or more than four */
    SK_JPEG_BAD_QUANT,     /* a quantisation table that cannot be */
    SK_JPEG_NO_QUANT,      /* a component without its quantisation table */
    SK_JPEG_BAD_HUFFMAN,   /* a Huffman table that cannot be */
    SK_JPEG_NO_HUFFMAN,    /* a scan without its Huffman table */
    SK_JPEG_BAD_SCAN,      /* a scan header that contradicts the frame or an earlier scan */
    SK_JPEG_BAD_RESTART,   /* a restart interval that does not fit, a marker that is not the next one */
    SK_JPEG_BAD_CODE,      /* bits that are no Huffman code, or coefficients past the 64th */
    SK_JPEG_TRUNCATED,     /* the coded samples end too early */
    SK_JPEG_NO_LINES,      /* the number of lines is in neither the frame header nor a DNL segment */
    SK_JPEG_OTHER_SHAPE    /* the frame's rows, columns or components are not those of the output */
};

typedef struct {
    int64_t rows, columns;
    int components, precision;
    int process;        /* sk_jpeg_process */
    int predictor;      /* of the first scan, if lossless */
    int point_transform;
    int jfif;           /* 1: a JFIF segment is there */
    int adobe;          /* the transform of Adobe's APP14 segment; -1: there is none */
    int64_t restart_interval;
    int ids[SK_JPEG_MAX_COMPONENTS];
    int h[SK_JPEG_MAX_COMPONENTS], v[SK_JPEG_MAX_COMPONENTS]; /* sampling factors */
} sk_jpeg_info;

typedef struct {
    int fault;      /* sk_jpeg_fault */
    int64_t offset; /* in the frame's bytes */
    int64_t lines;  /* whole lines of the scan that were decoded before it, with TRUNCATED, BAD_CODE, BAD_RESTART */
} sk_jpeg_report;

/* What the segments before the first scan say. */
int sk_jpeg_header(const uint8_t *data, int64_t size, sk_jpeg_info *info, sk_jpeg_report *report);

/* Decode into out[rows][columns][components], of 1 or 2 bytes a sample. */
int sk_jpeg_decode(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                   int components, sk_jpeg_report *report);

/* What an encoder is given: samples[rows][columns][components] of 1 or 2 bytes. */
typedef struct {
    const void *samples;
    int bytes;
    int64_t rows, columns;
    int components, precision;
    int predictor, point_transform; /* lossless */
    int64_t restart_rows;           /* lossless: lines between restart markers; 0: none */
    int quality, half_columns;      /* baseline: 1 to 100; 1: chroma of half the columns (4:2:2) */
    int jfif, adobe;                /* write these segments; adobe -1: none, else the transform */
} sk_jpeg_image;

/* Bytes in a buffer that grows; free `data` whatever the status. */
typedef struct {
    uint8_t *data;
    int64_t size, capacity;
    int failed; /* 1: not enough memory */
} sk_jpeg_sink;

int sk_jpeg_encode_lossless(const sk_jpeg_image *image, sk_jpeg_sink *sink);
int sk_jpeg_encode_baseline(const sk_jpeg_image *image, sk_jpeg_sink *sink);

#endif
