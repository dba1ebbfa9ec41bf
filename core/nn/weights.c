/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * weights.c: the tensors of a network, by the names and shapes that the
 * network expects.
 */

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "nn/weights.h"

struct _DifWeights
{
  DifSafetensors *file;
  gboolean       *used;     /* by index of the tensor */
  gsize           n_values;
};

DifWeights *
dif_weights_open (const char  *path,
                  GError     **error)
{
  DifSafetensors *file = dif_safetensors_open (path, error);
  DifWeights     *weights;
  int             n;
  int             i;

  if (! file)
    return NULL;

  n = dif_safetensors_n_tensors (file);
  weights = g_new0 (DifWeights, 1);
  weights->file = file;
  weights->used = g_new0 (gboolean, n);
  for (i = 0; i < n; i++)
    weights->n_values += dif_safetensors_get (file, i)->n_values;

  return weights;
}

void
dif_weights_close (DifWeights *weights)
{
  if (! weights)
    return;

  dif_safetensors_close (weights->file);
  g_free (weights->used);
  g_free (weights);
}

/* The tensor under its present name or the one that it had before the
 * library renamed its attention layers.
 */
static const DifTensorInfo *
find (DifWeights *weights,
      const char *name)
{
  static const char *const renamed[][2] =
  {
    { ".to_q.",     ".query."     },
    { ".to_k.",     ".key."       },
    { ".to_v.",     ".value."     },
    { ".to_out.0.", ".proj_attn." }
  };
  const DifTensorInfo *tensor = dif_safetensors_find (weights->file, name);
  guint                i;

  for (i = 0; i < G_N_ELEMENTS (renamed) && ! tensor; i++)
    {
      const char *at = strstr (name, renamed[i][0]);
      char       *old;

      if (! at)
        continue;

      old = g_strdup_printf ("%.*s%s%s", (int) (at - name), name,
                             renamed[i][1], at + strlen (renamed[i][0]));
      tensor = dif_safetensors_find (weights->file, old);
      g_free (old);
    }

  return tensor;
}

gboolean
dif_weights_has (DifWeights *weights,
                 const char *name)
{
  return find (weights, name) != NULL;
}

/* A matrix of an attention layer may be stored as a 1x1 convolution,
 * [out, in, 1, 1]: the values are the same.
 */
static gboolean
shape_fits (const DifTensorInfo *tensor,
            const char          *name,
            int                  n_dims,
            const int           *dims)
{
  int n = tensor->n_dims;
  int i;

  if (n_dims == 2 && n == 4 && tensor->dims[2] == 1 && tensor->dims[3] == 1 &&
      strstr (name, ".attentions."))
    n = 2;

  if (n != n_dims)
    return FALSE;

  for (i = 0; i < n; i++)
    if (tensor->dims[i] != dims[i])
      return FALSE;

  return TRUE;
}

static gboolean
shape_fault (DifWeights           *weights,
             const DifTensorInfo  *tensor,
             int                   n_dims,
             const int            *dims,
             GError              **error)
{
  char    *name = dif_file_quote (tensor->name);
  GString *has = g_string_new (NULL);
  GString *wanted = g_string_new (NULL);
  int      i;

  for (i = 0; i < tensor->n_dims; i++)
    g_string_append_printf (has, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "",
                            tensor->dims[i]);
  for (i = 0; i < n_dims; i++)
    g_string_append_printf (wanted, "%s%d", i > 0 ? ", " : "", dims[i]);

  dif_file_fault (dif_safetensors_path (weights->file), DIF_ERROR_MALFORMED,
                  error, "tensor %s has shape [%s], but the network that its "
                  "configuration describes needs [%s].",
                  name, has->str, wanted->str);

  g_string_free (wanted, TRUE);
  g_string_free (has, TRUE);
  g_free (name);

  return FALSE;
}

gboolean
dif_weights_read (DifWeights  *weights,
                  const char  *name,
                  int          n_dims,
                  const int   *dims,
                  float       *out,
                  GError     **error)
{
  const char          *path = dif_safetensors_path (weights->file);
  const DifTensorInfo *tensor = find (weights, name);

  if (! tensor)
    return dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                           "tensor \"%s\" is missing.", name);

  if (! shape_fits (tensor, name, n_dims, dims))
    return shape_fault (weights, tensor, n_dims, dims, error);

  if (! dif_safetensors_read_f32 (weights->file, tensor, out, error))
    return FALSE;

  if (! dif_all_finite (out, tensor->n_values))
    return dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                           "tensor \"%s\" holds NaN or infinity.", name);

  weights->used[tensor - dif_safetensors_get (weights->file, 0)] = TRUE;
  return TRUE;
}

gboolean
dif_weights_all_used (DifWeights  *weights,
                      GError     **error)
{
  int n = dif_safetensors_n_tensors (weights->file);
  int i;

  for (i = 0; i < n; i++)
    if (! weights->used[i])
      {
        char *name = dif_file_quote (dif_safetensors_get (weights->file,
                                                          i)->name);

        dif_file_fault (dif_safetensors_path (weights->file),
                        DIF_ERROR_MALFORMED, error,
                        "tensor %s has no place in the network that its "
                        "configuration describes.", name);
        g_free (name);
        return FALSE;
      }

  return TRUE;
}

gsize
dif_weights_n_values (DifWeights *weights)
{
  return weights->n_values;
}
