/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors.h: reads the safetensors format, as its specification
 * (github.com/huggingface/safetensors, README, "Format") describes it:
 * eight bytes of little-endian header length, a JSON header that gives
 * each tensor's type, shape and byte range, then the data without gaps.
 *
 * The header is validated whole at open.  Data is read, not mapped: a
 * mapping dies with SIGBUS when the file shrinks or its disk fails
 * while we look, a read returns an error.
 */

#ifndef DIF_BASE_SAFETENSORS_H
#define DIF_BASE_SAFETENSORS_H

#include "dif.h"

#define DIF_TENSOR_MAX_DIMS 8

typedef enum
{
  DIF_DTYPE_F32,
  DIF_DTYPE_F16,
  DIF_DTYPE_BF16,
  DIF_DTYPE_F64,
  DIF_DTYPE_I32,
  DIF_DTYPE_I64
} DifDtype;

typedef struct
{
  const char *name;
  DifDtype    dtype;
  int         n_dims;                    /* 0 for a scalar               */
  gint64      dims[DIF_TENSOR_MAX_DIMS];
  gsize       n_values;                  /* product of dims              */
  guint64     offset;                    /* of its data, from the file's
                                            beginning                    */
  guint64     size;                      /* in bytes                     */
} DifTensorInfo;

typedef struct _DifSafetensors DifSafetensors;

/* Opens and validates a regular file: length and syntax of the header,
 * known types, sizes that agree with the shapes, data ranges that cover
 * the rest of the file exactly once, no name twice.
 * Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED (a type not above),
 * MEMORY.
 */
DifSafetensors      *dif_safetensors_open      (const char           *path,
                                                GError              **error);

/* NULL is allowed. */
void                 dif_safetensors_close     (DifSafetensors       *file);

const char          *dif_safetensors_path      (const DifSafetensors *file);

/* Tensors in the order of their data. */
int                  dif_safetensors_n_tensors (const DifSafetensors *file);
const DifTensorInfo *dif_safetensors_get       (const DifSafetensors *file,
                                                int                   index);

/* NULL if there is none of that name. */
const DifTensorInfo *dif_safetensors_find      (const DifSafetensors *file,
                                                const char           *name);

/* Copies all n_values of a tensor to out, row-major as in the file.
 * read_f32 converts F32, F16 and BF16 (exactly, NaN and infinity
 * included) and F64 (to the nearest), read_f64 all of these exactly,
 * read_i64 I32 and I64.
 * Errors: IO, MALFORMED (the file shrank), UNSUPPORTED (other types).
 */
gboolean             dif_safetensors_read_f32  (DifSafetensors       *file,
                                                const DifTensorInfo  *tensor,
                                                float                *out,
                                                GError              **error);
gboolean             dif_safetensors_read_f64  (DifSafetensors       *file,
                                                const DifTensorInfo  *tensor,
                                                double               *out,
                                                GError              **error);
gboolean             dif_safetensors_read_i64  (DifSafetensors       *file,
                                                const DifTensorInfo  *tensor,
                                                gint64               *out,
                                                GError              **error);

/* Exact conversions, n values.  in holds little-endian words. */
void                 dif_f16_to_f32            (const guint16        *in,
                                                float                *out,
                                                gsize                 n);
void                 dif_bf16_to_f32           (const guint16        *in,
                                                float                *out,
                                                gsize                 n);

#endif
