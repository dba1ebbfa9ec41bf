/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-private.h: what the dialog's files share.  dialog.c has the
 * window, dialog-size.c its height, dialog-run.c the runs and the messages,
 * dialog-settings.c the column of settings, dialog-model.c the model.
 */

#ifndef UI_DIALOG_PRIVATE_H
#define UI_DIALOG_PRIVATE_H

#include "dialog.h"
#include "film.h"
#include "picker.h"
#include "preview.h"
#include "worker.h"

typedef struct
{
  GimpProcedureConfig *config;
  const DifDialogOps  *ops;
  GimpProcedureDialog *window;
  DifWorker           *worker;

  DifModel            *model;          /* loaded, or NULL                  */
  char                *model_nick;     /* of the one loaded or tried last  */
  GError              *model_error;    /* why there is none                */
  gboolean             loading;
  DifLayerSize        *layers;         /* of a run                         */
  int                  n_layers;
  double               pace;           /* see dif_readout_set()            */
  char                *calibration;    /* path of the file                 */

  DifPreview          *preview;
  DifPicker           *picker;
  DifFilm             *film;
  GtkWidget           *settings;       /* the column                       */
  GtkSizeGroup        *labels;         /* of it, of one width              */
  GtkWidget           *readout;
  GtkWidget           *number;         /* of variations                    */
  GtkWidget           *picked;         /* in its place, where some are     */
  GtkWidget           *picked_label;
  GtkWidget           *quality;        /* combo box                        */
  GtkWidget           *custom;         /* revealer                         */
  GtkWidget           *eta;
  guint                by_hand;        /* settings of Custom that changed  */
  GtkWidget           *model_label;
  gboolean             checked_made;   /* see dif_dialog_check_made()      */
  gboolean             settling;       /* controls are being set           */
  guint                refresh;        /* idle source                      */
  guint                looking;        /* likewise, for changed layers     */
  gboolean             look_due;       /* the user has been elsewhere      */
  int                  grown;          /* pixels, for an open expander     */
  gboolean             switching;      /* one closes since another opens   */

  GtkWidget           *bottom;         /* nothing, the bar or the message  */
  GtkWidget           *bar;
  GtkWidget           *message;        /* info bar                         */
  GtkWidget           *message_label;
  GMainLoop           *running;        /* of a run, or NULL                */
  const DifParams     *chain;          /* that it makes frames of, or NULL */
  int                  n_frames;
  gboolean             started;        /* that run has its work            */
  GError              *error;          /* of that run                      */
  gboolean             closing;        /* as soon as the run has ended     */
  gboolean             made;           /* a run made layers                */
  GArray              *was_picked;     /* of DifPick, in runs so far       */
} DifDialog;

/* dialog-settings.c */
GtkWidget *dif_dialog_settings    (DifDialog   *dialog);

/* The controls and figures follow the settings. */
void       dif_dialog_show_config (DifDialog   *dialog);

/* To be called for each setting that changes, before they are shown. */
void       dif_dialog_note_change (DifDialog   *dialog,
                                   const char  *setting);

/* The control of what the chain is saved as. */
GtkWidget *dif_dialog_chain_as    (DifDialog   *dialog);

/* dialog-model.c */

/* Name, licence and scale of the model, and its folder. */
GtkWidget *dif_dialog_model_row   (DifDialog   *dialog);

/* Loads the model of the settings, in a thread, unless it is there. */
void       dif_dialog_load_model  (DifDialog   *dialog);

/* dialog-look.c */

/* Follows changes of the layer that are made elsewhere. */
void       dif_dialog_watch_layer   (DifDialog *dialog);
void       dif_dialog_unwatch_layer (DifDialog *dialog);

/* Begins to look whether the layer has changed, if the user has been
 * elsewhere since the last look and nothing is in the way.
 */
void       dif_dialog_look          (DifDialog *dialog);

/* dialog-size.c */

/* Makes the window as high as its parts would like, if the screen is. */
void       dif_dialog_grow         (DifDialog   *dialog);

/* Takes back what it has grown. */
void       dif_dialog_shrink       (DifDialog   *dialog);

/* recall.c */

/* Warns, once, if the model is not the one that made the layer whose
 * settings are there.
 */
void       dif_dialog_check_made  (DifDialog   *dialog);

/* dialog-run.c */

/* One run, from the button to the layers; of variations, or of so many
 * frames of the chain of one.  Events go on being handled.
 */
void       dif_dialog_make         (DifDialog       *dialog,
                                    const DifParams *chain,
                                    int              n_frames);

/* Asks the run under way to end early. */
void       dif_dialog_stop         (DifDialog   *dialog);

/* Where the bar with Stop is during a run, and messages are. */
GtkWidget *dif_dialog_bottom       (DifDialog   *dialog);

/* Shows a message for people, or takes it away with NULL. */
void       dif_dialog_tell         (DifDialog      *dialog,
                                    GtkMessageType  type,
                                    const char     *text);

/* dialog.c */

/* The settings have changed: everything that shows them follows. */
void       dif_dialog_refresh     (DifDialog   *dialog);

/* The run's parameters as the settings have them. */
DifParams  dif_dialog_params      (DifDialog   *dialog);

/* What is picked, of DifPick; free with g_array_unref(). */
GArray    *dif_dialog_picks       (DifDialog   *dialog);

#endif
