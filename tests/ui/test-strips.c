/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-strips.c: the small variations and the chain in a window without
 * GIMP: which seeds are offered, what stays ticked, what the pictures show.
 * Needs a display.
 */

#include <string.h>

#include "film.h"
#include "picker.h"
#include "window-fixture.h"

/* Controls ----------------------------------------------------------- */

typedef struct
{
  GType      type;
  GPtrArray *found;
} Gather;

static void
gather (GtkWidget *widget,
        gpointer   data)
{
  Gather *all = data;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, all->type))
    g_ptr_array_add (all->found, widget);
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), gather, data);
}

/* All widgets of a type within another, in order. */
static GPtrArray *
all_of (GtkWidget *within,
        GType      type)
{
  Gather all = { type, g_ptr_array_new () };

  gather (within, &all);
  return all.found;
}

static const char *
name_of (gpointer widget)
{
  const char *name = atk_object_get_name (gtk_widget_get_accessible (widget));

  return name ? name : "";
}

/* The button or check box that has such a label. */
static GtkWidget *
button (WindowFixture *window,
        const char    *text)
{
  GtkWidget *label = window_fixture_look_up (window->top, GTK_TYPE_LABEL, text);

  g_assert_nonnull (label);
  return gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);
}

static void
press (WindowFixture *window,
       const char    *text)
{
  GtkWidget *widget = button (window, text);

  g_assert_true (gtk_widget_is_sensitive (widget));
  gtk_button_clicked (GTK_BUTTON (widget));
}

/* Pictures ----------------------------------------------------------- */

/* Whether all images are there, finished, and no two of them the same. */
static gboolean
all_differ (GPtrArray *images)
{
  guint i, j;

  for (i = 0; i < images->len; i++)
    {
      cairo_surface_t *one = NULL;

      g_object_get (images->pdata[i], "surface", &one, NULL);
      if (! one || gtk_widget_get_opacity (images->pdata[i]) < 0.9)
        {
          g_clear_pointer (&one, cairo_surface_destroy);
          return FALSE;
        }
      for (j = 0; j < i; j++)
        {
          cairo_surface_t *other = NULL;
          gboolean         same;

          g_object_get (images->pdata[j], "surface", &other, NULL);
          same = memcmp (cairo_image_surface_get_data (one),
                         cairo_image_surface_get_data (other),
                         (gsize) cairo_image_surface_get_stride (one)
                         * cairo_image_surface_get_height (one)) == 0;
          cairo_surface_destroy (other);
          if (same)
            {
              cairo_surface_destroy (one);
              return FALSE;
            }
        }
      cairo_surface_destroy (one);
    }
  return TRUE;
}

static void
wait_pictures (WindowFixture *window,
               guint          number)
{
  g_autoptr (GPtrArray) images = all_of (window->top, GTK_TYPE_IMAGE);
  gint64                end = g_get_monotonic_time ()
                              + WINDOW_PATIENCE * G_USEC_PER_SEC;

  g_assert_cmpuint (images->len, ==, number);
  while (! all_differ (images))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (G_USEC_PER_SEC / 100);
    }
}

/* The picker --------------------------------------------------------- */

/* As the dialog does: what the user has ticked is ticked for good. */
static void
on_changed (DifUiPicker *picker,
            gpointer   data)
{
  g_autoptr (GArray) picks = dif_ui_picker_get_picks (picker);

  dif_ui_picker_set_picks (picker, picks);
}

static DifUiPicker *
open_picker (WindowFixture *window,
             Fixture       *fixture)
{
  DifUiPicker *picker;

  window_fixture_init (window, fixture, 240, 136);
  picker = DIF_UI_PICKER (dif_ui_picker_new (&window->layer.host, window->worker,
                                             window->whole));
  g_signal_connect (picker, "changed", G_CALLBACK (on_changed), NULL);
  window_fixture_show (window, GTK_WIDGET (picker));
  dif_ui_picker_set_params (picker, &window->params);
  dif_ui_picker_set_model (picker, window->model);
  dif_ui_picker_set_active (picker, TRUE);
  return picker;
}

/* The names of the small variations that begin so, one a line. */
static char *
names (WindowFixture *window,
       const char    *start)
{
  g_autoptr (GPtrArray) tiles = all_of (window->top, GTK_TYPE_FLOW_BOX_CHILD);
  GString              *text = g_string_new (NULL);
  guint                 i;

  for (i = 0; i < tiles->len; i++)
    if (g_str_has_prefix (name_of (tiles->pdata[i]), start))
      g_string_append_printf (text, "%s\n", name_of (tiles->pdata[i]));
  return g_string_free (text, FALSE);
}

static int
lines (const char *text)
{
  int n = 0;

  for (; *text; text++)
    n += *text == '\n';
  return n;
}

/* Selects the first small variation whose name begins so, which shows it in
 * the preview; its name.
 */
static char *
choose (WindowFixture *window,
        const char    *start)
{
  g_autoptr (GPtrArray) tiles = all_of (window->top, GTK_TYPE_FLOW_BOX_CHILD);
  guint                 i;

  for (i = 0; i < tiles->len; i++)
    if (g_str_has_prefix (name_of (tiles->pdata[i]), start))
      {
        GtkWidget *flow = gtk_widget_get_parent (tiles->pdata[i]);

        gtk_flow_box_select_child (GTK_FLOW_BOX (flow), tiles->pdata[i]);
        g_signal_emit_by_name (flow, "child-activated", tiles->pdata[i]);
        return g_strdup (name_of (tiles->pdata[i]));
      }
  g_assert_not_reached ();
  return NULL;
}

#define TICKED "Variation with seed 18, ticked\n"

static void
check_ticked (WindowFixture *window)
{
  g_autofree char *found = names (window, "Variation with seed 18");

  g_assert_cmpstr (found, ==, TICKED);
}

/* Six seeds from the first on, and as many pictures. */
static void
test_seeds (Fixture       *fixture,
            gconstpointer  data)
{
  WindowFixture    window;
  g_autofree char *found = NULL;

  open_picker (&window, fixture);
  found = names (&window, "");
  g_assert_cmpstr (found, ==,
                   "Variation with seed 17\nVariation with seed 18\n"
                   "Variation with seed 19\nVariation with seed 20\n"
                   "Variation with seed 21\nVariation with seed 22\n");
  wait_pictures (&window, 6);
  window_fixture_close (&window);
}

/* More like this keeps the seed, Re-roll takes others, ticks stay. */
static void
test_near (Fixture       *fixture,
           gconstpointer  data)
{
  WindowFixture      window;
  DifUiPicker         *picker = open_picker (&window, fixture);
  DifUiPick            pick;
  g_autoptr (GArray) picks = NULL;
  g_autofree char   *first = NULL, *near = NULL, *nearer = NULL, *start = NULL;
  g_autofree char   *before = NULL, *after = NULL;
  g_auto (GStrv)     each = NULL;
  int                i;

  press (&window, "18");
  check_ticked (&window);
  g_assert_false (gtk_widget_is_sensitive (button (&window, "More like this")));
  first = choose (&window, "Variation with seed 17");
  g_assert_true (dif_ui_picker_get_shown (picker, &pick));
  g_assert_cmpuint (pick.seed, ==, 17);
  press (&window, "More like this");
  near = names (&window, "Variation with seed 17 near ");
  g_assert_cmpint (lines (near), ==, 4);
  check_ticked (&window);
  wait_pictures (&window, 6);

  start = choose (&window, "Variation with seed 17 near ");
  *strchr (start, ',') = '\0';
  press (&window, "More like this");
  nearer = names (&window, start);
  g_assert_cmpint (lines (nearer), ==, 5);

  before = names (&window, "");
  press (&window, "Re-roll");
  after = names (&window, "");
  g_assert_null (strstr (after, " near "));
  each = g_strsplit (before, "\n", -1);
  for (i = 0; each[i]; i++)
    if (*each[i] && ! g_str_has_suffix (each[i], "ticked"))
      {
        g_autofree char *line = g_strconcat (each[i], "\n", NULL);

        g_assert_null (strstr (after, line));
      }
  check_ticked (&window);
  picks = dif_ui_picker_get_picks (picker);
  g_assert_cmpuint (picks->len, ==, 1);
  g_assert_cmpuint (g_array_index (picks, DifUiPick, 0).seed, ==, 18);
  window_fixture_close (&window);
}

/* The chain ---------------------------------------------------------- */

static void
on_save (DifUiFilm *film,
         gpointer data)
{
  ++*(int *) data;
}

/* From the layer into noise and back, each picture another. */
static void
test_chain (Fixture       *fixture,
            gconstpointer  data)
{
  WindowFixture         window;
  DifUiFilm              *film;
  g_autoptr (GPtrArray) images = NULL;
  int                   saved = 0;

  window_fixture_init (&window, fixture, 240, 136);
  film = DIF_UI_FILM (dif_ui_film_new (&window.layer.host, window.worker,
                                 gtk_label_new ("where")));
  g_signal_connect (film, "save", G_CALLBACK (on_save), &saved);
  window_fixture_show (&window, GTK_WIDGET (film));
  dif_ui_film_set_params (film, &window.params);
  dif_ui_film_set_model (film, window.model);
  dif_ui_film_set_active (film, TRUE);
  window_fixture_wait (&window, "Result, t = 0");
  g_assert_true (window_fixture_says (&window, "Layer, t = 0"));
  images = all_of (window.top, GTK_TYPE_IMAGE);
  wait_pictures (&window, images->len);
  g_assert_cmpuint (images->len, >, 3);
  /* The grid has its last child first. */
  g_assert_cmpstr (name_of (images->pdata[0]), ==, "The result");
  g_assert_cmpstr (name_of (images->pdata[images->len - 1]), ==, "The layer");
  g_assert_true (window_fixture_says (&window, "where"));
  g_assert_cmpint (dif_ui_film_get_frames (film), ==, 24);
  press (&window, "Save chain as layers");
  g_assert_cmpint (saved, ==, 1);
  window_fixture_close (&window);
}

/* At strength 0 there is none to save. */
static void
test_no_chain (Fixture       *fixture,
               gconstpointer  data)
{
  WindowFixture window;
  DifUiFilm      *film;

  window_fixture_init (&window, fixture, 64, 64);
  window.params.strength = 0.0;
  film = DIF_UI_FILM (dif_ui_film_new (&window.layer.host, window.worker,
                                 gtk_label_new ("where")));
  window_fixture_show (&window, GTK_WIDGET (film));
  dif_ui_film_set_params (film, &window.params);
  g_assert_false (gtk_widget_is_sensitive (button (&window,
                                                   "Save chain as layers")));
  window_fixture_close (&window);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init (&argc, &argv);
  fixture_add ("/strips/seeds", test_seeds, NULL);
  fixture_add ("/strips/near", test_near, NULL);
  fixture_add ("/strips/chain", test_chain, NULL);
  fixture_add ("/strips/no-chain", test_no_chain, NULL);
  return g_test_run ();
}
