/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * protect.h: a channel, mask or layer whose white says what of a picture stays.
 */

#ifndef PLUGIN_PROTECT_H
#define PLUGIN_PROTECT_H

#include <libgimp/gimp.h>

/* One that is being read.  It lies in the image where its drawable does; what
 * it does not cover is not protected.
 */
typedef struct
{
  GimpDrawable  *drawable;
  GeglBuffer    *buffer;
  const Babl    *format;    /* that it is read in, of one float or two */
  gboolean       has_alpha;
  GeglRectangle  place;     /* in the image                            */
} DifGimpProtect;

/* TRUE if protect can protect layers of image.  GIMP_PLUG_IN_ERROR if it has been
 * deleted or belongs to another image, with a translated message.
 */
gboolean dif_gimp_protect_check (GimpDrawable         *protect,
                                 GimpImage            *image,
                                 GError              **error);

/* Begins to read a checked drawable; clear it with dif_gimp_protect_end(). */
void     dif_gimp_protect_begin (DifGimpProtect       *protect,
                                 GimpDrawable         *drawable);

/* Whether it is still there, of the same size and at the same place. */
gboolean dif_gimp_protect_stays (const DifGimpProtect *protect);

/* Lowers selected, [height][width] of piece in the image, by what is protected
 * there.
 */
void     dif_gimp_protect_lower (const DifGimpProtect *protect,
                                 const GeglRectangle  *piece,
                                 float                *selected);

/* Does nothing to one that was not begun. */
void     dif_gimp_protect_end   (DifGimpProtect       *protect);

#endif
