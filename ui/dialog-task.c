/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-task.c: see dialog-task.h.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "dialog-config.h"
#include "dialog-controls.h"
#include "dialog-size.h"
#include "dialog-task.h"
#include "presets.h"

#define TASK   "dif-task"
#define SCENES "dif-scenes"

static const DifTaskKind kinds[2] = { DIF_TASK_VARY, DIF_TASK_RESTORE };

gboolean
dif_ui_dialog_varies (DifUiDialog *dialog)
{
  return dif_ui_dialog_find_setting (dialog, "task") != NULL;
}

static const char *
nick_of (DifTaskKind task)
{
  return dif_task_nick (task);
}

static void
set_task (DifUiDialog *dialog,
          DifTaskKind  task)
{
  g_object_set (dialog->config, "task", nick_of (task), NULL);
  dialog->task_by_others = FALSE;
}

static void
on_switch (GtkToggleButton *button,
           gpointer         data)
{
  DifUiDialog *dialog = data;

  if (gtk_toggle_button_get_active (button) && ! dialog->settling)
    set_task (dialog, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button),
                                                           TASK)));
}

GtkWidget *
dif_ui_dialog_switch (DifUiDialog *dialog)
{
  const DifParamChoice *choices = dif_param_find ("task")->choices;
  GtkWidget            *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  int                   i;

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (row),
                               GTK_STYLE_CLASS_LINKED);
  atk_object_set_name (gtk_widget_get_accessible (row), _("Task"));
  for (i = 0; i < 2; i++)
    {
      GtkWidget *button = gtk_radio_button_new_with_label_from_widget (
        GTK_RADIO_BUTTON (dialog->tasks[0]), _(choices[i].label));

      gtk_toggle_button_set_mode (GTK_TOGGLE_BUTTON (button), FALSE);
      gtk_widget_set_tooltip_text (button, _(choices[i].help));
      g_object_set_data (G_OBJECT (button), TASK, GUINT_TO_POINTER (kinds[i]));
      g_signal_connect (button, "toggled", G_CALLBACK (on_switch), dialog);
      gtk_box_pack_start (GTK_BOX (row), button, TRUE, TRUE, 0);
      dialog->tasks[i] = button;
    }
  return row;
}

static void
show_part (DifUiDialog *dialog,
           GtkWidget   *widget)
{
  guint    scenes = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget),
                                                         SCENES));
  gboolean seen = (scenes & dialog->scene) != 0;

  if (GTK_IS_EXPANDER (widget) && ! seen)
    gtk_expander_set_expanded (GTK_EXPANDER (widget), FALSE);
  gtk_widget_set_visible (widget, seen);
}

void
dif_ui_dialog_of_scenes (DifUiDialog *dialog,
                         GtkWidget   *widget,
                         guint        scenes)
{
  g_object_set_data (G_OBJECT (widget), SCENES, GUINT_TO_POINTER (scenes));
  gtk_widget_show_all (widget);
  gtk_widget_set_no_show_all (widget, TRUE);
  g_ptr_array_add (dialog->parts, widget);
  show_part (dialog, widget);
}

/* Whether all that can be reset is as by default, but for the task. */
static gboolean
is_reset (DifUiDialog *dialog)
{
  const DifParam *row;
  gboolean        same = TRUE;

  for (row = dif_param_table; same && row->name; row++)
    {
      GParamSpec *spec = dif_ui_dialog_find_setting (dialog, row->name);
      GValue      value = G_VALUE_INIT;

      if (! spec || g_strcmp0 (row->name, "task") == 0)
        continue;
      g_value_init (&value, spec->value_type);
      g_object_get_property (G_OBJECT (dialog->config), row->name, &value);
      same = g_param_value_defaults (spec, &value);
      g_value_unset (&value);
    }
  return same;
}

void
dif_ui_dialog_note_task (DifUiDialog *dialog,
                         const char  *setting)
{
  if (g_strcmp0 (setting, "task") == 0)
    dialog->task_by_others = TRUE;
}

static DifUiScene
scene_of (DifTaskKind      task,
          const DifParams *params)
{
  if (task == DIF_TASK_RESTORE)
    return DIF_UI_SCENE_RESTORE;
  return params->made_of == DIF_MADE_OF_MODEL ? DIF_UI_SCENE_MODEL
                                              : DIF_UI_SCENE_PARTS;
}

static void
show_scene (DifUiDialog *dialog,
            DifUiScene   scene)
{
  guint i;

  if (scene == dialog->scene)
    return;
  dialog->scene = scene;
  for (i = 0; i < dialog->parts->len; i++)
    show_part (dialog, dialog->parts->pdata[i]);
  dif_ui_dialog_grow (dialog);
}

void
dif_ui_dialog_show_task (DifUiDialog *dialog)
{
  DifParams   params = dif_ui_dialog_params (dialog);
  DifTaskKind task = dif_params_task (&params);
  guint       i;

  if (dialog->task_by_others && dialog->task != 0 && is_reset (dialog))
    {
      task = dialog->task;
      set_task (dialog, task);
    }
  dialog->task_by_others = FALSE;
  show_scene (dialog, scene_of (task, &params));
  if (task == dialog->task)
    return;
  dialog->task = task;
  for (i = 0; i < 2 && dialog->tasks[i]; i++)
    if (kinds[i] == task)
      {
        dialog->settling = TRUE;
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (dialog->tasks[i]), TRUE);
        dialog->settling = FALSE;
      }
  dif_ui_presets_set_task (dialog->presets, task);
}
