/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * mask.c: see mask.h.
 */

#include "tool/mask.h"

DifToolPicture *
dif_tool_mask_open (const char           *path,
                    const char           *aim,
                    const char           *input,
                    const DifToolPicture *picture,
                    GError              **error)
{
  DifToolPicture *mask = dif_tool_picture_open (path, error);

  if (mask != NULL &&
      (dif_tool_picture_width (mask) != dif_tool_picture_width (picture) ||
       dif_tool_picture_height (mask) != dif_tool_picture_height (picture)))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                   "%s has %d x %d pixels, and %s has %d x %d: %s, both have to be of "
                   "one size", path, dif_tool_picture_width (mask),
                   dif_tool_picture_height (mask), input,
                   dif_tool_picture_width (picture),
                   dif_tool_picture_height (picture), aim);
      g_clear_pointer (&mask, dif_tool_picture_free);
    }
  return mask;
}

guint8 *
dif_tool_mask_read (DifToolPicture *mask,
                    GError        **error)
{
  g_autofree guint8   *transparent = NULL;
  g_autoptr (DifImage) image = NULL;
  gsize                n;
  guint8              *grey;

  if (dif_tool_picture_fits (mask, 0, error))
    image = dif_tool_picture_read (mask, &transparent, error);
  if (image == NULL)
    return NULL;
  n = (gsize) image->width * image->height;
  grey = g_try_malloc (n);
  if (grey == NULL)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_MEMORY,
                         "there is not enough memory for a mask");
  for (gsize i = 0; grey != NULL && i < n; i++)
    {
      float value = (image->rgb[i] + image->rgb[n + i] + image->rgb[2 * n + i]) / 3.0f;

      grey[i] = (guint8) (CLAMP ((value + 1.0f) * 127.5f, 0.0f, 255.0f) + 0.5f);
      if (transparent != NULL && transparent[i])
        grey[i] = 0;
    }
  return grey;
}
