/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-private.h: what the preview's files share.  preview.c has the
 * widget, preview-events.c its canvas, preview-read.c reads the layer,
 * preview-restore.c has it restored, preview-noise.c draws its noise, preview-show.c
 * makes surfaces of these pictures, preview-paint.c lays them on the
 * canvas.
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
  char          *fault;         /* why some of what is seen is missing, or
                                   NULL                                   */
  DifParams      params;        /* of the run                             */

  DifViewport    viewport;
  DifView        view;
  DifRect        mark;          /* that is framed; empty if none          */
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
  gboolean       painting[DIF_VIEW_SPLIT]; /* a surface is being made     */
  gboolean       stale[DIF_VIEW_SPLIT];  /* another one has to be         */

  DifReader     *reader;
  DifRect        wanted;        /* that it reads                          */
  int            wanted_reduction;
  DifPicture    *source;        /* what was read last                     */
  DifRect        rect;          /* of the layer                           */
  int            reduction;
  DifPicture    *noise;         /* of rect, or NULL                       */
  GCancellable  *drawing;       /* of the noise that is being drawn, or
                                   NULL                                   */

  DifPicture    *restored;      /* what has been restored last, or NULL   */
  DifRect        restored_rect; /* of the layer                           */
  DifRect        made;          /* the part that is final; empty if none  */
  guint          timer;
  guint          task;
  gboolean       draft;
  DifRect        task_rect;     /* of the layer                           */
};

/* preview-events.c */
void     dif_preview_add_canvas     (DifPreview *preview);

/* Zooms about the middle. */
void     dif_preview_zoom_by        (DifPreview *preview,
                                     double      factor);

/* Zooms so that the whole layer is seen. */
void     dif_preview_fit            (DifPreview *preview);

/* preview-paint.c */
void     dif_preview_paint          (DifPreview *preview,
                                     cairo_t    *cr);

/* preview-show.c */

/* A view's pictures have changed: makes its surface anew, in a thread,
 * as soon as it is seen.
 */
void     dif_preview_show           (DifPreview *preview,
                                     DifView     view);
void     dif_preview_show_all       (DifPreview *preview);
void     dif_preview_shown_clear    (DifShown   *shown);

/* A line of state; fraction < 0: nothing is under way, and a fault that
 * there is comes first.
 */
void     dif_preview_say            (DifPreview *preview,
                                     const char *text,
                                     double      fraction);

/* The same for an error that ends what was under way. */
void     dif_preview_say_error      (DifPreview   *preview,
                                     const GError *error);

/* Of what is seen some cannot be made, until it is tried again: says so
 * whenever nothing is under way.
 */
void     dif_preview_fail           (DifPreview   *preview,
                                     const GError *error);

/* preview-noise.c */

/* Draws the noise of all that was read, in a thread. */
void     dif_preview_start_noise    (DifPreview *preview);
void     dif_preview_stop_noise     (DifPreview *preview);

/* preview-read.c */

/* The view has moved: reads, noises and restores what is missing, also where
 * that has failed before.
 */
void     dif_preview_look           (DifPreview *preview);

/* Settings have changed: everything made is old.  noise: that too. */
void     dif_preview_renew          (DifPreview *preview,
                                     gboolean    noise);

/* The noised and the restored view show the layer until they are made
 * anew.
 */
void     dif_preview_drop_made      (DifPreview *preview);

/* Ends all that is under way. */
void     dif_preview_halt           (DifPreview *preview);

/* preview-restore.c */

/* Restores what is seen a little later, unless it is there. */
void     dif_preview_restore        (DifPreview *preview);

/* The picture that the run makes of what is seen, in layer pixels, and
 * what it takes to fill what is transparent there: the same, on the grid
 * that the run's own filling goes by.
 */
DifRect  dif_preview_area           (DifPreview *preview,
                                     DifRect    *fill);

/* params for a part of the layer at rect, reduced. */
DifParams dif_preview_part_params   (DifPreview    *preview,
                                     const DifRect *rect,
                                     int            reduction);

/* Where a part of the layer lies in what was read. */
DifRect  dif_preview_in_source      (DifPreview    *preview,
                                     const DifRect *part);

/* The part that is seen and made anew by a run. */
DifRect  dif_preview_seen_work      (DifPreview *preview);

#endif
