/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * host.h: what the dialog's parts know of the layer: its size and a way
 * to read some of it.  The plug-in implements it, so that no part of the
 * dialog touches a drawable.
 */

#ifndef UI_HOST_H
#define UI_HOST_H

#include "picture.h"

typedef struct
{
  int       width;      /* of the layer                                      */
  int       height;
  DifRect   work;       /* the part a run makes anew and its context, in
                           layer pixels: the picture that a job gets         */
  gpointer  data;

  /* Reads area (layer pixels, inside the layer), each square of reduction
   * x reduction pixels averaged into one: the picture is
   * area.width / reduction (rounded down, at least 1) wide, so areas
   * begin and end on multiples of reduction counted from work.x, work.y
   * or lose what is left over.  Main thread only.
   */
  DifUiPicture * (* read) (gpointer        data,
                           const DifRect  *area,
                           int             reduction,
                           GError        **error);

  /* Goes on, until it is until by g_get_monotonic_time(), to look whether
   * the layer or what is selected of it has changed since it was read.
   * FALSE when it has found out; *changed then says so, and width, height,
   * work and what is read are those of the layer as it is now.  changed
   * may be NULL: gives up looking.  Main thread only.
   */
  gboolean     (* look) (gpointer        data,
                         gint64          until,
                         gboolean       *changed);
} DifUiHost;

#endif
