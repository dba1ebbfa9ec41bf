/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets-file.h: presets in a key file, in GIMP's user folder.
 */

#ifndef UI_PRESETS_FILE_H
#define UI_PRESETS_FILE_H

#include <glib-object.h>

#include "dif.h"

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

/* What the preset is for.  One from before there were tasks is for
 * DIF_TASK_VARY.
 */
DifTaskKind dif_ui_presets_task (GKeyFile   *file,
                                 const char *name);

/* The settings of config that make up a preset of task, as a group of file. */
void      dif_ui_presets_store (GKeyFile    *file,
                                const char  *name,
                                DifTaskKind  task,
                                GObject     *config);

/* Sets what the group says and config takes, but for the task; the rest stays. */
void      dif_ui_presets_apply (GKeyFile    *file,
                                const char  *name,
                                GObject     *config);

#endif
