/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz-safetensors.c: whatever opens must be laid out as promised, and
 * every tensor of it must read.
 */

#include "fuzz.h"
#include "base/safetensors.h"

static void
read_all (DifSafetensors *file,
          size_t          size)
{
  guint64 end = 0;
  int     i;

  for (i = 0; i < dif_safetensors_n_tensors (file); i++)
    {
      const DifTensorInfo *info = dif_safetensors_get (file, i);
      gboolean             whole = info->dtype == DIF_DTYPE_I32 ||
                                   info->dtype == DIF_DTYPE_I64;
      gboolean             wide = info->dtype == DIF_DTYPE_F64;
      GError              *error = NULL;
      void                *out;

      FUZZ_REQUIRE (info->n_dims >= 0 && info->n_dims <= DIF_TENSOR_MAX_DIMS);
      FUZZ_REQUIRE (info->n_values <= size / 2);
      FUZZ_REQUIRE (end == 0 || info->offset == end);
      end = info->offset + info->size;
      FUZZ_REQUIRE (end <= size);
      FUZZ_REQUIRE (dif_safetensors_find (file, info->name) == info);

      out = g_malloc (MAX (info->n_values, 1) * (whole || wide ? 8 : 4));
      FUZZ_REQUIRE (whole
                    ? dif_safetensors_read_i64 (file, info, out, &error)
                    : wide
                    ? dif_safetensors_read_f64 (file, info, out, &error)
                    : dif_safetensors_read_f32 (file, info, out, &error));
      g_free (out);
    }

  FUZZ_REQUIRE (end == 0 || end == size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char     *path = fuzz_file (data, size);
  GError         *error = NULL;
  DifSafetensors *file = dif_safetensors_open (path, &error);

  if (fuzz_check (file != NULL, path, &error))
    read_all (file, size);
  dif_safetensors_close (file);

  return 0;
}
