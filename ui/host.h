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

  /* Reads area, which lies in the layer, with each square of reduction x
   * reduction pixels averaged into one.  The picture is area.width / reduction
   * pixels wide, rounded down, but at least 1, and likewise high: columns and
   * rows that are left over are not in it.  Main thread only.
   */
  DifUiPicture * (* read) (gpointer        data,
                           const DifRect  *area,
                           int             reduction,
                           GError        **error);

  /* Looks whether the layer, or what is selected of it, has changed since it
   * was read, until the time until of g_get_monotonic_time().  TRUE: that is
   * not known yet, look again.  FALSE: *changed says it, and if it is TRUE,
   * width, height, work and what is read are those of the layer as it is now.
   * With NULL for changed it gives up looking and returns FALSE.  Main thread
   * only.
   */
  gboolean     (* look) (gpointer        data,
                         gint64          until,
                         gboolean       *changed);
} DifUiHost;

#endif
