/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets-file.h: presets in a key file, in GIMP's user folder.
 */

#ifndef UI_PRESETS_FILE_H
#define UI_PRESETS_FILE_H

#include <glib-object.h>

/* The presets of a file, none if it is not there; free with
 * g_key_file_unref().  NULL with an error, for people, that names the file
 * if there is one that cannot be read or is no such file.
 */
GKeyFile *dif_ui_presets_load  (const char  *path,
                                GError     **error);

/* text as a preset can be called in a key file, to be freed; NULL if
 * nothing of it is left.
 */
char     *dif_ui_presets_name  (const char  *text);

/* The settings of config that make up a preset, as a group of file. */
void      dif_ui_presets_store (GKeyFile    *file,
                                const char  *name,
                                GObject     *config);

/* Sets what the group says and config takes; the rest stays. */
void      dif_ui_presets_apply (GKeyFile    *file,
                                const char  *name,
                                GObject     *config);

#endif
