/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * messages.h: every sentence that is not part of a dialog: what went
 * wrong, and how far a job is.  Texts are translated here; all strings
 * returned are UTF-8 and the caller's to free with g_free().
 */

#ifndef UI_MESSAGES_H
#define UI_MESSAGES_H

#include "dif.h"

/* The error as a person reads it: what happened, by its code and in
 * their language, then the engine's own sentence, which names the file
 * or the setting.  An error of another domain is passed on as it is.
 * The domain and code stay.  Takes ownership of error.
 */
GError *dif_ui_message_from_error (GError            *error);

/* The message of that error alone; error is left as it is. */
char   *dif_ui_message_text       (const GError      *error);

/* "2 layers were made"; to be freed. */
char   *dif_ui_message_made       (int                n);

/* The error that ended a run after n layers had been made, as
 * dif_ui_message_from_error() has it, with a line that says so, if n is above
 * 0.  Takes ownership of error.
 */
GError *dif_ui_message_made_before (GError           *error,
                                    int               n);

/* "Variation 2 of 4, step 5 of 12 – 8 s left" of a job with these parameters,
 * without the step where it is made of the layer's own parts, or "Restoring
 * – 8 s left".  With more than one layer, "Layer 1 of 3, " comes first; layer
 * counts from 0.
 */
char   *dif_ui_message_progress   (const DifProgress *progress,
                                   const DifParams   *params,
                                   int                layer,
                                   int                n_layers,
                                   double             remaining);

/* "Noise 12 of 255, more in the shadows, correlated over 2 px": what was measured
 * of a layer.
 */
char   *dif_ui_message_noise      (const DifLayerNoise *noise);

/* "8 s", "3 min 20 s", "2 h 5 min". */
char   *dif_ui_message_duration   (double             seconds);

/* "40 % #7 – Beach": strength, seed and source of variation i of params,
 * counted from 0.  The seed of one that was made near another is written as in
 * picks.h: "40 % #7~0.25~1001 – Beach".  Of what is restored "Restored – Beach",
 * or "Restored 80 % – Beach" with an amount of 0.8.
 */
char   *dif_ui_message_layer_name (const char        *source,
                                   const DifParams   *params,
                                   int                i);

#endif
