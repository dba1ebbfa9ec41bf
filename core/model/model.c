/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model.c: loading a model and sharing it.
 */

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "model/folder.h"
#include "model/model.h"

/* Where the configuration names no size. */
#define DEFAULT_SIZE 64

/* Picture and network must agree on the channels, and there must be a
 * label to give to a network that wants one.
 */
static gboolean
check_channels (const DifFolder      *folder,
                const DifUnetConfig  *config,
                GError              **error)
{
  int p = folder->pixel_unshuffle;
  int channels = 3 * p * p;

  if (config->in_channels != channels)
    return dif_file_fault (folder->config, DIF_ERROR_UNSUPPORTED, error,
                           "key \"in_channels\": is %d, but a colour picture "
                           "with pixel_unshuffle %d has %d.",
                           config->in_channels, p, channels);
  if (config->out_channels == 2 * channels)
    return dif_file_fault (folder->config, DIF_ERROR_UNSUPPORTED, error,
                           "key \"out_channels\": is %d, twice in_channels: "
                           "networks with a learned variance are not "
                           "supported.", config->out_channels);
  if (config->out_channels != channels)
    return dif_file_fault (folder->config, DIF_ERROR_UNSUPPORTED, error,
                           "key \"out_channels\": is %d, but must be as "
                           "in_channels, %d.", config->out_channels, channels);

  return TRUE;
}

static gboolean
check_labels (const DifFolder      *folder,
              const DifUnetConfig  *config,
              GError              **error)
{
  if (folder->octaves == 0 && config->class_embed != DIF_CLASS_NONE)
    return dif_file_fault (folder->config, DIF_ERROR_UNSUPPORTED, error,
                           "the network wants a class label, and "
                           "model_index.json has no key \"octaves\" that "
                           "says what the labels mean.");
  if (folder->octaves > 0 && config->class_embed == DIF_CLASS_NONE)
    return dif_file_fault (folder->config, DIF_ERROR_MALFORMED, error,
                           "the network takes no class label, but "
                           "model_index.json gives \"octaves\": %d.",
                           folder->octaves);
  if (folder->octaves > 0 && folder->octaves >= config->num_class_embeds)
    return dif_file_fault (folder->config, DIF_ERROR_MALFORMED, error,
                           "key \"num_class_embeds\": is %d, but the octaves "
                           "of model_index.json and \"unknown\" take %d.",
                           config->num_class_embeds, folder->octaves + 1);

  return TRUE;
}

/* Hash ----------------------------------------------------------------- */

/* Calculated in a thread of its own while the weights are read and packed:
 * it takes as long.
 */
typedef struct
{
  const DifFolder *folder;
  GChecksum       *sum;
  GError          *error;
  int              stop;      /* atomic: nobody wants it any more */
} Hashing;

/* Adds a file's content to the sum. */
static gboolean
add_file (Hashing    *h,
          const char *path)
{
  guchar   block[65536];
  guint64  size;
  guint64  done;
  gsize    n;
  gboolean ok = TRUE;
  int      fd = dif_file_open (path, &size, &h->error);

  if (fd < 0)
    return FALSE;

  for (done = 0; ok && done < size && ! g_atomic_int_get (&h->stop); done += n)
    {
      n = MIN (sizeof (block), size - done);
      ok = dif_file_read (fd, path, done, n, block, &h->error);
      if (ok)
        g_checksum_update (h->sum, block, n);
    }
  close (fd);

  return ok;
}

/* The SHA-256 of the three files one after another. */
static void *
hash_main (void *data)
{
  Hashing *h = data;

  if (add_file (h, h->folder->config) && add_file (h, h->folder->schedule))
    add_file (h, h->folder->weights);

  return NULL;
}

/* Load ----------------------------------------------------------------- */

static void
fill_info (DifModel        *model,
           const char      *path,
           const DifFolder *folder)
{
  DifModelInfo *info = &model->info;
  char         *full = g_canonicalize_filename (path, NULL);

  info->id = g_filename_display_basename (full);
  info->folder = g_strdup (path);
  info->name = g_strdup (folder->name ? folder->name : info->id);
  info->licence = g_strdup (folder->licence);
  info->n_train_steps = model->schedule->n_train_steps;
  info->pixel_unshuffle = folder->pixel_unshuffle;
  info->octaves = folder->octaves;
  info->native_size = model->config.sample_size > 0
                      ? model->config.sample_size * folder->pixel_unshuffle
                      : DEFAULT_SIZE;
  g_free (full);
}

gboolean
dif_model_fits (const char           *path,
                const DifUnetConfig  *config,
                guint64               available,
                GError              **error)
{
  guint64          needed;
  g_autofree char *need = NULL, *have = NULL;

  dif_unet_memory (config, dif_kernels_get (), &needed);
  if (available == 0 || needed <= available)
    return TRUE;
  need = g_format_size_full (needed, G_FORMAT_SIZE_IEC_UNITS);
  have = g_format_size_full (available, G_FORMAT_SIZE_IEC_UNITS);
  return dif_file_fault (path, DIF_ERROR_MEMORY, error,
                         "the network's weights would take %s of memory; %s "
                         "are free.", need, have);
}

static gboolean
load_network (DifModel         *model,
              const DifFolder  *folder,
              GError          **error)
{
  DifWeights *weights = dif_weights_open (folder->weights, error);

  if (! weights)
    return FALSE;
  if (! dif_model_fits (folder->weights, &model->config,
                        dif_memory_available (), error))
    {
      dif_weights_close (weights);
      return FALSE;
    }

  model->info.n_parameters = dif_weights_n_values (weights);
  model->info.memory = dif_unet_memory (&model->config, dif_kernels_get (), NULL);
  model->unet = dif_unet_new (&model->config, weights, dif_kernels_get (),
                              error);
  dif_weights_close (weights);

  return model->unet != NULL;
}

/* The network and the hash of its folder. */
static gboolean
load_and_hash (DifModel         *model,
               const DifFolder  *folder,
               GError          **error)
{
  Hashing  hashing = { folder, g_checksum_new (G_CHECKSUM_SHA256) };
  GThread *thread = g_thread_try_new ("dif-hash", hash_main, &hashing, NULL);
  gboolean ok = load_network (model, folder, error);

  if (! ok)
    g_atomic_int_set (&hashing.stop, TRUE);
  if (thread)
    g_thread_join (thread);
  else
    hash_main (&hashing);
  if (ok && hashing.error)
    {
      g_propagate_error (error, g_steal_pointer (&hashing.error));
      ok = FALSE;
    }
  g_clear_error (&hashing.error);
  g_strlcpy (model->info.hash, g_checksum_get_string (hashing.sum),
             sizeof (model->info.hash));
  g_checksum_free (hashing.sum);

  return ok;
}

DifModel *
dif_model_load (const char  *path,
                GError     **error)
{
  DifModel  *model;
  DifFolder  folder;
  gboolean   ok;

  g_return_val_if_fail (path != NULL, NULL);

  model = g_new0 (DifModel, 1);
  g_atomic_ref_count_init (&model->ref_count);

  ok = dif_folder_read (path, &folder, error) &&
       dif_unet_config_read (folder.config, &model->config, error) &&
       check_channels (&folder, &model->config, error) &&
       check_labels (&folder, &model->config, error) &&
       (model->schedule = dif_schedule_read (folder.schedule, error)) &&
       load_and_hash (model, &folder, error);

  if (ok)
    fill_info (model, path, &folder);
  else
    g_clear_pointer (&model, dif_model_unref);
  dif_folder_clear (&folder);

  return model;
}

DifModel *
dif_model_ref (DifModel *model)
{
  g_atomic_ref_count_inc (&model->ref_count);

  return model;
}

void
dif_model_unref (DifModel *model)
{
  if (! g_atomic_ref_count_dec (&model->ref_count))
    return;

  dif_unet_free (model->unet);
  dif_schedule_free (model->schedule);
  g_free ((char *) model->info.id);
  g_free ((char *) model->info.folder);
  g_free ((char *) model->info.name);
  g_free ((char *) model->info.licence);
  g_free (model);
}

const DifModelInfo *
dif_model_info (const DifModel *model)
{
  return &model->info;
}

double
dif_model_alpha_bar (const DifModel *model,
                     int             t)
{
  g_return_val_if_fail (t >= 0 && t <= model->schedule->n_train_steps, 1.0);

  return dif_schedule_alpha_bar (model->schedule, t);
}
