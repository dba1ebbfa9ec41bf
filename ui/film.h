/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * film.h: the chain as a row of pictures: x_0 ... x_t going forward, then back
 * to x_0', for the present settings, with t below each frame.
 */

#ifndef UI_FILM_H
#define UI_FILM_H

#include <gtk/gtk.h>

#include "host.h"
#include "worker.h"

G_BEGIN_DECLS

#define DIF_UI_TYPE_FILM (dif_ui_film_get_type ())
G_DECLARE_FINAL_TYPE (DifUiFilm, dif_ui_film, DIF_UI, FILM, GtkBox)

/* Signal "save": the user asks for the chain that is shown as layers, with
 * dif_ui_film_get_frames() of them.  where is the control of where they go,
 * which is put beside the button.
 */
GtkWidget *dif_ui_film_new        (const DifUiHost  *host,
                                   DifUiWorker      *worker,
                                   GtkWidget        *where);
void       dif_ui_film_set_model  (DifUiFilm        *film,
                                   DifModel         *model);
void       dif_ui_film_set_params (DifUiFilm        *film,
                                   const DifParams  *params);

/* Only an active film (its expander is open) computes. */
void       dif_ui_film_set_active (DifUiFilm        *film,
                                   gboolean          active);

/* The host's layer has changed. */
void       dif_ui_film_layer_changed (DifUiFilm        *film);

/* How many frames the saved chain shall have. */
int        dif_ui_film_get_frames (DifUiFilm        *film);

G_END_DECLS

#endif
