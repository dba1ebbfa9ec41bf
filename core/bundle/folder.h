/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * folder.h: the folder of a model: its model_index.json, and where its
 * other files lie.
 */

#ifndef DIF_BUNDLE_FOLDER_H
#define DIF_BUNDLE_FOLDER_H

#include "dif.h"

typedef struct
{
  char *config;          /* paths */
  char *weights;
  char *schedule;
  char *name;            /* NULL if the index has none */
  char *licence;         /* NULL if the index has none */
  int   pixel_unshuffle;
  int   octaves;
  int   camera_label;    /* -1 if the index has none */
  int   jpeg_label;      /* -1 if the index has none */
} DifFolder;

/* Reads the index and finds the files: in unet/ and scheduler/, or all
 * in the folder itself, as the earliest published pipelines have them.
 * The paths are not opened.
 * Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED (a pipeline with other
 * parts, weights that are not safetensors).
 */
gboolean dif_folder_read  (const char  *path,
                           DifFolder   *folder,
                           GError     **error);

/* Frees what read() filled in; also after it failed. */
void     dif_folder_clear (DifFolder   *folder);

#endif
