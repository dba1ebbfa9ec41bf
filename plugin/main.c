/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * main.c: the plug-in as GIMP sees it: which procedures there are and
 * where its translations lie.
 */

#include <string.h>

#include <libgimp/gimp.h>

#include "exact-babl.h"
#include "procedure.h"
#include "progress.h"

#define HELP_DOMAIN "gimp-diffusion"

#define DIF_GIMP_TYPE_PLUG_IN (dif_gimp_plug_in_get_type ())
G_DECLARE_FINAL_TYPE (DifGimpPlugIn, dif_gimp_plug_in, DIF_GIMP, PLUG_IN,
                      GimpPlugIn)

struct _DifGimpPlugIn
{
  GimpPlugIn parent_instance;
};

G_DEFINE_TYPE (DifGimpPlugIn, dif_gimp_plug_in, GIMP_TYPE_PLUG_IN)

GIMP_MAIN (DIF_GIMP_TYPE_PLUG_IN)


/* Asked once after installation: GIMP takes the place of the page behind
 * the Help button then and at no other time.
 */
static GList *
query_procedures (GimpPlugIn *plug_in)
{
  char  *folder = g_path_get_dirname (gimp_get_progname ());
  char  *help = g_build_filename (folder, "help", NULL);
  GFile *file = g_file_new_for_path (help);

  gimp_plug_in_set_help_domain (plug_in, HELP_DOMAIN, file);

  g_object_unref (file);
  g_free (help);
  g_free (folder);
  return NULL;
}

/* Procedures are declared anew at each start of GIMP rather than once
 * after installation, because the models to choose from are folders that
 * come and go.
 */
static GList *
init_procedures (GimpPlugIn *plug_in)
{
  return g_list_append (dif_gimp_procedure_names (),
                        g_strdup (DIF_GIMP_PROGRESS_PROCEDURE));
}

static GimpProcedure *
create_procedure (GimpPlugIn  *plug_in,
                  const gchar *name)
{
  if (strcmp (name, DIF_GIMP_PROGRESS_PROCEDURE) == 0)
    return dif_gimp_progress_procedure_new (plug_in);
  return dif_gimp_procedure_new (plug_in, name);
}

/* Without catalogues there is nothing to set up, and GIMP would complain
 * of the missing folder on the terminal.
 */
static gboolean
set_i18n (GimpPlugIn   *plug_in,
          const gchar  *procedure_name,
          gchar       **gettext_domain,
          gchar       **catalog_dir)
{
  char     *folder = g_path_get_dirname (gimp_get_progname ());
  char     *locale = g_build_filename (folder, "locale", NULL);
  gboolean  present = g_file_test (locale, G_FILE_TEST_IS_DIR);

  if (present)
    *gettext_domain = g_strdup (GETTEXT_PACKAGE);

  g_free (locale);
  g_free (folder);
  return present;
}

static void
dif_gimp_plug_in_class_init (DifGimpPlugInClass *klass)
{
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS (klass);

  dif_exact_babl ();

  plug_in_class->query_procedures = query_procedures;
  plug_in_class->init_procedures  = init_procedures;
  plug_in_class->create_procedure = create_procedure;
  plug_in_class->set_i18n         = set_i18n;
}

static void
dif_gimp_plug_in_init (DifGimpPlugIn *plug_in)
{
}
