/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reader.h: reads a part of the layer bit by bit, from the main loop, so that
 * the dialog goes on answering however large the layer is.
 */

#ifndef UI_READER_H
#define UI_READER_H

#include "host.h"

typedef struct _DifUiReader DifUiReader;

/* picture is the whole part and becomes the callee's; or there is an error:
 * MEMORY, or those of the host.
 */
typedef void (* DifUiReaderFunc) (DifUiPicture *picture,
                                  const GError *error,
                                  gpointer      data);

/* Starts to read area, which lies in the layer and is at least one square of
 * the reduction wide and high.  func is called once, from the main loop.
 * fill: the colour of transparent pixels is filled, see
 * dif_image_fill_transparent().
 */
DifUiReader *dif_ui_reader_new  (const DifUiHost *host,
                                 const DifRect   *area,
                                 int              reduction,
                                 gboolean         fill,
                                 DifUiReaderFunc  func,
                                 gpointer         data);

/* Frees the reader; func is not called any more.  A reader has to be freed even
 * if func was called, and func may do that itself.  NULL is allowed.
 */
void         dif_ui_reader_free (DifUiReader     *reader);

#endif
