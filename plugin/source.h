/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * source.h: the layer that variations are made of: which layers will do,
 * what of it is selected, and a copy of it to work from.
 */

#ifndef PLUGIN_SOURCE_H
#define PLUGIN_SOURCE_H

#include <libgimp/gimp.h>

#include "effects.h"
#include "pieces.h"
#include "protect.h"
#include "stand-in.h"

/* Pixels around the selection that the model sees but does not change. */
#define DIF_GIMP_CONTEXT 64

/* A layer to make variations of, as it was when it was opened: what
 * happens to it later has no effect.
 */
typedef struct
{
  GimpImage       *image;     /* may be closed later: check before any use of
                                 a layer, which outlives it and crashes GIMP  */
  GimpLayer       *layer;     /* as the user picked it; may be deleted later  */
  char            *name;      /* of that layer                                */
  guint            tattoo;    /* of that layer                                */
  guint            protected_by; /* tattoo of what protects, or 0             */
  guint            made_with; /* of the layer of this image whose parts are
                                 taken, or 0                                  */
  GimpLayer       *stand_in;  /* its copy, see stand-in.h; not in the image   */
  GeglBuffer      *buffer;    /* of the stand-in                              */
  gboolean         partly;    /* there is a selection                         */
  GeglBuffer      *selection; /* a copy of the part over the layer, less what
                                 is protected, in image coordinates; NULL:
                                 everything is selected                       */
  gboolean         masked;    /* results have a layer mask of the selection   */
  const Babl      *format;    /* of buffer                                    */
  gboolean         has_alpha;
  int              bytes;     /* of a pixel                                   */
  int              offset_x;  /* in the image, of the layer with its effects  */
  int              offset_y;
  int              width;
  int              height;
  GeglRectangle    selected;  /* where pixels may change, in the layer        */
  GeglRectangle    region;    /* that and its context, what the engine sees   */
  gboolean         whole;     /* the engine sees all of the layer             */

  DifGimpSeen      seen;      /* until the copy has been made                 */
  DifGimpStandIn  *copying;   /* while that is being made                     */
  GeglBuffer      *live_selection;
  DifGimpProtect   protect;   /* what is protected; its drawable may be NULL  */
  GeglBuffer      *mask;      /* of the stand-in, where masked                */
  gboolean         choosing;  /* the selection is being copied                */
  gboolean         some;      /* of it that has been copied, some is not 0    */
  DifGimpPieces    pieces;    /* of the selection, to copy                    */
} DifGimpSource;

/* TRUE if variations can be made of drawable; else a translated message
 * that says what to do.  GIMP_PLUG_IN_ERROR.
 */
gboolean   dif_gimp_source_check (GimpDrawable       *drawable,
                                  GError            **error);

/* Finds out what of drawable, with all that its effects add to it, is
 * selected, and fills all of source but stand_in, buffer, format and
 * selection.  protect says what of it stays, see protect.h; NULL is allowed.
 * Fails with GIMP_PLUG_IN_ERROR if drawable has been deleted, if no pixel of it is
 * selected, if its effects cannot be rendered, and as dif_gimp_source_check() and
 * dif_gimp_protect_check() do.  Call dif_gimp_source_clear() in any case.
 */
gboolean   dif_gimp_source_init  (DifGimpSource      *source,
                                  GimpDrawable       *drawable,
                                  GimpDrawable       *protect,
                                  GError            **error);

/* The engine is going to see all of the layer, whatever is selected of it: what
 * is made comes from all of it.  To be called before it is copied.
 */
void       dif_gimp_source_widen (DifGimpSource      *source);

/* Whether dif_gimp_source_init() would succeed.  Effects are rendered only
 * where the selection does not touch the layer without them.
 */
gboolean   dif_gimp_source_try   (GimpDrawable       *drawable,
                                  GimpDrawable       *protect,
                                  GError            **error);

/* Makes the copy that all else works from.  mask: where there is a selection
 * and the layer has no mask of its own, the stand-in gets a mask of the
 * selection.  It is then composed in the space in which results are blended
 * otherwise, so that soft edges look the same.  Errors: as above, and if all that
 * is selected is protected.
 */
gboolean   dif_gimp_source_copy  (DifGimpSource      *source,
                                  gboolean            mask,
                                  GError            **error);

/* The same bit by bit: begun, then taken further until the time until of
 * g_get_monotonic_time(), and again.  source is ready when *more says that
 * there is no more to copy.  Fails also if the layer, the image or what protects
 * go away meanwhile.
 */
gboolean   dif_gimp_source_copy_begin (DifGimpSource    *source,
                                       gboolean          mask,
                                       GError          **error);
gboolean   dif_gimp_source_copy_more  (DifGimpSource    *source,
                                       gint64            until,
                                       gboolean         *more,
                                       GError          **error);
void       dif_gimp_source_clear (DifGimpSource      *source);

#endif
