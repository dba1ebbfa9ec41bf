/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * film.h: the chain as a strip of pictures: x_0 ... x_t going forward,
 * then back to x_0', for the present settings, with t below each frame.
 */

#ifndef UI_FILM_H
#define UI_FILM_H

#include <gtk/gtk.h>

#include "host.h"
#include "worker.h"

G_BEGIN_DECLS

#define DIF_TYPE_FILM (dif_film_get_type ())
G_DECLARE_FINAL_TYPE (DifFilm, dif_film, DIF, FILM, GtkBox)

/* Signal "save": the user asked for the chain that is shown as layers;
 * n frames as dif_film_get_frames() says.  where is the control of where
 * they go, to be put beside the button.
 */
GtkWidget *dif_film_new        (const DifHost    *host,
                                DifWorker        *worker,
                                GtkWidget        *where);
void       dif_film_set_model  (DifFilm          *film,
                                DifModel         *model);
void       dif_film_set_params (DifFilm          *film,
                                const DifParams  *params);

/* Only an active strip (its expander is open) computes. */
void       dif_film_set_active (DifFilm          *film,
                                gboolean          active);

/* The host's layer has changed. */
void       dif_film_layer_changed (DifFilm        *film);

/* How many frames the saved chain shall have. */
int        dif_film_get_frames (DifFilm          *film);

G_END_DECLS

#endif
