/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-preview-widget.c: the preview and the readout in a window without
 * GIMP: what they show is what the engine makes.  Needs a display.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "preview.h"
#include "preview-canvas.h"
#include "preview-private.h"
#include "readout.h"
#include "scale.h"
#include "window-fixture.h"

#define READY    "As the result will be*"
#define DRAFT    "Draft, step*"
#define FINAL    "Restoring, step*"

typedef struct
{
  WindowFixture  window;
  DifUiPreview  *preview;
} Bench;

static void
bench_open (Bench   *bench,
            Fixture *fixture,
            int      width,
            int      height)
{
  WindowFixture *window = &bench->window;

  window_fixture_init (window, fixture, width, height);
  bench->preview = DIF_UI_PREVIEW (
    dif_ui_preview_new (&window->layer.host, window->worker, window->whole));
  window_fixture_show (window, GTK_WIDGET (bench->preview));
  dif_ui_preview_set_params (bench->preview, &window->params);
  dif_ui_preview_set_model (bench->preview, window->model, NULL);
  dif_ui_preview_set_zoom (bench->preview, 1.0);
}

static void
show (Bench     *bench,
      DifUiView  view)
{
  gtk_toggle_button_set_active (
    GTK_TOGGLE_BUTTON (bench->preview->buttons[view]), TRUE);
}

/* The layer as a picture. */
static DifImage *
layer_image (Bench *bench)
{
  const DifUiHost *host = &bench->window.layer.host;
  DifImage        *image = dif_image_new (host->width, host->height, NULL);
  gsize            plane = (gsize) image->width * image->height;
  int              x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < image->height; y++)
      for (x = 0; x < image->width; x++)
        image->rgb[c * plane + (gsize) y * image->width + x] =
          fixture_value (x, y, c);
  return image;
}

/* Whether two pictures of one size are the same. */
static gboolean
alike (cairo_surface_t *one,
       cairo_surface_t *other)
{
  return memcmp (cairo_image_surface_get_data (one),
                 cairo_image_surface_get_data (other),
                 (gsize) cairo_image_surface_get_stride (one)
                 * cairo_image_surface_get_height (one)) == 0;
}

/* What the canvas shows now. */
static cairo_surface_t *
picture_of (Bench     *bench,
            GtkWidget *canvas)
{
  cairo_surface_t *made = cairo_image_surface_create (
    CAIRO_FORMAT_RGB24, gtk_widget_get_allocated_width (canvas),
    gtk_widget_get_allocated_height (canvas));
  cairo_t         *cr = cairo_create (made);
  int              x, y;

  gtk_widget_translate_coordinates (canvas, bench->window.top, 0, 0, &x, &y);
  cairo_set_source_surface (cr, gtk_offscreen_window_get_surface (
                              GTK_OFFSCREEN_WINDOW (bench->window.top)), -x, -y);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_flush (made);
  return made;
}

/* What the canvas shows once it is none of the n pictures before and has
 * stayed the same for a while.
 */
static cairo_surface_t *
shown (Bench            *bench,
       cairo_surface_t **before,
       int               n)
{
  GtkWidget       *canvas = window_fixture_look_up (
    bench->window.top, GTK_TYPE_DRAWING_AREA, NULL);
  cairo_surface_t *last = NULL;
  gint64           since = g_get_monotonic_time ();
  gint64           end = since + WINDOW_PATIENCE * G_USEC_PER_SEC;

  while (! last || g_get_monotonic_time () < since + G_USEC_PER_SEC / 5)
    {
      cairo_surface_t *found;
      gboolean         same;
      int              i;

      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      found = picture_of (bench, canvas);
      same = last && alike (found, last);
      for (i = 0; i < n; i++)
        same = same && ! alike (found, before[i]);
      if (! same)
        since = g_get_monotonic_time ();
      g_clear_pointer (&last, cairo_surface_destroy);
      last = found;
      g_usleep (G_USEC_PER_SEC / 100);
    }
  return last;
}

/* The value at x, y of a picture, in 8 bits. */
static int
value_at (cairo_surface_t *picture,
          int              x,
          int              y,
          int              c)
{
  const guchar *row = cairo_image_surface_get_data (picture)
                      + y * cairo_image_surface_get_stride (picture);

  return (int) (((const guint32 *) row)[x] >> (16 - 8 * c) & 255);
}

/* The greatest difference between what a canvas shows and an image whose
 * corner lies at x, y of it, in 8 bits.
 */
static int
far (cairo_surface_t *picture,
     const DifImage  *image,
     int              x,
     int              y)
{
  gsize plane = (gsize) image->width * image->height;
  int   left = MAX (x, 0) + 2, top = MAX (y, 0) + 2;
  int   right = MIN (x + image->width, cairo_image_surface_get_width (picture)) - 2;
  int   bottom = MIN (y + image->height, cairo_image_surface_get_height (picture)) - 2;
  int   most = 0, i, j, c;

  g_assert_cmpint (right - left, >, 100);
  g_assert_cmpint (bottom - top, >, 60);
  for (c = 0; c < 3; c++)
    for (j = top; j < bottom; j++)
      for (i = left; i < right; i++)
        {
          float value = image->rgb[c * plane + (gsize) (j - y) * image->width
                                   + (i - x)];
          int   wanted = (int) lrintf (CLAMP ((value + 1.0f) * 127.5f, 0.0f,
                                              255.0f));

          most = MAX (most, ABS (value_at (picture, i, j, c) - wanted));
        }
  return most;
}

/* Where in the picture the layer lies, which it shows as it is. */
static void
find_place (cairo_surface_t *picture,
            const DifImage  *layer,
            int             *x,
            int             *y)
{
  int left = (cairo_image_surface_get_width (picture) - layer->width) / 2;
  int top = (cairo_image_surface_get_height (picture) - layer->height) / 2;

  for (*x = left - 2; *x <= left + 2; ++*x)
    for (*y = top - 2; *y <= top + 2; ++*y)
      if (far (picture, layer, *x, *y) <= 1)
        return;
  g_error ("the layer is not seen as it is");
}

/* Tests -------------------------------------------------------------- */

/* At 100 % the preview shows the pixels that the run then makes. */
static void
check_run (Fixture *fixture,
           int      width,
           int      height)
{
  Bench                 bench;
  g_autoptr (GPtrArray) results = NULL;
  cairo_surface_t      *restored, *source;
  DifImage             *layer;
  int                   x, y;

  bench_open (&bench, fixture, width, height);
  dif_params_set_quality (&bench.window.params, DIF_QUALITY_DRAFT);
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  show (&bench, DIF_UI_VIEW_RESTORED);
  window_fixture_wait (&bench.window, READY);
  restored = shown (&bench, NULL, 0);
  show (&bench, DIF_UI_VIEW_SOURCE);
  source = shown (&bench, &restored, 1);

  layer = layer_image (&bench);
  find_place (source, layer, &x, &y);
  g_assert_cmpint (far (restored, layer, x, y), >, 10);
  results = fixture_run (bench.window.model, layer, bench.window.params);
  g_assert_cmpint (far (restored, g_ptr_array_index (results, 0), x, y), <=, 1);
  cairo_surface_destroy (restored);
  cairo_surface_destroy (source);
  window_fixture_close (&bench.window);
}

static void
test_run (Fixture       *fixture,
          gconstpointer  data)
{
  check_run (fixture, 240, 136);
}

/* Also in the middle of many tiles. */
static void
test_tiles (Fixture       *fixture,
            gconstpointer  data)
{
  check_run (fixture, 1000, 260);
}

/* What is made of the layer's own parts likewise, whatever is seen of it; there is no
 * noise to be seen then.
 */
static void
test_parts (Fixture       *fixture,
            gconstpointer  data)
{
  Bench                 bench;
  g_autoptr (GPtrArray) results = NULL;
  GtkWidget           **buttons;
  cairo_surface_t      *made, *source;
  DifUiPicture         *restored;
  DifImage             *layer;
  int                   x, y;

  bench_open (&bench, fixture, 140, 96);
  buttons = bench.preview->buttons;
  g_assert_true (gtk_widget_get_visible (buttons[DIF_UI_VIEW_NOISED]));
  bench.window.params.made_of = DIF_MADE_OF_LAYER;
  bench.window.params.strength = 0.8;
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  g_assert_false (gtk_widget_get_visible (buttons[DIF_UI_VIEW_NOISED]));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (
                                           buttons[DIF_UI_VIEW_RESTORED])),
                   ==, "Variation");
  show (&bench, DIF_UI_VIEW_RESTORED);
  window_fixture_wait (&bench.window, READY);
  made = shown (&bench, NULL, 0);
  show (&bench, DIF_UI_VIEW_SOURCE);
  source = shown (&bench, &made, 1);

  layer = layer_image (&bench);
  find_place (source, layer, &x, &y);
  g_assert_cmpint (far (made, layer, x, y), >, 10);
  results = fixture_run (bench.window.model, layer, bench.window.params);
  g_assert_cmpint (far (made, g_ptr_array_index (results, 0), x, y), <=, 1);

  /* Elsewhere it is there already. */
  restored = bench.preview->restored;
  dif_ui_preview_set_zoom (bench.preview, 4.0);
  dif_ui_preview_set_zoom (bench.preview, 0.5);
  window_fixture_wait (&bench.window, "As the result will be");
  g_assert_true (bench.preview->restored == restored);
  cairo_surface_destroy (made);
  cairo_surface_destroy (source);
  window_fixture_close (&bench.window);
}

/* How far small is from a run with these parameters, reduced, in dB. */
static double
psnr_to_run (Bench           *bench,
             const DifParams *params,
             const DifImage  *small)
{
  g_autoptr (GPtrArray) results = fixture_run (bench->window.model,
                                               layer_image (bench), *params);
  g_autoptr (DifImage)  wanted = dif_ui_scale (g_ptr_array_index (results, 0), 400,
                                               280, &(DifRect) { 0, 0, 400, 280 },
                                               small->width, small->height, NULL);
  gsize                 n = (gsize) 3 * small->width * small->height, i;
  double                sum = 0.0;

  for (i = 0; i < n; i++)
    sum += pow ((wanted->rgb[i] - small->rgb[i]) / 2.0, 2.0);
  g_test_message ("%.1f dB", -10.0 * log10 (sum / n));
  return -10.0 * log10 (sum / n);
}

/* In a small view a smaller picture is made, by the same decisions: finer levels move
 * what is in it by little, and another seed is elsewhere.
 */
static void
test_parts_small (Fixture       *fixture,
                  gconstpointer  data)
{
  Bench           bench;
  const DifImage *small;
  DifParams       other;
  double          near;

  bench_open (&bench, fixture, 400, 280);
  bench.window.params.made_of = DIF_MADE_OF_LAYER;
  bench.window.params.strength = 0.8;
  dif_ui_preview_set_zoom (bench.preview, 0.25);
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  window_fixture_wait (&bench.window, "As the result will be, reduced to 25 %");
  small = bench.preview->restored->rgb;
  g_assert_cmpint (small->height, >=, 70);
  g_assert_cmpint (small->height, <, 280);
  near = psnr_to_run (&bench, &bench.window.params, small);
  g_assert_cmpfloat (near, >, 19.0);
  other = bench.window.params;
  other.seed += 1;
  g_assert_cmpfloat (near, >, psnr_to_run (&bench, &other, small) + 3.0);
  window_fixture_close (&bench.window);
}

/* What is left of the picture's power at t, by the cosine schedule. */
static double
left_alpha (double t)
{
  double share = cos ((t / 1000.0 + 0.008) / 1.008 * G_PI / 2.0);
  double all = cos (0.008 / 1.008 * G_PI / 2.0);

  return share * share / (all * all);
}

/* The noised view is the closed form, with the same noise at every
 * strength.
 */
static void
test_noised (Fixture       *fixture,
             gconstpointer  data)
{
  static const double strengths[] = { 0.15, 0.3 };
  Bench      bench;
  cairo_surface_t *pictures[3] = { NULL };
  double     keep[2], add[2], worst = 0.0;
  DifImage  *layer;
  gsize      plane;
  int        x, y, i, j, c, count = 0;

  bench_open (&bench, fixture, 240, 136);
  show (&bench, DIF_UI_VIEW_SOURCE);
  pictures[0] = shown (&bench, NULL, 0);
  layer = layer_image (&bench);
  plane = (gsize) layer->width * layer->height;
  find_place (pictures[0], layer, &x, &y);
  show (&bench, DIF_UI_VIEW_NOISED);
  for (i = 0; i < 2; i++)
    {
      bench.window.params.strength = strengths[i];
      dif_ui_preview_set_params (bench.preview, &bench.window.params);
      pictures[i + 1] = shown (&bench, pictures, i + 1);
      keep[i] = sqrt (left_alpha (1000.0 * strengths[i]));
      add[i] = sqrt (1.0 - left_alpha (1000.0 * strengths[i]));
    }

  for (c = 0; c < 3; c++)
    for (j = 2; j < layer->height - 2; j++)
      for (i = 2; i < layer->width - 2; i++)
        {
          double plain = layer->rgb[c * plane + (gsize) j * layer->width + i];
          int    few = value_at (pictures[1], x + i, y + j, c);
          int    some = value_at (pictures[2], x + i, y + j, c);
          double noise = (few / 127.5 - 1.0 - keep[0] * plain) / add[0];

          if (few == 0 || few == 255 || some == 0 || some == 255)
            continue;
          worst = MAX (worst, fabs ((keep[1] * plain + add[1] * noise + 1.0)
                                    * 127.5 - some));
          count++;
        }
  g_assert_cmpint (count, >, 20000);
  /* Both values are rounded, and the first one's error grows. */
  g_test_message ("off by %.2f of 255 at most", worst);
  g_assert_cmpfloat (worst, <, 0.6 + 0.6 * add[1] / add[0] + 0.2);
  dif_image_free (layer);
  for (i = 0; i < 3; i++)
    cairo_surface_destroy (pictures[i]);
  window_fixture_close (&bench.window);
}

/* A change is followed by a draft, then by the final steps. */
static void
test_states (Fixture       *fixture,
             gconstpointer  data)
{
  Bench bench;

  bench_open (&bench, fixture, 400, 200);
  window_fixture_wait (&bench.window, READY);
  bench.window.params.strength = 0.56;
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  window_fixture_wait (&bench.window, DRAFT);
  g_assert_false (window_fixture_says (&bench.window, READY));
  window_fixture_wait (&bench.window, FINAL);
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (
    window_fixture_look_up (bench.window.top, GTK_TYPE_LABEL, FINAL))), "of 12"));
  window_fixture_wait (&bench.window, READY);
  window_fixture_close (&bench.window);
}

/* It can go away whatever it is doing. */
static void
test_busy (Fixture       *fixture,
           gconstpointer  data)
{
  static const char *const states[] = { "*", DRAFT, FINAL };
  guint                    i;

  for (i = 0; i < G_N_ELEMENTS (states); i++)
    {
      Bench bench;

      bench_open (&bench, fixture, 1900, 400);
      window_fixture_wait (&bench.window, states[i]);
      g_assert_false (window_fixture_says (&bench.window, READY));
      window_fixture_close (&bench.window);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

/* Restoring ---------------------------------------------------------- */

#define SIGMA 0.15

/* White noise, the same at every value. */
static DifLayerNoise
white_noise (double sigma)
{
  DifLayerNoise noise = { .deviation = sigma, .coarseness = 1.0 };
  int           c;

  for (c = 0; c < 3; c++)
    noise.base[c] = noise.least[c] = noise.most[c] = sigma * sigma;
  return noise;
}

static void
bench_restore (Bench   *bench,
               Fixture *fixture,
               int      width,
               int      height)
{
  bench_open (bench, fixture, width, height);
  bench->window.params.task = DIF_JOB_RESTORE;
  dif_ui_preview_set_params (bench->preview, &bench->window.params);
}

/* What a run makes of the layer, which has that noise. */
static DifImage *
restored_layer (Bench               *bench,
                const DifLayerNoise *noise)
{
  DifImage *layer = layer_image (bench), *result;
  DifRect   whole = { 0, 0, layer->width, layer->height };
  DifJob   *job = dif_job_new_restore (bench->window.model, layer, whole.width,
                                       whole.height, &whole, noise,
                                       &bench->window.params, NULL);

  g_assert_nonnull (job);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  result = dif_job_take_result (job, 0);
  dif_job_free (job);
  return result;
}

/* At 100 % the preview shows what the run then makes, by the same noise. */
static void
check_restored (Fixture *fixture,
                int      width,
                int      height)
{
  DifLayerNoise    noise = white_noise (SIGMA);
  Bench            bench;
  cairo_surface_t *restored, *source;
  DifImage        *layer, *result;
  int              x, y;

  bench_restore (&bench, fixture, width, height);
  window_fixture_wait (&bench.window, "Measuring the noise*");
  dif_ui_preview_set_noise (bench.preview, &noise, NULL);
  show (&bench, DIF_UI_VIEW_RESTORED);
  window_fixture_wait (&bench.window, READY);
  restored = shown (&bench, NULL, 0);
  show (&bench, DIF_UI_VIEW_SOURCE);
  source = shown (&bench, &restored, 1);

  layer = layer_image (&bench);
  find_place (source, layer, &x, &y);
  g_assert_cmpint (far (restored, layer, x, y), >, 10);
  result = restored_layer (&bench, &noise);
  g_assert_cmpint (far (restored, result, x, y), <=, 1);
  dif_image_free (layer);
  dif_image_free (result);
  cairo_surface_destroy (restored);
  cairo_surface_destroy (source);
  window_fixture_close (&bench.window);
}

static void
test_restored (Fixture       *fixture,
               gconstpointer  data)
{
  check_restored (fixture, 240, 136);
}

static void
test_restored_tiles (Fixture       *fixture,
                     gconstpointer  data)
{
  check_restored (fixture, 1000, 260);
}

/* The noise of a layer that is seen reduced is less, and so is what is done. */
static void
test_restored_small (Fixture       *fixture,
                     gconstpointer  data)
{
  DifLayerNoise    noise = white_noise (SIGMA);
  Bench            bench;
  cairo_surface_t *pictures[3] = { NULL };
  int              i;

  bench_restore (&bench, fixture, 600, 400);
  dif_ui_preview_set_zoom (bench.preview, 0.3);
  show (&bench, DIF_UI_VIEW_SOURCE);
  pictures[0] = shown (&bench, NULL, 0);
  show (&bench, DIF_UI_VIEW_RESTORED);
  for (i = 1; i < 3; i++)
    {
      dif_ui_preview_set_noise (bench.preview, &noise, NULL);
      window_fixture_wait (&bench.window, "As the result will be, reduced*");
      pictures[i] = shown (&bench, pictures, i);
      noise = white_noise (3.0 * SIGMA);
    }
  /* Little of it is left, so that there is nothing to do. */
  noise = white_noise (0.005);
  dif_ui_preview_set_noise (bench.preview, &noise, NULL);
  window_fixture_wait (&bench.window, "Hardly any noise: nothing changes");
  dif_ui_preview_set_zoom (bench.preview, 1.0);
  window_fixture_wait (&bench.window, READY);
  for (i = 0; i < 3; i++)
    cairo_surface_destroy (pictures[i]);
  window_fixture_close (&bench.window);
}

/* What is said where nothing is made, and which views there are. */
static void
test_restored_words (Fixture       *fixture,
                     gconstpointer  data)
{
  DifLayerNoise noise = white_noise (SIGMA);
  Bench         bench;
  GtkWidget    *noised;

  bench_open (&bench, fixture, 240, 136);
  noised = bench.preview->buttons[DIF_UI_VIEW_NOISED];
  show (&bench, DIF_UI_VIEW_NOISED);
  g_assert_true (gtk_widget_get_visible (noised));
  bench.window.params.task = DIF_JOB_RESTORE;
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  g_assert_false (gtk_widget_get_visible (noised));
  g_assert_cmpint (bench.preview->view, ==, DIF_UI_VIEW_SPLIT);
  window_fixture_wait (&bench.window, "Measuring the noise*");
  dif_ui_preview_set_noise (bench.preview, NULL, "It cannot be measured.");
  window_fixture_wait (&bench.window, "It cannot be measured.");
  dif_ui_preview_set_noise (bench.preview, &noise, NULL);
  window_fixture_wait (&bench.window, READY);
  bench.window.params.amount = 0.0;
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  window_fixture_wait (&bench.window, "At amount 0 nothing changes");
  bench.window.params.amount = 1.0;
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  noise = white_noise (1e-4);
  dif_ui_preview_set_noise (bench.preview, &noise, NULL);
  window_fixture_wait (&bench.window, "Hardly any noise: nothing changes");
  bench.window.params.task = DIF_JOB_VARY;
  dif_ui_preview_set_params (bench.preview, &bench.window.params);
  g_assert_true (gtk_widget_get_visible (noised));
  window_fixture_wait (&bench.window, READY);
  window_fixture_close (&bench.window);
}

/* It can go away whatever it is doing. */
static void
test_restored_busy (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char *const states[] = { "Measuring*", "Restoring*" };
  DifLayerNoise            noise = white_noise (SIGMA);
  guint                    i;

  for (i = 0; i < G_N_ELEMENTS (states); i++)
    {
      Bench bench;

      bench_restore (&bench, fixture, 1900, 400);
      bench.window.params.draws = 8;
      dif_ui_preview_set_params (bench.preview, &bench.window.params);
      if (i > 0)
        dif_ui_preview_set_noise (bench.preview, &noise, NULL);
      window_fixture_wait (&bench.window, states[i]);
      g_assert_false (window_fixture_says (&bench.window, READY));
      window_fixture_close (&bench.window);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
test_noise_readout (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (fixture);
  GtkWidget           *readout = g_object_ref_sink (dif_ui_readout_new (
    DIF_UI_READOUT_NOISE));
  DifUiLayerSize       layer = { 4000, 3000, 3, 100, 100 };
  DifParams            params = dif_params_default ();
  GtkWidget           *label;
  double               memory;
  int                  one, two;

  params.made_of = DIF_MADE_OF_MODEL;
  params.task = DIF_JOB_RESTORE;
  params.num_variations = 1;
  dif_ui_readout_set_noise (readout, "Noise 12 of 255");
  /* Longer words move nothing. */
  label = window_fixture_look_up (readout, GTK_TYPE_LABEL, "Noise 12 of 255");
  gtk_widget_get_preferred_height_for_width (label, 330, &one, NULL);
  dif_ui_readout_set_noise (readout, "Noise 12 of 255, more in the shadows, "
                                     "correlated over 2 px, and more words");
  gtk_widget_get_preferred_height_for_width (label, 330, &two, NULL);
  g_assert_cmpint (one, ==, two);
  gtk_widget_get_preferred_height_for_width (label, 3000, &two, NULL);
  g_assert_cmpint (one, ==, two);
  dif_ui_readout_set_noise (readout, "Noise 12 of 255");
  dif_ui_readout_set (readout, NULL, &layer, 1, &params, 0, 1.0);
  g_assert_nonnull (window_fixture_look_up (readout, GTK_TYPE_LABEL,
                                            "Noise 12 of 255"));
  dif_ui_readout_set (readout, model, &layer, 1, &params, 0, 100.0);
  g_assert_nonnull (window_fixture_look_up (readout, GTK_TYPE_LABEL,
                                            "about * s"));
  /* All of the layer is measured, in float32 with its alpha: 183 MiB, beside a
   * copy and the result.
   */
  label = window_fixture_look_up (readout, GTK_TYPE_LABEL, "*MiB");
  g_assert_nonnull (label);
  memory = g_ascii_strtod (gtk_label_get_text (GTK_LABEL (label)), NULL);
  g_assert_cmpfloat (memory, >, 183.0 + 2 * 34.0);
  g_assert_cmpfloat (memory, <, 183.0 + 2 * 34.5 + 20.0);
  g_assert_null (window_fixture_look_up (readout, GTK_TYPE_LABEL, "t = *"));
  g_object_unref (readout);
}

/* The figures below the slider. */
static void
test_readout (Fixture       *fixture,
              gconstpointer  data)
{
  static const double strengths[] = { 0.15, 0.3, 0.6 };
  g_autoptr (DifModel) model = fixture_load (fixture);
  GtkWidget           *readout = g_object_ref_sink (dif_ui_readout_new (
    DIF_UI_READOUT_CHAIN));
  DifUiLayerSize         layer = { 240, 136, 3, 240, 136 };
  DifParams            params = dif_params_default ();
  guint                i;

  params.made_of = DIF_MADE_OF_MODEL;
  dif_params_set_quality (&params, DIF_QUALITY_DRAFT);
  for (i = 0; i < G_N_ELEMENTS (strengths); i++)
    {
      double           t = 1000.0 * strengths[i], left, right;
      double           ratio = left_alpha (t) / (1.0 - left_alpha (t));
      g_autofree char *turn = g_strdup_printf ("t = %.0f of 1000", t);
      GtkWidget       *label;
      const char      *text;

      params.strength = strengths[i];
      dif_ui_readout_set (readout, model, &layer, 1, &params, 0, -1.0);
      g_assert_nonnull (window_fixture_look_up (readout, GTK_TYPE_LABEL, turn));
      g_assert_nonnull (window_fixture_look_up (readout, GTK_TYPE_LABEL, "6"));
      label = window_fixture_look_up (readout, GTK_TYPE_LABEL, "* : * (* dB)");
      g_assert_nonnull (label);
      text = gtk_label_get_text (GTK_LABEL (label));
      left = g_ascii_strtod (text, NULL);
      right = g_ascii_strtod (strstr (text, " : ") + 3, NULL);
      g_assert_cmpfloat (fabs (left / right / ratio - 1.0), <, 0.01);
    }
  g_object_unref (readout);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init (&argc, &argv);
  fixture_add ("/preview-widget/run", test_run, NULL);
  fixture_add ("/preview-widget/tiles", test_tiles, NULL);
  fixture_add ("/preview-widget/parts", test_parts, NULL);
  fixture_add ("/preview-widget/parts-small", test_parts_small, NULL);
  fixture_add ("/preview-widget/noised", test_noised, NULL);
  fixture_add ("/preview-widget/states", test_states, NULL);
  fixture_add ("/preview-widget/busy", test_busy, NULL);
  fixture_add ("/preview-widget/restored", test_restored, NULL);
  fixture_add ("/preview-widget/restored-tiles", test_restored_tiles, NULL);
  fixture_add ("/preview-widget/restored-small", test_restored_small, NULL);
  fixture_add ("/preview-widget/restored-words", test_restored_words, NULL);
  fixture_add ("/preview-widget/restored-busy", test_restored_busy, NULL);
  fixture_add ("/preview-widget/noise-readout", test_noise_readout, NULL);
  fixture_add ("/preview-widget/readout", test_readout, NULL);
  return g_test_run ();
}
