/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-private.h: what the preview's files share.  preview.c has the
 * widget, preview-events.c its canvas, preview-show.c paints,
 * preview-restore.c reads the layer and has it restored, preview-noise.c
 * draws its noise.
 */

#ifndef UI_PREVIEW_PRIVATE_H
#define UI_PREVIEW_PRIVATE_H

#include "picture.h"
#include "preview.h"
#include "reader.h"
#include "viewport.h"

#define DIF_N_VIEWS   4
#define DIF_ZOOM_STEP 1.4142135623730951

/* A picture of a part of the layer, ready to be painted.  It stays until
 * a newer one takes its place, also when the view has moved on.
 */
typedef struct
{
  cairo_surface_t *surface;
  DifRect          rect;       /* of the layer                            */
  int              reduction;
} DifShown;

struct _DifPreview
{
  GtkBox         parent_instance;

  const DifHost *host;
  DifWorker     *worker;
  DifModel      *model;
  char          *message;       /* why there is none                      */
  DifParams      params;        /* of the run                             */

  DifViewport    viewport;
  DifView        view;
  double         split;         /* where the line is, 0..1 of the width   */
  gboolean       moving_split;
  double         last_x;
  double         last_y;
  gboolean       settling;      /* buttons are being set by the program   */

  GtkWidget     *canvas;
  GtkWidget     *buttons[DIF_N_VIEWS];
  GtkWidget     *zoom_label;
  GtkWidget     *state;
  GtkWidget     *bar;

  DifShown       shown[DIF_VIEW_SPLIT];  /* source, noised, restored      */

  DifReader     *reader;
  DifRect        wanted;        /* that it reads                          */
  int            wanted_reduction;
  DifPicture    *source;        /* what was read last                     */
  DifRect        rect;          /* of the layer                           */
  int            reduction;
  DifImage      *noise;         /* of rect within the work, or NULL       */
  gboolean       noise_busy;
  gboolean       noise_stale;   /* what is being made is not wanted       */

  DifImage      *restored;      /* of rect: the source, with what has been
                                   restored of it                         */
  DifRect        made;          /* the part that is final; empty if none  */
  guint          timer;
  guint          task;
  gboolean       draft;
  DifRect        task_rect;     /* of the layer                           */
  double         task_work;
};

/* preview-events.c */
void     dif_preview_add_canvas     (DifPreview *preview);

/* Zooms about the middle. */
void     dif_preview_zoom_by        (DifPreview *preview,
                                     double      factor);

/* Zooms so that the whole layer is seen. */
void     dif_preview_fit            (DifPreview *preview);

/* preview-show.c */
void     dif_preview_paint          (DifPreview *preview,
                                     cairo_t    *cr);
void     dif_preview_show_source    (DifPreview *preview);
void     dif_preview_show_noised    (DifPreview *preview);
void     dif_preview_show_restored  (DifPreview *preview);
void     dif_preview_shown_clear    (DifShown   *shown);

/* A line of state; fraction < 0: nothing is under way. */
void     dif_preview_say            (DifPreview *preview,
                                     const char *text,
                                     double      fraction);

/* preview-noise.c */

/* Draws the noise of all that was read, in a thread. */
void     dif_preview_start_noise    (DifPreview *preview);

/* preview-restore.c */

/* The view has moved: reads, noises and restores what is missing. */
void     dif_preview_look           (DifPreview *preview);

/* Settings have changed: everything made is old.  noise: that too. */
void     dif_preview_renew          (DifPreview *preview,
                                     gboolean    noise);

/* Ends all that is under way. */
void     dif_preview_halt           (DifPreview *preview);

/* params for a part of the layer at rect, reduced. */
DifParams dif_preview_part_params   (DifPreview    *preview,
                                     const DifRect *rect,
                                     int            reduction);

/* The part that is seen and made anew by a run. */
DifRect  dif_preview_seen_work      (DifPreview *preview);

#endif
