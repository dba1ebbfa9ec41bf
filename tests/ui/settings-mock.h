/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * settings-mock.h: an object with a property for each argument that GIMP has
 * of the table of parameters, as the configuration of the procedure has them.
 */

#ifndef DIF_TESTS_SETTINGS_MOCK_H
#define DIF_TESTS_SETTINGS_MOCK_H

#include <glib-object.h>

#include "dif.h"

/* With the defaults. */
GObject *settings_mock_new   (void);

/* Sets the row's property to its other value, see row-values.h. */
void     settings_mock_other (GObject        *mock,
                              const DifParam *row);

/* Whether the row's property is the same in both. */
gboolean settings_mock_same  (GObject        *a,
                              GObject        *b,
                              const DifParam *row);

#endif
