/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * window-fixture.c: see window-fixture.h.
 */

#include "job-fixture.h"
#include "window-fixture.h"

#define WIDTH  900
#define HEIGHT 420

static DifUiPicture * (* read_fixture) (gpointer, const DifRect *, int, GError **);

static DifUiPicture *
read_plain (gpointer        data,
            const DifRect  *area,
            int             reduction,
            GError        **error)
{
  DifUiPicture *picture = read_fixture (data, area, reduction, error);

  if (picture)
    picture->show = NULL;
  return picture;
}

void
window_fixture_init (WindowFixture *window,
                     Fixture       *fixture,
                     int            width,
                     int            height)
{
  *window = (WindowFixture) { .params = dif_params_default () };
  window->params.num_variations = 1;
  window->params.seed = 17;
  window->params.made_of = DIF_MADE_OF_MODEL;
  fixture_host (&window->layer, width, height);
  window->layer.alpha_from = height;
  read_fixture = window->layer.host.read;
  window->layer.host.read = read_plain;
  window->model = fixture_load (fixture);
  window->worker = dif_ui_worker_new ();
  window->whole = dif_ui_whole_new (&window->layer.host);
  window->top = gtk_offscreen_window_new ();
}

void
window_fixture_show (WindowFixture *window,
                     GtkWidget     *widget)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *other = gtk_button_new ();

  gtk_widget_set_size_request (widget, WIDTH, HEIGHT);
  gtk_container_add (GTK_CONTAINER (box), other);
  gtk_container_add (GTK_CONTAINER (box), widget);
  gtk_container_add (GTK_CONTAINER (window->top), box);
  gtk_widget_grab_focus (other);
  gtk_widget_show_all (window->top);
}

void
window_fixture_close (WindowFixture *window)
{
  gtk_widget_destroy (window->top);
  dif_ui_worker_free (window->worker);
  g_clear_object (&window->whole);
  dif_model_unref (window->model);
}

typedef struct
{
  GType       type;
  const char *text;      /* pattern of a label's, or NULL */
  GtkWidget  *found;
} Search;

static void
look (GtkWidget *widget,
      gpointer   data)
{
  Search *search = data;

  if (! search->found && G_TYPE_CHECK_INSTANCE_TYPE (widget, search->type)
      && (! search->text
          || g_pattern_match_simple (
            search->text, gtk_label_get_text (GTK_LABEL (widget)))))
    search->found = widget;
  if (! search->found && GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), look, data);
}

GtkWidget *
window_fixture_look_up (GtkWidget  *within,
                        GType       type,
                        const char *text)
{
  Search search = { type, text, NULL };

  look (within, &search);
  return search.found;
}

gboolean
window_fixture_says (WindowFixture *window,
                     const char    *text)
{
  return window_fixture_look_up (window->top, GTK_TYPE_LABEL, text) != NULL;
}

static gboolean
on_late (gpointer data)
{
  g_error ("waited %d s for \"%s\"", WINDOW_PATIENCE, (const char *) data);
  return G_SOURCE_REMOVE;
}

void
window_fixture_wait (WindowFixture *window,
                     const char    *text)
{
  guint late = g_timeout_add_seconds (WINDOW_PATIENCE, on_late, (gpointer) text);

  while (! window_fixture_says (window, text))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
}

