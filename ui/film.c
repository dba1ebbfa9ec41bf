/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * film.c: a row of small pictures with t below each.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "film.h"
#include "messages.h"
#include "small.h"

#define N_FORWARD 4      /* x_0 and what lies before the turn */
#define N_BACK    4      /* after the turn, x_0' the last     */
#define N_FRAMES  (N_FORWARD + 1 + N_BACK)
#define WIDTH     100
#define HEIGHT    64
#define DELAY     300
#define MIN_FRAMES 4
#define MAX_FRAMES 100

/* In a picture that is reduced further the noise would hardly show. */
#define MAX_REDUCTION 2

typedef struct
{
  GtkWidget *image;
  GtkWidget *caption;
  gboolean   fresh;        /* shows the settings as they are */
} FilmFrame;

struct _DifUiFilm
{
  GtkBox       parent_instance;

  const DifUiHost *host;
  DifUiWorker *worker;
  DifModel    *model;
  DifParams    params;
  DifUiSmall   small;      /* its host is NULL before the first use */
  gboolean     active;
  guint        timer;
  guint        task;
  FilmFrame    frames[N_FRAMES];
  GtkWidget   *words;      /* what the row is, or why it is not there */
  GtkWidget   *count;
  GtkWidget   *where;      /* room for the control of that */
  GtkWidget   *save;
};

G_DEFINE_TYPE (DifUiFilm, dif_ui_film, GTK_TYPE_BOX)

static guint save_signal;

/* Says what the row of frames is or, in place of that, why frames are missing
 * (NULL: none are).
 */
static void
say (DifUiFilm    *film,
     const GError *error)
{
  char *text = error ? dif_ui_message_text (error) : NULL;

  gtk_label_set_text (GTK_LABEL (film->words),
                      text ? text : _("Into noise, to where it turns round, "
                                      "and back"));
  gtk_widget_set_tooltip_text (film->words, text);
  g_free (text);
}

static void
on_failed (const GError *error,
           gpointer      data)
{
  say (data, error);
}

/* Frames ------------------------------------------------------------- */

static void
show_frame (DifUiFilm      *film,
            int             i,
            const DifImage *colours,
            double          t)
{
  FilmFrame *frame = &film->frames[i];
  char      *text;

  if (i == 0)
    text = g_markup_printf_escaped (_("Layer, t = %.0f"), t);
  else if (i == N_FORWARD)
    text = g_markup_printf_escaped (_("<b>t = %.0f</b>"), t);
  else if (i == N_FRAMES - 1)
    text = g_markup_printf_escaped (_("Result, t = %.0f"), t);
  else
    text = g_markup_printf_escaped (_("t = %.0f"), t);
  dif_ui_small_show (&film->small, colours, GTK_IMAGE (frame->image));
  gtk_widget_set_opacity (frame->image, 1.0);
  gtk_label_set_markup (GTK_LABEL (frame->caption), text);
  frame->fresh = TRUE;
  g_free (text);
}

/* Empties the frames that have not been shown since. */
static void
clear_stale (DifUiFilm *film)
{
  int i;

  for (i = 0; i < N_FRAMES; i++)
    if (! film->frames[i].fresh)
      {
        gtk_image_clear (GTK_IMAGE (film->frames[i].image));
        gtk_label_set_text (GTK_LABEL (film->frames[i].caption), "–");
      }
}

/* The layer, then what the job noises: its edges have been joined where
 * results are tileable.
 */
static void
show_forward (DifUiFilm *film)
{
  int i;

  for (i = 0; i <= N_FORWARD; i++)
    {
      DifParams  params = dif_ui_small_params (&film->small, &film->params);
      DifImage  *image = dif_ui_small_copy (&film->small);
      GError    *error = NULL;
      gboolean   good;

      if (! image)
        return;
      good = i == 0 || dif_join_edges (film->model, image, &params, &error);
      params.strength *= (double) i / N_FORWARD;
      if (good && dif_forward (film->model, image, &params, &error))
        show_frame (film, i, image,
                    dif_strength_to_t (film->model, params.strength));
      else
        say (film, error);
      g_clear_error (&error);
      dif_image_free (image);
    }
}

/* The frame that shows this step, or 0 if none does: with few steps some
 * frames stay empty, rather than showing the same again.
 */
static int
frame_of_step (int step,
               int steps)
{
  int i;

  for (i = N_BACK; i > 0 && step > 0; i--)
    if ((int) lround ((double) i * steps / N_BACK) == step)
      return N_FORWARD + i;
  return 0;
}

static void
on_step (int        step,
         int        steps,
         double     t,
         DifImage  *sample,
         DifImage  *denoised,
         gpointer   data)
{
  DifUiFilm *film = data;
  int        i = frame_of_step (step, steps);

  if (i > 0 && step < steps)
    show_frame (film, i, sample,
                dif_ui_small_whole_t (&film->small, film->model, &film->params,
                                      t));
  dif_image_free (sample);
  dif_image_free (denoised);
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         double        work,
         gpointer      data)
{
  DifUiFilm *film = data;

  film->task = 0;
  if (result)
    show_frame (film, N_FRAMES - 1, result, 0.0);
  else
    say (film, error);
  clear_stale (film);
  dif_image_free (result);
}

static gboolean
start (gpointer data)
{
  DifUiFilm *film = data;
  DifUiTask  task = { .model = film->model, .priority = DIF_UI_PRIORITY_FILM,
                      .watch = TRUE, .every = TRUE, .on_step = on_step,
                      .on_done = on_done, .data = film };
  int        i;

  film->timer = 0;
  say (film, NULL);
  if (! film->small.picture)
    dif_ui_small_read (&film->small);
  if (! film->model || ! film->small.picture)
    return G_SOURCE_REMOVE;
  for (i = 0; i < N_FRAMES; i++)
    {
      film->frames[i].fresh = FALSE;
      gtk_widget_set_opacity (film->frames[i].image, 0.3);
    }
  if (dif_strength_to_t (film->model, film->params.strength) == 0)
    {
      show_frame (film, 0, NULL, 0.0);
      show_frame (film, N_FRAMES - 1, NULL, 0.0);
      clear_stale (film);
      return G_SOURCE_REMOVE;
    }
  show_forward (film);
  task.params = dif_ui_small_params (&film->small, &film->params);
  task.params.made_of = DIF_MADE_OF_MODEL;
  task.source = dif_ui_small_copy (&film->small);
  if (task.source)
    film->task = dif_ui_worker_add (film->worker, &task);
  else
    clear_stale (film);
  return G_SOURCE_REMOVE;
}

static void
renew (DifUiFilm *film)
{
  if (film->task)
    dif_ui_worker_cancel (film->worker, film->task);
  film->task = 0;
  if (film->timer)
    g_source_remove (film->timer);
  film->timer = film->active ? g_timeout_add (DELAY, start, film) : 0;
}

static gboolean
on_small (gpointer data)
{
  renew (data);
  return G_SOURCE_REMOVE;
}

/* The widget --------------------------------------------------------- */

static void
on_save (GtkButton *button,
         gpointer   data)
{
  g_signal_emit (data, save_signal, 0);
}

static const char *
frame_name (int i)
{
  if (i == 0)
    return _("The layer");
  if (i < N_FORWARD)
    return _("On the way into noise");
  if (i == N_FORWARD)
    return _("Where it turns round");
  if (i < N_FRAMES - 1)
    return _("On the way back");
  return _("The result");
}

static void
add_frames (DifUiFilm *film)
{
  GtkWidget *grid = gtk_grid_new ();
  int        i;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (i = 0; i < N_FRAMES; i++)
    {
      FilmFrame *frame = &film->frames[i];

      frame->image = gtk_image_new ();
      gtk_widget_set_size_request (frame->image, WIDTH, HEIGHT);
      gtk_widget_set_tooltip_text (frame->image, frame_name (i));
      atk_object_set_name (gtk_widget_get_accessible (frame->image),
                           frame_name (i));
      frame->caption = gtk_label_new ("–");
      gtk_grid_attach (GTK_GRID (grid), frame->image, i, 0, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), frame->caption, i, 1, 1, 1);
    }
  gtk_box_pack_start (GTK_BOX (film), grid, FALSE, FALSE, 0);
}

static void
show_save (DifUiFilm *film)
{
  gboolean some = film->params.strength > 0.0;

  gtk_widget_set_sensitive (film->save, some);
  gtk_widget_set_tooltip_text (
    film->save,
    some ? _("Makes so many layers of the chain that is shown. As a new image "
             "they can be exported as an animation, to GIF or WebP.")
         : _("At strength 0 there is no chain"));
}

static void
dif_ui_film_init (DifUiFilm *film)
{
  DifParams  usual = dif_params_default ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("_Frames"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (film),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (film), 6);
  film->params = usual;
  add_frames (film);

  film->count = gtk_spin_button_new_with_range (MIN_FRAMES, MAX_FRAMES, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (film->count), 24);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), film->count);
  atk_object_set_name (gtk_widget_get_accessible (film->count), _("Frames"));
  film->save = gtk_button_new_with_mnemonic (_("Save chain as la_yers"));
  g_signal_connect (film->save, "clicked", G_CALLBACK (on_save), film);
  show_save (film);
  film->words = gtk_label_new (NULL);
  say (film, NULL);
  gtk_label_set_xalign (GTK_LABEL (film->words), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (film->words), PANGO_ELLIPSIZE_END);
  film->where = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_box_pack_start (GTK_BOX (row), film->words, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (row), film->save, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (row), film->where, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (row), film->count, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (film), row, FALSE, FALSE, 0);
}

static void
dif_ui_film_dispose (GObject *object)
{
  DifUiFilm *film = DIF_UI_FILM (object);

  if (film->worker)
    {
      film->active = FALSE;
      renew (film);
      dif_ui_small_clear (&film->small);
    }
  film->worker = NULL;
  g_clear_pointer (&film->model, dif_model_unref);
  G_OBJECT_CLASS (dif_ui_film_parent_class)->dispose (object);
}

static void
dif_ui_film_class_init (DifUiFilmClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dif_ui_film_dispose;
  save_signal = g_signal_new ("save", DIF_UI_TYPE_FILM, G_SIGNAL_RUN_LAST, 0,
                              NULL, NULL, NULL, G_TYPE_NONE, 0);
}

GtkWidget *
dif_ui_film_new (const DifUiHost *host,
                 DifUiWorker     *worker,
                 GtkWidget       *where)
{
  DifUiFilm *film = g_object_new (DIF_UI_TYPE_FILM, NULL);

  film->host = host;
  film->worker = worker;
  gtk_box_pack_start (GTK_BOX (film->where), where, FALSE, FALSE, 0);
  return GTK_WIDGET (film);
}

void
dif_ui_film_set_model (DifUiFilm *film,
                       DifModel  *model)
{
  g_clear_pointer (&film->model, dif_model_unref);
  film->model = model ? dif_model_ref (model) : NULL;
  renew (film);
}

void
dif_ui_film_set_params (DifUiFilm       *film,
                        const DifParams *params)
{
  if (! dif_params_differ (&film->params, params, DIF_PARAM_RESULT))
    return;
  film->params = *params;
  show_save (film);
  renew (film);
}

void
dif_ui_film_set_active (DifUiFilm  *film,
                        gboolean    active)
{
  film->active = active;
  if (active && ! film->small.host)
    dif_ui_small_init (&film->small, film->host, WIDTH, HEIGHT,
                       gtk_widget_get_scale_factor (GTK_WIDGET (film)),
                       MAX_REDUCTION, on_small, on_failed, film);
  if (active && ! film->small.picture)
    dif_ui_small_read (&film->small);
  else
    renew (film);
}

void
dif_ui_film_layer_changed (DifUiFilm *film)
{
  dif_ui_small_renew (&film->small);
  renew (film);
}

int
dif_ui_film_get_frames (DifUiFilm *film)
{
  return gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (film->count));
}
