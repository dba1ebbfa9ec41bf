/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-private.h: the dialog as its own files see it.  From the bottom:
 * dialog-config.c reads the settings, dialog-size.c minds the window's height,
 * dialog-message.c has the line at the bottom, dialog-noise.c has the noise of the
 * layer measured, dialog-model.c loads the model, dialog-controls.c makes controls,
 * dialog-task.c switches between tasks, dialog-made.c has what variations are made
 * of, dialog-look.c sees the layer change, dialog-settings.c is the column of
 * settings, dialog-run.c makes runs, dialog.c is the window.
 */

#ifndef UI_DIALOG_PRIVATE_H
#define UI_DIALOG_PRIVATE_H

#include "dialog-ops.h"
#include "film.h"
#include "measure.h"
#include "picker.h"
#include "preview.h"
#include "whole.h"
#include "worker.h"

/* What the dialog is about: its widgets are seen with some of these. */
typedef enum
{
  DIF_UI_SCENE_RESTORE = 1 << 0,
  DIF_UI_SCENE_MODEL   = 1 << 1,  /* variations by the model alone          */
  DIF_UI_SCENE_PARTS   = 1 << 2,  /* variations made of the layer's parts   */
  DIF_UI_SCENE_VARY    = DIF_UI_SCENE_MODEL | DIF_UI_SCENE_PARTS
} DifUiScene;

typedef struct
{
  GimpProcedureConfig  *config;
  const DifUiDialogOps *ops;
  GimpProcedureDialog  *window;
  DifUiWorker          *worker;
  DifUiWhole           *whole;

  DifModel             *model;         /* loaded, or NULL                  */
  char                 *model_nick;    /* of the one loaded or tried last  */
  GError               *model_error;   /* why there is none                */
  gboolean              loading;
  DifUiLayerSize       *layers;        /* of a run                         */
  int                   n_layers;
  double                pace[2];       /* see dif_ui_readout_set(): without and
                                          with the layer's own parts       */
  char                 *calibration;   /* path of the file                 */

  DifUiMeasure         *measure;       /* of the layer's noise, under way  */
  gboolean              measured;      /* noise is known                   */
  DifLayerNoise         noise;
  char                 *unmeasured;    /* why it will not be, or NULL      */

  DifTaskKind           task;          /* that is shown, 0: none yet       */
  DifUiScene            scene;         /* likewise                         */
  gboolean              task_by_others; /* set otherwise than by its switch */
  GtkWidget            *tasks[2];      /* the switch, or NULL              */
  GPtrArray            *parts;         /* widgets of some scenes alone     */

  DifUiPreview         *preview;
  DifUiPicker          *picker;        /* NULL where nothing is varied     */
  DifUiFilm            *film;          /* likewise                         */
  GtkWidget            *settings;      /* the column                       */
  GtkSizeGroup         *labels;        /* of it, of one width              */
  GtkWidget            *presets;
  GtkWidget            *made_of;       /* combo box                        */
  GtkWidget            *protect;       /* combo boxes, NULL where nothing is */
  GtkWidget            *reference;     /*   varied                         */
  GtkWidget            *readout;       /* of strength                      */
  GtkWidget            *parts_readout; /* likewise, of the layer's parts   */
  GtkWidget            *noise_readout; /* of what is restored              */
  GtkWidget            *number;        /* of variations                    */
  GtkWidget            *picked;        /* in its place, if some are picked */
  GtkWidget            *picked_label;
  GtkWidget            *quality;       /* combo box                        */
  GtkWidget            *custom;        /* revealer                         */
  GtkWidget            *eta;
  guint                 by_hand;       /* bits: settings of Custom changed */
  GtkWidget            *model_label;
  gboolean              checked_made;  /* see dif_ui_dialog_check_made()   */
  gboolean              settling;      /* controls are being set           */
  guint                 refresh;       /* idle source                      */
  GSourceFunc           show_settings; /* what it does                     */
  guint                 looking;       /* likewise, for changed layers     */
  gboolean              look_due;      /* the user has been elsewhere      */
  int                   grown;         /* pixels, for an open expander     */
  gboolean              switching;     /* one closes since another opens   */

  GtkWidget            *bottom;        /* nothing, the bar or the message  */
  GtkWidget            *bar;
  GtkWidget            *message;       /* info bar                         */
  GtkWidget            *message_label;
  GMainLoop            *running;       /* of a run, or NULL                */
  const DifParams      *chain;         /* whose frames it makes, or NULL   */
  int                   n_frames;
  gboolean              started;       /* the work of that run has begun   */
  GError               *error;         /* of that run                      */
  gboolean              closing;       /* as soon as the run has ended     */
  gboolean              made;          /* a run made layers                */
  GArray               *was_picked;    /* of DifUiPick, in runs so far     */
} DifUiDialog;

#endif
