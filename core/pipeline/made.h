/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * made.h: variations that are made of their source's own patches, see
 * quilt/quilt.h, and what is filled and textures, which are too.  Where the parameters say so the network goes over them at the
 * end, by a plan and a walk like any other.
 */

#ifndef DIF_PIPELINE_MADE_H
#define DIF_PIPELINE_MADE_H

#include "base/control.h"
#include "dif.h"

typedef struct _DifMade DifMade;

/* Bytes that it keeps from one variation to the next, at the most. */
#define DIF_MADE_KEPT (16 << 20)

/* What they are made of. */
typedef struct
{
  DifImage     *source;         /* changed in place where its edges are joined or it
                                   has values that are not finite             */
  DifImage     *reference;      /* NULL: patches are the source's; changed in place
                                   where it has values that are not finite    */
  const guint8 *excluded;       /* see dif_job_set_masks(); of the reference, if
                                   there is one                               */
  const guint8 *change;
  int           side;           /* as in dif_job_new_smaller(); 0: as large as the
                                   source                                     */
} DifMadeSource;

/* How far it is, of 1. */
typedef void (* DifMadeFunc) (double  done,
                              void   *data);

/* Whether they are made so: jobs that restore or begin with noise are not, jobs that
 * fill or make a texture always.
 */
gboolean  dif_made_is_asked  (const DifParams  *params);

/* Whether a picture of that size can be.  One that is too small for that can: its
 * variations are itself.
 * Errors: ARGUMENT.
 */
gboolean  dif_made_check     (const DifParams  *params,
                              int               width,
                              int               height,
                              GError          **error);

/* Whether there is anything to copy in a reference of that size.
 * Errors: ARGUMENT.
 */
gboolean  dif_made_check_reference (int         width,
                                    int         height,
                                    GError    **error);

/* What the network is asked to do after it with a picture of that size: with
 * strength 0 nothing.
 */
DifParams dif_made_finish    (const DifParams  *params,
                              int               width,
                              int               height);

/* Pictures and masks live as long as what is made.  What has to be found out once is
 * found out.
 * Errors: ARGUMENT, MEMORY, CANCELLED.
 */
DifMade  *dif_made_new       (const DifParams  *params,
                              const DifMadeSource *source,
                              DifControl       *control,
                              DifMadeFunc       progress,
                              void             *data,
                              GError          **error);

/* NULL is allowed. */
void      dif_made_free      (DifMade          *made);

/* Variation i, as it is before the network goes over it.
 * Errors: MEMORY, CANCELLED.
 */
DifImage *dif_made_vary      (DifMade          *made,
                              int               i,
                              DifMadeFunc       progress,
                              void             *data,
                              GError          **error);

/* Whether its variations are the source itself, and nothing is to be done with
 * them.
 */
gboolean  dif_made_is_source (const DifMade    *made);

/* Gives a variation the source's colours, if params ask for that.
 * Errors: MEMORY, CANCELLED.
 */
gboolean  dif_made_colour    (DifMade          *made,
                              DifImage         *picture,
                              GError          **error);

/* Bytes that it takes at the most, the picture that it hands over counted in and
 * the source, the reference and the masks not.
 */
guint64   dif_made_memory    (const DifParams  *params,
                              int               width,
                              int               height,
                              int               side);

/* change: that of the source's masks or NULL, which counts where it is filled.
 * The work of dif_made_new() and of dif_made_vary(), in the unit of
 * dif_params_work().
 */
void      dif_made_work      (const DifParams  *params,
                              int               width,
                              int               height,
                              const guint8     *change,
                              int               side,
                              double           *once,
                              double           *each);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifMade, dif_made_free)

#endif
