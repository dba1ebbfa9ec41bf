/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-private.h: the preview as its own files see it.  From the bottom:
 * preview-geometry.c says which parts of the layer they are about,
 * preview-state.c says what is under way, preview-show.c makes surfaces of the
 * pictures, preview-noise.c draws the noise, preview-made.c has the layer put
 * together anew, preview-restore.c has the view restored, preview-read.c reads what
 * these need of the layer, preview-paint.c and preview-canvas.c show it all,
 * preview.c is the widget.
 */

#ifndef UI_PREVIEW_PRIVATE_H
#define UI_PREVIEW_PRIVATE_H

#include <gtk/gtk.h>

#include "picture.h"
#include "reader.h"
#include "viewport.h"
#include "whole.h"
#include "worker.h"

typedef enum
{
  DIF_UI_VIEW_SOURCE,
  DIF_UI_VIEW_NOISED,
  DIF_UI_VIEW_RESTORED,
  DIF_UI_VIEW_SPLIT     /* source | restored, with the line */
} DifUiView;

#define DIF_UI_N_VIEWS   4
#define DIF_UI_ZOOM_STEP 1.4142135623730951

/* A picture of a part of the layer, ready to be painted.  It stays until
 * a newer one takes its place, also when the view has moved on.
 */
typedef struct
{
  cairo_surface_t *surface;
  DifRect          rect;       /* of the layer                            */
  int              reduction;
} DifUiShown;

typedef struct _DifUiPreview DifUiPreview;

struct _DifUiPreview
{
  GtkBox           parent_instance;

  const DifUiHost *host;
  DifUiWorker     *worker;
  DifUiWhole      *whole;
  DifModel        *model;
  char            *message;     /* why there is none                      */
  char            *fault;       /* why some of what is seen is missing, or
                                   NULL                                   */
  DifParams        params;      /* of the run                             */
  DifLayerNoise    found;       /* noise of the layer                     */
  gboolean         measured;    /* that is known                          */
  char            *unmeasured;  /* why it will not be, or NULL            */

  DifUiViewport    viewport;
  DifUiView        view;
  DifRect          mark;        /* the part that is framed; may be empty  */
  double           split;       /* where the line is, 0..1 of the width   */
  gboolean         moving_split;
  double           last_x;
  double           last_y;
  gboolean         settling;    /* buttons are being set by the program   */

  GtkWidget       *canvas;
  GtkWidget       *buttons[DIF_UI_N_VIEWS];
  GtkWidget       *zoom_label;
  GtkWidget       *state;
  GtkWidget       *bar;

  /* Of source, noised, restored: the surface, whether one is being made, and
   * whether it has to be made anew.
   */
  DifUiShown       shown[DIF_UI_VIEW_SPLIT];
  gboolean         painting[DIF_UI_VIEW_SPLIT];
  gboolean         stale[DIF_UI_VIEW_SPLIT];

  DifUiReader     *reader;
  DifRect          wanted;        /* the part that it reads                 */
  int              wanted_reduction;
  DifUiPicture    *source;        /* what was read last, or NULL            */
  DifRect          rect;          /* of the layer                           */
  int              reduction;
  DifUiPicture    *noise;         /* of rect, or NULL                       */
  GCancellable    *drawing;       /* of the noise that is being drawn, or
                                     NULL                                   */

  DifUiPicture    *restored;      /* what has been restored last, or NULL   */
  DifRect          restored_rect; /* of the layer                           */
  DifRect          made;          /* the part that is final; empty if none  */
  gboolean         idle;          /* the model had nothing to do for it     */
  guint            timer;
  guint            task;
  gboolean         draft;
  DifRect          task_rect;     /* of the layer                           */

  gboolean         restored_whole;/* it is the whole layer in another size  */
  int              made_side;     /* shorter side of that where it is final,
                                     see preview-made.c, or 0               */
  int              task_side;     /* of what is being made                  */
  guint            progress;      /* looks at how far that is               */
};

#endif
