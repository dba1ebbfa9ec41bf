/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-picture.c: what is painted of a picture, and of what is laid over it,
 * as the layer shows it.
 */

#include "picture.h"

#define WIDTH  600      /* more than is worked on at a time */
#define HEIGHT 3

/* The mean of the three for all, and a mark that alpha is not taken. */
static void
show_mean (gconstpointer  format,
           float         *rgba,
           int            n)
{
  int i, c;

  g_assert_cmpstr (format, ==, "grey");
  for (i = 0; i < n; i++)
    {
      float mean = (rgba[4 * i] + rgba[4 * i + 1] + rgba[4 * i + 2]) / 3.0f;

      for (c = 0; c < 3; c++)
        {
          /* As the engine's numbers are once they are clipped. */
          g_assert_true (rgba[4 * i + c] >= 0.0f && rgba[4 * i + c] <= 1.0f);
          rgba[4 * i + c] = mean;
        }
      rgba[4 * i + 3] = 0.0f;
    }
}

static DifImage *
plain (float r,
       float g,
       float b)
{
  DifImage *image = dif_image_new (WIDTH, HEIGHT, NULL);
  float     rgb[3] = { r, g, b };
  gsize     n = (gsize) WIDTH * HEIGHT, i;

  for (i = 0; i < 3 * n; i++)
    image->rgb[i] = rgb[i / n];
  return image;
}

/* The colour that is painted there, 0xRRGGBB. */
static guint32
at (cairo_surface_t *surface,
    int              x,
    int              y)
{
  const unsigned char *data = cairo_image_surface_get_data (surface);
  const guint32       *row = (const guint32 *) (const void *)
    (data + y * cairo_image_surface_get_stride (surface));

  g_assert_cmphex (row[x] >> 24, ==, 0xff);
  return row[x] & 0xffffff;
}

static void
test_show (void)
{
  g_autoptr (DifImage) over = plain (1.4f, -1.0f, -3.0f);
  float               *selected = g_new (float, WIDTH * HEIGHT);
  DifUiPicture         picture = { .rgb = plain (0.0f, 0.0f, 0.0f) };
  DifRect              all = { 0, 0, WIDTH, HEIGHT };
  DifUiOver            laid = { over, { 0, 1, WIDTH, 1 }, 0, 0, 0.0f, 1.0f };
  cairo_surface_t     *surface;
  int                  x;

  for (x = 0; x < WIDTH * HEIGHT; x++)
    selected[x] = x % 3 == 0 ? 0.0f : x % 3 == 1 ? 0.5f : 1.0f;
  picture.selected = selected;

  surface = dif_ui_picture_paint (&picture, &all, &laid, NULL);
  for (x = 0; x < WIDTH; x++)
    {
      g_assert_cmphex (at (surface, x, 0), ==, 0x808080);
      g_assert_cmphex (at (surface, x, 1), ==, x % 3 == 0 ? 0x808080
                                               : x % 3 == 1 ? 0xbf4040
                                                            : 0xff0000);
      g_assert_cmphex (at (surface, x, 2), ==, 0x808080);
    }
  cairo_surface_destroy (surface);

  /* Clipped, then blended, then shown; the layer's own stays as it is. */
  picture.show = show_mean;
  picture.format = "grey";
  picture.rgb->rgb[0] = 1.0f;
  surface = dif_ui_picture_paint (&picture, &all, &laid, NULL);
  g_assert_cmphex (at (surface, 0, 0), ==, 0xff8080);
  for (x = 0; x < WIDTH; x++)
    g_assert_cmphex (at (surface, x, 1), ==, x % 3 == 0 ? 0x808080
                                             : x % 3 == 1 ? 0x6a6a6a
                                                          : 0x555555);
  cairo_surface_destroy (surface);

  /* The forward process likewise. */
  laid.picture_share = 1.0f;
  laid.at.y = 2;
  surface = dif_ui_picture_paint (&picture, &all, &laid, NULL);
  g_assert_cmphex (at (surface, 2, 2), ==, 0x555555);
  cairo_surface_destroy (surface);
  dif_image_free (picture.rgb);
  g_free (selected);
}

/* Where cairo has no surface to give. */
static void
test_no_surface (void)
{
  g_autoptr (DifImage) image = plain (0.0f, 0.0f, 0.0f);
  g_autoptr (GError)   error = NULL;
  DifUiPicture         picture = { .rgb = image };
  DifRect              part = { 0, 0, 40000, 1 };

  g_assert_null (dif_ui_picture_paint (&picture, &part, NULL, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
  g_assert_nonnull (g_strstr_len (error->message, -1, "40000 × 1"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/show", test_show);
  g_test_add_func ("/picture/no-surface", test_no_surface);
  return g_test_run ();
}
