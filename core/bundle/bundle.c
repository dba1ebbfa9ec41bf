/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bundle.c: loading a model.
 */

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/bundle.h"
#include "bundle/folder.h"
#include "denoise/model.h"
#include "denoise/unet/unet-denoiser.h"

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

/* What noise is called has neither an octave's place nor that of "unknown", the
 * last.
 */
static gboolean
check_noise_label (const DifFolder      *folder,
                   const DifUnetConfig  *config,
                   const char           *key,
                   int                   label,
                   GError              **error)
{
  return label < 0
         || (folder->octaves > 0 && label >= folder->octaves
             && label < config->num_class_embeds - 1)
         || dif_file_fault (folder->config, DIF_ERROR_MALFORMED, error,
                            "the \"%s\" of model_index.json is %d, which is "
                            "none of the network's labels between the octaves "
                            "and \"unknown\".", key, label);
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

  return check_noise_label (folder, config, "camera_label", folder->camera_label,
                            error)
         && check_noise_label (folder, config, "jpeg_label", folder->jpeg_label,
                               error);
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

/* What is read of a model before it is one. */
typedef struct
{
  DifFolder      folder;
  DifUnetConfig  config;
  DifSchedule   *schedule;
  DifUnet       *unet;
  DifModelInfo   info;       /* hash, n_parameters and memory */
} Bundle;

gboolean
dif_bundle_fits (const char           *path,
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
load_network (Bundle  *b,
              GError **error)
{
  const char *path = b->folder.weights;
  DifWeights *weights = dif_weights_open (path, error);

  if (! weights)
    return FALSE;
  if (! dif_bundle_fits (path, &b->config, dif_memory_available (), error))
    {
      dif_weights_close (weights);
      return FALSE;
    }

  b->info.n_parameters = dif_weights_n_values (weights);
  b->info.memory = dif_unet_memory (&b->config, dif_kernels_get (), NULL);
  b->unet = dif_unet_new (&b->config, weights, dif_kernels_get (), error);
  dif_weights_close (weights);

  return b->unet != NULL;
}

/* The network and the hash of its folder. */
static gboolean
load_and_hash (Bundle  *b,
               GError **error)
{
  Hashing  hashing = { &b->folder, g_checksum_new (G_CHECKSUM_SHA256) };
  GThread *thread = g_thread_try_new ("dif-hash", hash_main, &hashing, NULL);
  gboolean ok = load_network (b, error);

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
  g_strlcpy (b->info.hash, g_checksum_get_string (hashing.sum),
             sizeof (b->info.hash));
  g_checksum_free (hashing.sum);

  return ok;
}

/* Makes the model of what was read, and takes that over. */
static DifModel *
make_model (Bundle     *b,
            const char *path)
{
  DifModelInfo     info = b->info;
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *id = g_filename_display_basename (full);
  DifUnetView      view = {
    .unshuffle = b->folder.pixel_unshuffle,
    .octaves = b->folder.octaves,
    .camera_label = b->folder.camera_label,
    .jpeg_label = b->folder.jpeg_label,
    .native = b->config.sample_size > 0
              ? b->config.sample_size * b->folder.pixel_unshuffle
              : DEFAULT_SIZE,
    .prediction = b->schedule->prediction
  };

  info.id = id;
  info.folder = path;
  info.name = b->folder.name ? b->folder.name : id;
  info.licence = b->folder.licence;
  info.pixel_unshuffle = view.unshuffle;
  info.octaves = view.octaves;
  info.knows_cameras = view.camera_label >= 0;
  info.knows_jpeg = view.jpeg_label >= 0;
  return dif_model_new (dif_unet_denoiser_new (b->unet, &view), b->schedule,
                        &info);
}

DifModel *
dif_model_load (const char  *path,
                GError     **error)
{
  Bundle    b = { 0 };
  DifModel *model = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (dif_folder_read (path, &b.folder, error)
      && dif_unet_config_read (b.folder.config, &b.config, error)
      && check_channels (&b.folder, &b.config, error)
      && check_labels (&b.folder, &b.config, error)
      && (b.schedule = dif_schedule_read (b.folder.schedule, error))
      && load_and_hash (&b, error))
    model = make_model (&b, path);
  else
    {
      dif_unet_free (b.unet);
      dif_schedule_free (b.schedule);
    }
  dif_folder_clear (&b.folder);

  return model;
}
