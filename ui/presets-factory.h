/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets-factory.h: the presets that come with the plug-in, by purpose.
 */

#ifndef UI_PRESETS_FACTORY_H
#define UI_PRESETS_FACTORY_H

#include <glib.h>

/* They are groups as in presets-file.h; their names are English, for people to be
 * translated.  Free with g_key_file_unref().
 */
GKeyFile *dif_ui_presets_factory (void);

#endif
