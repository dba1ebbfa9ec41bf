/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * settings-mock.c: see settings-mock.h.
 */

#include "row-values.h"
#include "settings-mock.h"

typedef struct
{
  GObject parent_instance;
  GValue *values;          /* of the rows, in their order */
} SettingsMock;

typedef GObjectClass SettingsMockClass;

GType settings_mock_get_type (void);

G_DEFINE_TYPE (SettingsMock, settings_mock, G_TYPE_OBJECT)

/* As the procedure declares them, but that GIMP has lists of choices. */
static GParamSpec *
new_spec (const DifParam *row)
{
  double unit = dif_param_unit (row);

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      return g_param_spec_double (row->name, NULL, NULL, row->min * unit,
                                  row->max * unit, row->usual * unit,
                                  G_PARAM_READWRITE);
    case DIF_PARAM_WHOLE:
      return g_param_spec_int (row->name, NULL, NULL, (int) row->min,
                               (int) row->max, (int) row->usual,
                               G_PARAM_READWRITE);
    case DIF_PARAM_SEED:
      return g_param_spec_int (row->name, NULL, NULL, 0, G_MAXINT,
                               (int) row->usual, G_PARAM_READWRITE);
    case DIF_PARAM_SWITCH:
      return g_param_spec_boolean (row->name, NULL, NULL, row->usual != 0.0,
                                   G_PARAM_READWRITE);
    case DIF_PARAM_CHOICE:
      return g_param_spec_string (row->name, NULL, NULL,
                                  row->choices[(int) row->usual].nick,
                                  G_PARAM_READWRITE);
    default:
      return g_param_spec_string (row->name, NULL, NULL, row->usual_text,
                                  G_PARAM_READWRITE);
    }
}

static void
get (GObject    *object,
     guint       id,
     GValue     *value,
     GParamSpec *spec)
{
  g_value_copy (&((SettingsMock *) object)->values[id - 1], value);
}

static void
set (GObject      *object,
     guint         id,
     const GValue *value,
     GParamSpec   *spec)
{
  g_value_copy (value, &((SettingsMock *) object)->values[id - 1]);
}

static int
n_rows (void)
{
  int n = 0;

  while (dif_param_table[n].name)
    n++;
  return n;
}

static void
finalize (GObject *object)
{
  SettingsMock *mock = (SettingsMock *) object;
  int           i;

  for (i = 0; i < n_rows (); i++)
    if (G_IS_VALUE (&mock->values[i]))
      g_value_unset (&mock->values[i]);
  g_free (mock->values);
  G_OBJECT_CLASS (settings_mock_parent_class)->finalize (object);
}

static GParamSpec *
find (GObject        *mock,
      const DifParam *row)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (mock), row->name);
}

static void
settings_mock_init (SettingsMock *mock)
{
  const DifParam *row;

  mock->values = g_new0 (GValue, n_rows ());
  for (row = dif_param_table; row->name; row++)
    if (row->label)
      {
        GParamSpec *spec = find (G_OBJECT (mock), row);
        GValue     *value = &mock->values[row - dif_param_table];

        g_value_init (value, spec->value_type);
        g_param_value_set_default (spec, value);
      }
}

static void
settings_mock_class_init (SettingsMockClass *klass)
{
  const DifParam *row;

  klass->get_property = get;
  klass->set_property = set;
  klass->finalize = finalize;
  for (row = dif_param_table; row->name; row++)
    if (row->label)
      g_object_class_install_property (
        klass, (guint) (row - dif_param_table) + 1, new_spec (row));
}

GObject *
settings_mock_new (void)
{
  return g_object_new (settings_mock_get_type (), NULL);
}

void
settings_mock_other (GObject        *mock,
                     const DifParam *row)
{
  g_autofree char *text = row_other_text (row);

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      g_object_set (mock, row->name, row_other (row) * dif_param_unit (row),
                    NULL);
      break;
    case DIF_PARAM_WHOLE:
    case DIF_PARAM_SEED:
    case DIF_PARAM_SWITCH:
      g_object_set (mock, row->name, (int) row_other (row), NULL);
      break;
    default:
      g_object_set (mock, row->name, text, NULL);
    }
}

gboolean
settings_mock_same (GObject        *a,
                    GObject        *b,
                    const DifParam *row)
{
  GValue   x = G_VALUE_INIT, y = G_VALUE_INIT;
  gboolean same;

  g_object_get_property (a, row->name, &x);
  g_object_get_property (b, row->name, &y);
  same = g_param_values_cmp (find (a, row), &x, &y) == 0;
  g_value_unset (&x);
  g_value_unset (&y);
  return same;
}
