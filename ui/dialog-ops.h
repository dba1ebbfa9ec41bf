/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-ops.h: what the dialog needs from the plug-in, which alone touches
 * the image.
 */

#ifndef UI_DIALOG_OPS_H
#define UI_DIALOG_OPS_H

#include <libgimp/gimpui.h>

#include "estimate.h"
#include "host.h"

/* What the plug-in does for the dialog.  All but load_model are called in
 * the main thread.
 */
typedef struct
{
  gpointer          data;
  const DifUiHost  *host;
  const char       *made_model; /* nick of the model that made the layer
                                   whose settings are there, or NULL       */
  const char       *made_hash;  /* of that model, see DifModelInfo, or NULL */

  /* Fills params from the settings. */
  void         (* get_params)  (gpointer              data,
                                GimpProcedureConfig  *config,
                                DifParams            *params);

  /* The layers that a run makes variations of, as they are now; their
   * number.  Free them with g_free().
   */
  int          (* get_layers)  (gpointer              data,
                                DifUiLayerSize      **layers);

  /* The model of that nick, from any thread. */
  DifModel *   (* load_model)  (gpointer              data,
                                const char           *nick,
                                GError              **error);

  /* The folder of the user's own models, made if need be; to be freed. */
  char *       (* models_folder) (gpointer            data);

  /* Begins a run with the settings as they are, or, where chain is given,
   * makes n_frames of the chain of that variation.
   */
  gboolean     (* start)       (gpointer              data,
                                DifModel             *model,
                                const DifParams      *chain,
                                int                   n_frames,
                                GError              **error);

  /* Called some fifty times a second while TRUE; text is the callee's to
   * free.
   */
  gboolean     (* work)        (gpointer              data,
                                double               *fraction,
                                char                **text);

  /* Asks the run to end early; work() is called until it has. */
  void         (* stop)        (gpointer              data);

  /* Ends the run and puts what is finished into the image.  How many layers that were; an error that ended it
   * comes with them.
   */
  int          (* end)         (gpointer              data,
                                GError              **error);
} DifUiDialogOps;

#endif
