/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-out.h: finished variations become layers.
 */

#ifndef PLUGIN_LAYER_OUT_H
#define PLUGIN_LAYER_OUT_H

#include <libgimp/gimp.h>

#include "dif.h"
#include "drawable-io.h"

/* A layer that is being written. */
typedef struct _DifGimpLayerOut DifGimpLayerOut;

/* Begins a copy of the source's stand-in with the pixels that a DifGimpWriter
 * makes of result, which it takes over; named and with its record, which
 * says of the settings whether it goes into a group and gets a mask.  NULL
 * if the image is gone, with GIMP_PLUG_IN_ERROR, or with MEMORY.
 */
DifGimpLayerOut *dif_gimp_layer_out_new   (const DifGimpSource  *source,
                                           DifImage             *result,
                                           const DifParams      *params,
                                           const DifModel       *model,
                                           gboolean              group,
                                           gboolean              selection_mask,
                                           int                   variation,
                                           GError              **error);

/* Likewise for frame number of so many of a chain, from 1 on, which stands
 * at t, without a record.
 */
DifGimpLayerOut *dif_gimp_layer_out_frame (const DifGimpSource  *source,
                                           DifImage             *picture,
                                           double                t,
                                           int                   number,
                                           int                   n_frames,
                                           GError              **error);

/* Writes until it is until by g_get_monotonic_time().  FALSE if the image
 * is gone.
 */
gboolean         dif_gimp_layer_out_more  (DifGimpLayerOut      *out,
                                           gint64                until,
                                           gboolean             *more,
                                           GError              **error);

/* Frees out; the layer, which is not in the image yet. */
GimpLayer       *dif_gimp_layer_out_end   (DifGimpLayerOut      *out);

/* The source of results as it was when it was opened, for as long as they
 * wait to go into the image.
 */
typedef struct
{
  GimpLayer  *layer;    /* may be deleted by now                          */
  const Babl *format;   /* of the results: GIMP itself takes the image's
                           profile as it is now for theirs                */
  int         x;        /* of the layer, in the image                     */
  int         y;
  int         width;
  int         height;
} DifGimpOrigin;

/* Puts layers, converted to what the image is now, above their sources and
 * the results that these have already, the first lowest, in one undo step;
 * sources holds a DifGimpOrigin for each, the same for those of one source, which
 * are side by side.  They move with a source that has been moved, are centred
 * on one that has got another size, and go to the top where it has been
 * deleted.  Of those of one source the last, which is the uppermost, is
 * visible and no other; what earlier runs have made of it is hidden, except
 * results with a layer mask where the source has none.  group: those of one
 * source into a group above it, which changes nothing of how they look, but
 * not in an indexed image, which can have none; chain names it so.  What is
 * selected stays so; where that is nothing the last layer is.
 *
 * Layers that GIMP refuses are deleted and leave the array, with
 * GIMP_PLUG_IN_ERROR, which says how many.
 */
void       dif_gimp_layer_out_insert (GimpImage        *image,
                                      GPtrArray        *layers,
                                      GPtrArray        *sources,
                                      gboolean          group,
                                      gboolean          chain,
                                      GError          **error);

/* Drops layers that were made for the image and are not in it. */
void       dif_gimp_layer_out_delete (GimpImage        *image,
                                      GPtrArray        *layers);

#endif
