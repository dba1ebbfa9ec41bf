/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors.c: opening, validating and reading safetensors files.
 */

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/safetensors-private.h"

/* The limit that the format's own reader sets. */
#define MAX_HEADER 100000000u

/* Values converted at a time. */
#define CHUNK 8192

struct _DifSafetensors
{
  char         *path;
  int           fd;
  GArray       *tensors; /* of DifTensorInfo, by offset         */
  GHashTable   *by_name; /* name -> the DifTensorInfo           */
  GStringChunk *names;
};

/* Opening ------------------------------------------------------------ */

/* The length of the header of a file of that size. */
static gboolean
read_header_length (DifSafetensors  *file,
                    guint64          size,
                    guint64         *length,
                    GError         **error)
{
  guint64 word;

  if (size < sizeof (word))
    return dif_file_fault (file->path, DIF_ERROR_MALFORMED, error,
                           "is truncated: %" G_GUINT64_FORMAT " bytes are too "
                           "few for a safetensors file.", size);
  if (! dif_file_read (file->fd, file->path, 0, sizeof (word), &word, error))
    return FALSE;

  *length = GUINT64_FROM_LE (word);
  if (*length > MAX_HEADER)
    return dif_file_fault (file->path, DIF_ERROR_MALFORMED, error,
                           "is no safetensors file: its header would have "
                           "%" G_GUINT64_FORMAT " bytes.", *length);
  if (*length > size - sizeof (word))
    return dif_file_fault (file->path, DIF_ERROR_MALFORMED, error,
                           "is truncated: the header should have "
                           "%" G_GUINT64_FORMAT " bytes, the file has "
                           "%" G_GUINT64_FORMAT ".", *length, size);

  return TRUE;
}

static gboolean
read_header (DifSafetensors  *file,
             guint64          length,
             GError         **error)
{
  char *text = g_try_malloc (length + 1);

  if (! text)
    return dif_file_fault (file->path, DIF_ERROR_MEMORY, error,
                           "has a header that does not fit in memory.");

  if (dif_file_read (file->fd, file->path, sizeof (guint64), length, text,
                     error))
    file->tensors = dif_safetensors_parse (file->path, text, length,
                                           file->names, error);
  g_free (text);

  return file->tensors != NULL;
}

static gboolean
tensor_fault (DifSafetensors       *file,
              const DifTensorInfo  *tensor,
              GError              **error,
              const char           *what)
{
  char *name = dif_file_quote (tensor->name);

  dif_file_fault (file->path, DIF_ERROR_MALFORMED, error, "tensor %s %s.",
                  name, what);
  g_free (name);

  return FALSE;
}

/* Fills n_values and compares the size with the shape. */
static gboolean
check_size (DifSafetensors  *file,
            DifTensorInfo   *tensor,
            GError         **error)
{
  gsize n = 1;
  gsize size;
  int   i;

  for (i = 0; i < tensor->n_dims; i++)
    if ((guint64) tensor->dims[i] > G_MAXSIZE ||
        ! g_size_checked_mul (&n, n, tensor->dims[i]))
      return tensor_fault (file, tensor, error, "has an impossible shape");

  if (! g_size_checked_mul (&size, n, dif_dtype_size (tensor->dtype)))
    return tensor_fault (file, tensor, error, "has an impossible shape");
  if (size != tensor->size)
    return tensor_fault (file, tensor, error,
                         "has a size that does not agree with its shape");

  tensor->n_values = n;
  return TRUE;
}

static int
compare_offsets (gconstpointer a,
                 gconstpointer b)
{
  const DifTensorInfo *s = a;
  const DifTensorInfo *t = b;

  if (s->offset != t->offset)
    return s->offset < t->offset ? -1 : 1;

  return (s->size > t->size) - (s->size < t->size);
}

/* The tensors' data, in the order of their offsets, must cover the rest of the
 * file exactly once: then no byte belongs to two tensors or to none.
 */
static gboolean
check_layout (DifSafetensors  *file,
              guint64          begin,
              guint64          end,
              GError         **error)
{
  guint64 position = begin;
  guint   i;

  g_array_sort (file->tensors, compare_offsets);
  for (i = 0; i < file->tensors->len; i++)
    {
      DifTensorInfo *tensor = &g_array_index (file->tensors, DifTensorInfo, i);

      if (! check_size (file, tensor, error))
        return FALSE;
      if (tensor->offset > end - begin ||
          tensor->size > end - begin - tensor->offset)
        return tensor_fault (file, tensor, error,
                             "lies beyond the end of the file, which is "
                             "truncated");

      tensor->offset += begin;
      if (tensor->offset < position)
        return tensor_fault (file, tensor, error, "overlaps another");
      if (tensor->offset > position)
        return tensor_fault (file, tensor, error, "leaves a gap before it");
      position += tensor->size;

      if (! g_hash_table_insert (file->by_name, (char *) tensor->name, tensor))
        return tensor_fault (file, tensor, error, "comes twice");
    }

  return position == end ||
         dif_file_fault (file->path, DIF_ERROR_MALFORMED, error,
                         "has %" G_GUINT64_FORMAT " bytes after its last "
                         "tensor.", end - position);
}

DifSafetensors *
dif_safetensors_open (const char  *path,
                      GError     **error)
{
  DifSafetensors *file = g_new0 (DifSafetensors, 1);
  guint64         size;
  guint64         length = 0;

  file->path = g_strdup (path);
  file->names = g_string_chunk_new (4096);
  file->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  file->fd = dif_file_open (path, &size, error);

  if (file->fd < 0 ||
      ! read_header_length (file, size, &length, error) ||
      ! read_header (file, length, error) ||
      ! check_layout (file, sizeof (guint64) + length, size, error))
    g_clear_pointer (&file, dif_safetensors_close);

  return file;
}

void
dif_safetensors_close (DifSafetensors *file)
{
  if (! file)
    return;

  if (file->fd >= 0)
    close (file->fd);
  if (file->tensors)
    g_array_unref (file->tensors);
  g_hash_table_unref (file->by_name);
  g_string_chunk_free (file->names);
  g_free (file->path);
  g_free (file);
}

/* Looking ------------------------------------------------------------ */

const char *
dif_safetensors_path (const DifSafetensors *file)
{
  return file->path;
}

int
dif_safetensors_n_tensors (const DifSafetensors *file)
{
  return file->tensors->len;
}

const DifTensorInfo *
dif_safetensors_get (const DifSafetensors *file,
                     int                   index)
{
  g_return_val_if_fail (index >= 0 && index < dif_safetensors_n_tensors (file),
                        NULL);

  return &g_array_index (file->tensors, DifTensorInfo, index);
}

const DifTensorInfo *
dif_safetensors_find (const DifSafetensors *file,
                      const char           *name)
{
  return g_hash_table_lookup (file->by_name, name);
}

/* Reading ------------------------------------------------------------ */

void
dif_bf16_to_f32 (const guint16 *in,
                 float         *out,
                 gsize          n)
{
  gsize i;

  for (i = 0; i < n; i++)
    {
      guint32 bits = (guint32) GUINT16_FROM_LE (in[i]) << 16;

      memcpy (&out[i], &bits, sizeof (bits));
    }
}

/* IEEE 754 binary16.  All three cases are computed and one is chosen,
 * so that the loop vectorises; subnormals go through an integer, so that
 * it does not depend on how the processor treats them.
 */
void
dif_f16_to_f32 (const guint16 *in,
                float         *out,
                gsize          n)
{
  gsize i;

  for (i = 0; i < n; i++)
    {
      guint32 half = GUINT16_FROM_LE (in[i]);
      guint32 sign = (half & 0x8000u) << 16;
      guint32 exponent = half & 0x7c00u;
      guint32 mantissa = half & 0x03ffu;
      float   small = (float) (gint32) mantissa * 0x1p-24f;
      guint32 bits;

      memcpy (&bits, &small, sizeof (bits));
      bits = exponent == 0 ? bits : ((half & 0x7fffu) << 13) + (112u << 23);
      bits = exponent == 0x7c00u ? 0x7f800000u | (mantissa << 13) : bits;
      bits |= sign;
      memcpy (&out[i], &bits, sizeof (bits));
    }
}

static gboolean
wrong_type (DifSafetensors       *file,
            const DifTensorInfo  *tensor,
            const char           *wanted,
            GError              **error)
{
  char *name = dif_file_quote (tensor->name);

  dif_file_fault (file->path, DIF_ERROR_UNSUPPORTED, error,
                  "tensor %s does not hold %s numbers.", name, wanted);
  g_free (name);

  return FALSE;
}

/* F64, little-endian as it was read. */
static double
double_from_le (guint64 bits)
{
  double x;

  bits = GUINT64_FROM_LE (bits);
  memcpy (&x, &bits, sizeof (x));
  return x;
}

static gboolean
read_rounded (DifSafetensors       *file,
              const DifTensorInfo  *tensor,
              float                *out,
              GError              **error)
{
  guint64 chunk[CHUNK / 4];
  gsize   done, n, i;

  for (done = 0; done < tensor->n_values; done += n)
    {
      n = MIN (G_N_ELEMENTS (chunk), tensor->n_values - done);
      if (! dif_file_read (file->fd, file->path, tensor->offset + 8 * done,
                           8 * n, chunk, error))
        return FALSE;
      for (i = 0; i < n; i++)
        out[done + i] = (float) double_from_le (chunk[i]);
    }

  return TRUE;
}

gboolean
dif_safetensors_read_f32 (DifSafetensors       *file,
                          const DifTensorInfo  *tensor,
                          float                *out,
                          GError              **error)
{
  guint16 chunk[CHUNK];
  gsize   done;
  gsize   n;

  if (tensor->dtype == DIF_DTYPE_I32 || tensor->dtype == DIF_DTYPE_I64)
    return wrong_type (file, tensor, "floating-point", error);
  if (tensor->dtype == DIF_DTYPE_F64)
    return read_rounded (file, tensor, out, error);

  if (tensor->dtype == DIF_DTYPE_F32)
    {
      guint32 *words = (guint32 *) out;

      if (! dif_file_read (file->fd, file->path, tensor->offset, tensor->size,
                           out, error))
        return FALSE;
      for (done = 0; G_BYTE_ORDER == G_BIG_ENDIAN && done < tensor->n_values;
           done++)
        words[done] = GUINT32_FROM_LE (words[done]);
      return TRUE;
    }

  for (done = 0; done < tensor->n_values; done += n)
    {
      n = MIN (CHUNK, tensor->n_values - done);
      if (! dif_file_read (file->fd, file->path, tensor->offset + 2 * done,
                           2 * n, chunk, error))
        return FALSE;

      if (tensor->dtype == DIF_DTYPE_F16)
        dif_f16_to_f32 (chunk, out + done, n);
      else
        dif_bf16_to_f32 (chunk, out + done, n);
    }

  return TRUE;
}

gboolean
dif_safetensors_read_f64 (DifSafetensors       *file,
                          const DifTensorInfo  *tensor,
                          double               *out,
                          GError              **error)
{
  const float *narrow = (const float *) out;
  guint64     *words = (guint64 *) out;
  gsize        i;

  if (tensor->dtype != DIF_DTYPE_F64)
    {
      if (! dif_safetensors_read_f32 (file, tensor, (float *) out, error))
        return FALSE;
      for (i = tensor->n_values; i-- > 0; )
        out[i] = narrow[i];
      return TRUE;
    }
  if (! dif_file_read (file->fd, file->path, tensor->offset, tensor->size,
                       out, error))
    return FALSE;
  for (i = 0; i < tensor->n_values; i++)
    out[i] = double_from_le (words[i]);

  return TRUE;
}

gboolean
dif_safetensors_read_i64 (DifSafetensors       *file,
                          const DifTensorInfo  *tensor,
                          gint64               *out,
                          GError              **error)
{
  gint32 *narrow = (gint32 *) out;
  gsize   i;

  if (tensor->dtype != DIF_DTYPE_I32 && tensor->dtype != DIF_DTYPE_I64)
    return wrong_type (file, tensor, "whole", error);
  if (! dif_file_read (file->fd, file->path, tensor->offset, tensor->size,
                       out, error))
    return FALSE;

  /* 32-bit numbers fill the first half of out: widen from the end. */
  for (i = tensor->n_values; i-- > 0; )
    if (tensor->dtype == DIF_DTYPE_I32)
      out[i] = (gint32) GUINT32_FROM_LE (narrow[i]);
    else
      out[i] = GINT64_FROM_LE (out[i]);

  return TRUE;
}
