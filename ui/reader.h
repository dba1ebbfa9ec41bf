/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reader.h: reads a part of the layer in strips, from the main loop, so
 * that the dialog goes on answering however large the layer is.
 */

#ifndef UI_READER_H
#define UI_READER_H

#include "host.h"

typedef struct _DifUiReader DifUiReader;

/* The picture as a whole, taken over by the callee, or an error: MEMORY, or
 * those of the host.
 */
typedef void (* DifUiReaderFunc) (DifUiPicture *picture,
                                  const GError *error,
                                  gpointer      data);

/* Starts to read; func is called once, later.  area is not empty, lies in
 * the layer and is at least one square of the reduction wide and high.
 * fill: see dif_image_fill_transparent().
 */
DifUiReader *dif_ui_reader_new  (const DifUiHost *host,
                                 const DifRect   *area,
                                 int              reduction,
                                 gboolean         fill,
                                 DifUiReaderFunc  func,
                                 gpointer         data);

/* func is not called any more; NULL is allowed.  To be called after func
 * was, too, or within it.
 */
void         dif_ui_reader_free (DifUiReader     *reader);

#endif
