/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * error.c: the error domain of the engine.
 */

#include "dif.h"

G_DEFINE_QUARK (dif-error-quark, dif_error)
