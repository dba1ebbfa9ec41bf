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
                                   whose settings were taken, or NULL      */
  const char       *made_hash;  /* of that model, see DifModelInfo, or NULL */

  /* Fills params from the settings. */
  void         (* get_params)  (gpointer              data,
                                GimpProcedureConfig  *config,
                                DifParams            *params);

  /* Sets layers to the sizes of the layers that a run would make variations
   * of, as they are now, to be freed with g_free().  Returns how many there
   * are.
   */
  int          (* get_layers)  (gpointer              data,
                                DifUiLayerSize      **layers);

  /* The model of that nick, from any thread. */
  DifModel *   (* load_model)  (gpointer              data,
                                const char           *nick,
                                GError              **error);

  /* Names of what can be chosen for a setting that is a drawable, NULL-terminated,
   * to be freed with g_strfreev(): "protect", channels of the image, or "reference",
   * layers of all images.  chosen becomes the place of what is, or -1.
   */
  char **      (* list)        (gpointer              data,
                                const char           *setting,
                                int                  *chosen);

  /* Chooses from what was listed last for that setting, -1 for nothing. */
  void         (* choose)      (gpointer              data,
                                const char           *setting,
                                int                   which);

  /* The layer of "reference" as it is now, for reading alone, good until this is
   * called again; NULL if there is none.
   */
  const DifUiHost * (* reference) (gpointer           data);

  /* The folder of the user's own models, which is made if need be; free the
   * path with g_free().
   */
  char *       (* models_folder) (gpointer            data);

  /* Begins a run with the settings as they are; where chain is given, one that
   * makes n_frames of the chain of that variation.
   */
  gboolean     (* start)       (gpointer              data,
                                DifModel             *model,
                                const DifParams      *chain,
                                int                   n_frames,
                                GError              **error);

  /* Takes the run a little further; called some fifty times a second until it
   * returns FALSE.  text becomes what is being done, or stays NULL; the dialog
   * frees it with g_free().
   */
  gboolean     (* work)        (gpointer              data,
                                double               *fraction,
                                char                **text);

  /* Asks the run to end early; work() is called until it has. */
  void         (* stop)        (gpointer              data);

  /* Ends the run, puts what is finished into the image and returns how many
   * layers that were.  An error that ended the run is set as well.
   */
  int          (* end)         (gpointer              data,
                                GError              **error);
} DifUiDialogOps;

#endif
