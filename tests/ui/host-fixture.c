/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * host-fixture.c: see host-fixture.h.
 */

#include <gio/gio.h>

#include "host-fixture.h"

float
fixture_value (int x,
               int y,
               int c)
{
  return (float) ((x * 7 + y * 13 + c * 5) % 101) / 50.0f - 1.0f;
}

float
fixture_alpha (int x,
               int y)
{
  return 0.25f + (float) ((x + y) % 3) / 4.0f;
}

void
fixture_show (gconstpointer  format,
              float         *rgba,
              int            n)
{
  int i;

  for (i = 0; i < 4 * n; i++)
    rgba[i] = 1.0f;
}

static DifUiPicture *
read_area (gpointer        data,
           const DifRect  *area,
           int             reduction,
           GError        **error)
{
  FixtureHost  *host = data;
  DifUiPicture *picture;
  int           w = area->width / reduction, h = area->height / reduction;
  gsize         n = (gsize) w * h;
  int           x, y, c;

  if (++host->reads == host->fails_at)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "No layer.");
      return NULL;
    }
  picture = g_new0 (DifUiPicture, 1);
  picture->show = fixture_show;
  picture->format = host;
  picture->rgb = dif_image_new (w, h, error);
  if (! picture->rgb)
    {
      g_free (picture);
      return NULL;
    }
  if (area->y >= host->alpha_from)
    {
      picture->alpha = g_new (float, n);
      picture->selected = g_new (float, n);
    }
  for (y = 0; y < h; y++)
    for (x = 0; x < w; x++)
      {
        int   lx = area->x + x * reduction, ly = area->y + y * reduction;
        gsize at = (gsize) y * w + x;

        for (c = 0; c < 3; c++)
          picture->rgb->rgb[c * n + at] = fixture_value (lx, ly, c);
        if (picture->alpha)
          picture->alpha[at] = picture->selected[at] = fixture_alpha (lx, ly);
      }
  return picture;
}

void
fixture_host (FixtureHost *host,
              int          width,
              int          height)
{
  *host = (FixtureHost) { .host = { .width = width, .height = height,
                                    .work = { 0, 0, width, height },
                                    .data = host, .read = read_area },
                          .alpha_from = height / 2 };
}
