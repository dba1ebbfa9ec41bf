/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-weights.c: tensors by name and shape, present and past names,
 * and files that belong to another network.
 */

#include <string.h>

#include "fixture.h"
#include "nn/weights.h"

static const float ramp[] = { 1.f, 2.f, 3.f, 4.f, 5.f, 6.f, 7.f, 8.f };

static DifWeights *
open_tensors (Fixture              *fixture,
              const FixtureTensor  *tensors,
              int                   n_tensors)
{
  GError     *error = NULL;
  char       *path = fixture_tensors (fixture, tensors, n_tensors);
  DifWeights *weights = dif_weights_open (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (weights);
  g_free (path);

  return weights;
}

static void
test_read (Fixture       *fixture,
           gconstpointer  data)
{
  static const guint16 f16[] = { 0x3c00, 0xc400 };
  static const guint16 bf16[] = { 0x3f80, 0xc080 };
  const FixtureTensor  tensors[] =
  {
    { "conv_in.weight", "F32", "[2, 1, 2, 2]", ramp, 32 },
    { "conv_in.bias", "F16", "[2]", f16, 4 },
    { "mid.bias", "BF16", "[2]", bf16, 4 }
  };
  DifWeights *weights = open_tensors (fixture, tensors, 3);
  GError     *error = NULL;
  float       out[8];

  g_assert_cmpuint (dif_weights_n_values (weights), ==, 12);
  g_assert_true (dif_weights_has (weights, "conv_in.weight"));
  g_assert_false (dif_weights_has (weights, "conv_out.weight"));

  g_assert_true (dif_weights_read (weights, "conv_in.weight", 4,
                                   (int[]) { 2, 1, 2, 2 }, out, &error));
  g_assert_cmpmem (out, 32, ramp, 32);
  g_assert_true (dif_weights_read (weights, "conv_in.bias", 1,
                                   (int[]) { 2 }, out, &error));
  g_assert_cmpfloat (out[0], ==, 1.f);
  g_assert_cmpfloat (out[1], ==, -4.f);

  g_assert_false (dif_weights_all_used (weights, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, "model.safetensors",
                 "tensor \"mid.bias\" has no place in the network");
  g_assert_true (dif_weights_read (weights, "mid.bias", 1, (int[]) { 2 }, out,
                                   &error));
  g_assert_cmpfloat (out[1], ==, -4.f);
  g_assert_true (dif_weights_all_used (weights, &error));
  g_assert_no_error (error);
  dif_weights_close (weights);
}

/* A network asks by present names; the file may have the former ones,
 * and matrices stored as 1x1 convolutions.
 */
static void
test_old_names (Fixture       *fixture,
                gconstpointer  data)
{
  static const char *const names[] = { "to_q", "to_k", "to_v", "to_out.0" };
  const FixtureTensor tensors[] =
  {
    { "m.attentions.0.query.weight", "F32", "[2, 2]", ramp, 16 },
    { "m.attentions.0.key.weight", "F32", "[2, 2, 1, 1]", ramp + 1, 16 },
    { "m.attentions.0.value.weight", "F32", "[2, 2]", ramp + 2, 16 },
    { "m.attentions.0.proj_attn.weight", "F32", "[2, 2, 1, 1]", ramp + 3, 16 },
    { "m.attentions.0.query.bias", "F32", "[2]", ramp, 8 },
    { "m.attentions.0.key.bias", "F32", "[2]", ramp + 1, 8 },
    { "m.attentions.0.value.bias", "F32", "[2]", ramp + 2, 8 },
    { "m.attentions.0.proj_attn.bias", "F32", "[2]", ramp + 3, 8 }
  };
  DifWeights *weights = open_tensors (fixture, tensors, 8);
  GError     *error = NULL;
  float       out[4];
  int         i;

  for (i = 0; i < 4; i++)
    {
      char *weight = g_strdup_printf ("m.attentions.0.%s.weight", names[i]);
      char *bias = g_strdup_printf ("m.attentions.0.%s.bias", names[i]);

      g_assert_true (dif_weights_has (weights, weight));
      g_assert_true (dif_weights_read (weights, weight, 2, (int[]) { 2, 2 },
                                       out, &error));
      g_assert_cmpmem (out, 16, ramp + i, 16);
      g_assert_true (dif_weights_read (weights, bias, 1, (int[]) { 2 }, out,
                                       &error));
      g_assert_cmpmem (out, 8, ramp + i, 8);
      g_free (bias);
      g_free (weight);
    }
  g_assert_true (dif_weights_all_used (weights, &error));
  g_assert_no_error (error);
  dif_weights_close (weights);
}

static void
test_wrong (Fixture       *fixture,
            gconstpointer  data)
{
  const FixtureTensor tensors[] =
  {
    { "a.weight", "F32", "[2, 4]", ramp, 32 },
    { "b.weight", "F32", "[2, 2, 1, 1]", ramp, 16 },
    { "labels", "I64", "[1]", ramp, 8 }
  };
  DifWeights *weights = open_tensors (fixture, tensors, 3);
  GError     *error = NULL;
  float       out[8] = { -9.f };

  g_assert_false (dif_weights_read (weights, "c.weight", 2,
                                    (int[]) { 2, 4 }, out, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, "model.safetensors",
                 "tensor \"c.weight\" is missing");
  g_assert_false (dif_weights_read (weights, "a.weight", 2,
                                    (int[]) { 4, 2 }, out, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, "model.safetensors",
                 "tensor \"a.weight\" has shape [2, 4], but the network that "
                 "its configuration describes needs [4, 2]");
  g_assert_false (dif_weights_read (weights, "a.weight", 1, (int[]) { 8 },
                                    out, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, "model.safetensors",
                 "needs [8]");

  /* Only attention may be stored as a convolution. */
  g_assert_false (dif_weights_read (weights, "b.weight", 2,
                                    (int[]) { 2, 2 }, out, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, "model.safetensors",
                 "has shape [2, 2, 1, 1]");
  g_assert_false (dif_weights_read (weights, "labels", 1, (int[]) { 1 }, out,
                                    &error));
  fixture_fault (&error, DIF_ERROR_UNSUPPORTED, "model.safetensors",
                 "\"labels\" does not hold floating-point numbers");
  g_assert_cmpfloat (out[0], ==, -9.f);
  dif_weights_close (weights);
}

static void
test_not_finite (Fixture       *fixture,
                 gconstpointer  data)
{
  static const struct
  {
    const char *dtype;
    guint32     bits;
    gboolean    finite;
  }
  cases[] =
  {
    { "F32",  0x7fc00000, FALSE }, /* NaN        */
    { "F32",  0xffc00000, FALSE }, /* -NaN       */
    { "F32",  0x7f800001, FALSE }, /* signalling */
    { "F32",  0x7f800000, FALSE }, /* infinity   */
    { "F32",  0xff800000, FALSE },
    { "F32",  0x7f7fffff, TRUE  }, /* largest    */
    { "F32",  0xff7fffff, TRUE  },
    { "F16",  0x7e00,     FALSE },
    { "F16",  0xfc00,     FALSE },
    { "F16",  0xfbff,     TRUE  },
    { "BF16", 0x7fc0,     FALSE },
    { "BF16", 0xff80,     FALSE },
    { "BF16", 0xff7f,     TRUE  }
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8         bytes[5 * 4] = { 0 };
      int            size = strcmp (cases[i].dtype, "F32") == 0 ? 4 : 2;
      guint32        word = GUINT32_TO_LE (cases[i].bits);
      FixtureTensor  tensor = { "w", cases[i].dtype, "[5]", bytes, 5 * size };
      DifWeights    *weights;
      GError        *error = NULL;
      float          out[5];

      memcpy (bytes + 3 * size, &word, size);
      weights = open_tensors (fixture, &tensor, 1);
      g_assert_cmpint (dif_weights_read (weights, "w", 1, (int[]) { 5 }, out,
                                         &error), ==, cases[i].finite);
      if (! cases[i].finite)
        fixture_fault (&error, DIF_ERROR_MALFORMED, "model.safetensors",
                       "tensor \"w\" holds NaN or infinity");
      g_assert_no_error (error);
      dif_weights_close (weights);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/weights/read", test_read, NULL);
  fixture_add ("/weights/old-names", test_old_names, NULL);
  fixture_add ("/weights/wrong", test_wrong, NULL);
  fixture_add ("/weights/not-finite", test_not_finite, NULL);

  return g_test_run ();
}
