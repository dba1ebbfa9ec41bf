/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * weights.h: the named tensors of a network, read from a safetensors
 * file (float32, float16 or bfloat16) and converted to float32.
 */

#ifndef DIF_NN_WEIGHTS_H
#define DIF_NN_WEIGHTS_H

#include "dif.h"

typedef struct _DifWeights DifWeights;

/* Opens the file and validates its header.
 * Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED, MEMORY.
 */
DifWeights *dif_weights_open      (const char    *path,
                                   GError       **error);
void        dif_weights_close     (DifWeights    *weights);

gboolean    dif_weights_has       (DifWeights    *weights,
                                   const char    *name);

/* Copies the tensor called name, which must have exactly the shape
 * dims[0..n_dims-1], to out as float32 in the file's order (row-major,
 * as PyTorch), and marks it as used.  Names of the attention layers of
 * old checkpoints (query, key, value, proj_attn) are found under their
 * present names (to_q, to_k, to_v, to_out.0), their matrices also as
 * [out, in, 1, 1].
 * Errors: MALFORMED for a missing tensor, another shape, or a value
 * that is NaN or infinite; UNSUPPORTED for whole numbers; IO.
 */
gboolean    dif_weights_read      (DifWeights    *weights,
                                   const char    *name,
                                   int            n_dims,
                                   const int     *dims,
                                   float         *out,
                                   GError       **error);

/* FALSE with MALFORMED that names one, if a tensor of the file was not
 * read: the file then belongs to another network than the config says.
 */
gboolean    dif_weights_all_used  (DifWeights    *weights,
                                   GError       **error);

/* Values in all tensors of the file. */
gsize       dif_weights_n_values  (DifWeights    *weights);

#endif
