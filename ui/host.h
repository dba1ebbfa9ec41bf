/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * host.h: what the dialog's parts know of the layer: its size and a way
 * to read some of it.  The plug-in implements it, so that no part of the
 * dialog touches a drawable.
 */

#ifndef UI_HOST_H
#define UI_HOST_H

#include "dif.h"

/* What a layer of a format shows of colours once it holds them: n pixels of
 * R'G'B'A in [0,1], in place; alpha may change.  Any thread.
 */
typedef void (* DifShowFunc) (gconstpointer  format,
                              float         *rgba,
                              int            n);

/* A part of the layer, reduced: planes of one size.  Begins with one
 * owner.
 */
typedef struct
{
  DifImage      *rgb;      /* colour behind transparency as it is           */
  float         *alpha;    /* [height][width] in [0,1], NULL: opaque        */
  float         *selected; /* [height][width] in [0,1], NULL: all of it     */
  DifShowFunc    show;     /* how the layer shows colours that are put into
                              it; NULL: as they are                         */
  gconstpointer  format;   /* of the layer, for show; stays as long as the
                              program runs                                  */
  int            others;   /* owners but the first, atomic                  */
} DifPicture;

/* Another owner, who changes nothing of it.  Any thread. */
DifPicture *dif_picture_ref  (DifPicture *picture);

/* One owner less; frees it with the last.  NULL is allowed.  Any thread. */
void        dif_picture_free (DifPicture *picture);

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
  DifPicture * (* read) (gpointer        data,
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
} DifHost;

#endif
