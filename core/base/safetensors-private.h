/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors-private.h: the JSON header of a safetensors file.
 */

#ifndef DIF_BASE_SAFETENSORS_PRIVATE_H
#define DIF_BASE_SAFETENSORS_PRIVATE_H

#include "base/safetensors.h"

#define DIF_SAFETENSORS_MAX_TENSORS 65536

/* Reads the header into a new array of DifTensorInfo in the header's
 * order, free with g_array_unref().  offset and size are what
 * data_offsets says, from the beginning of the data; that they agree
 * with the shapes and with each other is for the caller to check.  Names
 * live in names.
 * Errors: MALFORMED, UNSUPPORTED.
 */
GArray *dif_safetensors_parse (const char    *path,
                               const char    *text,
                               gsize          length,
                               GStringChunk  *names,
                               GError       **error);

gsize   dif_dtype_size        (DifDtype       dtype);

#endif
