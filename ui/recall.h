/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recall.h: asks whether to go on from the settings of a layer that a run
 * has made.
 */

#ifndef UI_RECALL_H
#define UI_RECALL_H

#include "dif.h"

typedef enum
{
  DIF_UI_RECALL_CANCEL,
  DIF_UI_RECALL_NO,
  DIF_UI_RECALL_YES
} DifUiRecall;

/* Asks whether to start from the settings of the layer called name, which a run
 * of made has made, and to do that again with the layer called source, which it
 * was made of; NULL if that one is gone.  n layers are selected.  The other answer
 * is to do task with these.
 */
DifUiRecall dif_ui_recall_ask (const char *name,
                               int         n,
                               const char *source,
                               DifTaskKind made,
                               DifTaskKind task);

#endif
