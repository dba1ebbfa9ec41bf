/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reference-host.c: see reference-host.h.
 */

#include "alloc.h"
#include "drawable-io.h"
#include "reference-host.h"

struct _DifGimpReferenceHost
{
  DifUiHost        host;
  DifGimpReference reference;
};

static DifUiPicture *
read_area (gpointer        data,
           const DifRect  *area,
           int             reduction,
           GError        **error)
{
  DifGimpReferenceHost *host = data;
  GeglRectangle         rect = { area->x, area->y, area->width, area->height };
  float                *rgba = dif_gimp_reference_get (&host->reference, &rect,
                                                       error);
  DifUiPicture         *picture;

  g_return_val_if_fail (reduction == 1, NULL);

  if (! rgba)
    return NULL;
  picture = g_new0 (DifUiPicture, 1);
  picture->rgb = dif_image_new (area->width, area->height, error);
  if (picture->rgb)
    picture->alpha = dif_ui_try_alloc ((gsize) area->width * area->height,
                                       sizeof (float),
                                       "the layer's transparency", error);
  if (picture->alpha)
    dif_gimp_source_put (&rect, &rect, rgba, FALSE, picture->rgb,
                         picture->alpha);
  else
    g_clear_pointer (&picture, dif_ui_picture_free);
  g_free (rgba);
  return picture;
}

DifGimpReferenceHost *
dif_gimp_reference_host_new (GimpDrawable *reference)
{
  DifGimpReferenceHost *host = g_new0 (DifGimpReferenceHost, 1);

  dif_gimp_reference_begin (&host->reference, reference);
  host->host.width = host->reference.width;
  host->host.height = host->reference.height;
  host->host.work = (DifRect) { 0, 0, host->host.width, host->host.height };
  host->host.data = host;
  host->host.read = read_area;
  return host;
}

const DifUiHost *
dif_gimp_reference_host_get (DifGimpReferenceHost *host)
{
  return &host->host;
}

void
dif_gimp_reference_host_free (DifGimpReferenceHost *host)
{
  if (! host)
    return;
  dif_gimp_reference_end (&host->reference);
  g_free (host);
}
