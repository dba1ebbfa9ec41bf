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
 * makes of result, which it takes over; named and with its record, by
 * settings, which have the parameters of its job.  NULL if the image is gone,
 * with GIMP_PLUG_IN_ERROR, or with MEMORY.
 */
DifGimpLayerOut *dif_gimp_layer_out_new   (const DifGimpSource  *source,
                                           DifImage             *result,
                                           const DifSettings    *settings,
                                           const DifModel       *model,
                                           int                   variation,
                                           GError              **error);

/* The same for a frame of a chain, without a record.  number counts frames
 * from 1 to n_frames; t is where on the chain the frame stands.
 */
DifGimpLayerOut *dif_gimp_layer_out_frame (const DifGimpSource  *source,
                                           DifImage             *picture,
                                           double                t,
                                           int                   number,
                                           int                   n_frames,
                                           GError              **error);

/* Writes pixels until the time until of g_get_monotonic_time(); *more says
 * whether there are some left.  FALSE if the image is gone.
 */
gboolean         dif_gimp_layer_out_more  (DifGimpLayerOut      *out,
                                           gint64                until,
                                           gboolean             *more,
                                           GError              **error);

/* Frees out and returns the layer, which is not in the image yet. */
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

/* Puts layers into the image, converted to what that is now, in one undo step.
 * sources holds a DifGimpOrigin for each; those of one source are side by side
 * and have the same.  They go above their source and the results that it has
 * already, the first lowest; they move with a source that has been moved, are
 * centred on one that has got another size, and go to the top where it has
 * been deleted.
 *
 * Of the layers of one source only the last, which is the uppermost, is
 * visible.  What earlier runs have made of the source is hidden, except
 * results with a layer mask where the source has none.
 *
 * group: those of one source go into a group above it, which changes nothing
 * of how they look; an indexed image gets none, since it can have none.
 * chain: the group has the name of a chain.  What is selected stays selected;
 * where that is nothing the last layer is.
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
