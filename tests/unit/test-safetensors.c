/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-safetensors.c: well-formed files, and the conversion of their
 * number types.
 */

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "base/safetensors.h"

#define T(dtype, shape, offsets) \
  "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static DifSafetensors *
open_tensors (Fixture              *fixture,
              const FixtureTensor  *tensors,
              int                   n_tensors)
{
  GError         *error = NULL;
  char           *path = fixture_tensors (fixture, tensors, n_tensors);
  DifSafetensors *file = dif_safetensors_open (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (dif_safetensors_path (file), ==, path);
  g_assert_cmpint (dif_safetensors_n_tensors (file), ==, n_tensors);
  g_free (path);

  return file;
}

static void
test_read (Fixture       *fixture,
           gconstpointer  data)
{
  static const float   f32[6] = { 0.f, -1.5f, 3e38f, 1e-45f, 7.f, -0.f };
  static const guint16 f16[3] = { 0x3c00, 0xc000, 0x0001 };
  static const guint16 bf16[2] = { 0x3f80, 0xc040 };
  const FixtureTensor  tensors[] =
  {
    { "a", "F32", "[2, 3]", f32, sizeof (f32) },
    { "b.c", "F16", "[3]", f16, sizeof (f16) },
    { "d", "BF16", "[1, 2, 1]", bf16, sizeof (bf16) },
    { "scalar", "F32", "[]", f32 + 1, 4 },
    { "empty", "F32", "[3, 0]", NULL, 0 }
  };
  DifSafetensors      *file = open_tensors (fixture, tensors, 5);
  GError              *error = NULL;
  const DifTensorInfo *info;
  float                out[6];

  g_assert_null (dif_safetensors_find (file, "b"));

  info = dif_safetensors_find (file, "a");
  g_assert_cmpint (info->n_dims, ==, 2);
  g_assert_cmpint (info->dims[0], ==, 2);
  g_assert_cmpint (info->dims[1], ==, 3);
  g_assert_cmpuint (info->n_values, ==, 6);
  g_assert_true (info == dif_safetensors_get (file, 0));
  g_assert_true (dif_safetensors_read_f32 (file, info, out, &error));
  g_assert_cmpmem (out, sizeof (f32), f32, sizeof (f32));

  info = dif_safetensors_find (file, "b.c");
  g_assert_true (dif_safetensors_read_f32 (file, info, out, &error));
  g_assert_cmpfloat (out[0], ==, 1.f);
  g_assert_cmpfloat (out[1], ==, -2.f);
  g_assert_cmpfloat (out[2], ==, 0x1p-24f);
  info = dif_safetensors_find (file, "d");
  g_assert_true (dif_safetensors_read_f32 (file, info, out, &error));
  g_assert_cmpfloat (out[0], ==, 1.f);
  g_assert_cmpfloat (out[1], ==, -3.f);

  info = dif_safetensors_find (file, "scalar");
  g_assert_cmpint (info->n_dims, ==, 0);
  g_assert_cmpuint (info->n_values, ==, 1);
  info = dif_safetensors_find (file, "empty");
  g_assert_cmpuint (info->n_values, ==, 0);
  g_assert_true (dif_safetensors_read_f32 (file, info, out, &error));
  g_assert_no_error (error);
  dif_safetensors_close (file);
}

static void
test_read_whole (Fixture       *fixture,
                 gconstpointer  data)
{
  static const float   f32[1] = { 1.f };
  static const gint32  i32[3] = { 5, -7, G_MAXINT32 };
  static const gint64  i64[2] = { -1, G_MAXINT64 };
  const FixtureTensor  tensors[] =
  {
    { "e", "I32", "[3]", i32, sizeof (i32) },
    { "f", "I64", "[2]", i64, sizeof (i64) },
    { "g", "F32", "[1]", f32, sizeof (f32) }
  };
  DifSafetensors      *file = open_tensors (fixture, tensors, 3);
  GError              *error = NULL;
  const DifTensorInfo *info;
  float                out[3];
  gint64               whole[3];

  info = dif_safetensors_find (file, "e");
  g_assert_true (dif_safetensors_read_i64 (file, info, whole, &error));
  g_assert_cmpint (whole[0], ==, 5);
  g_assert_cmpint (whole[1], ==, -7);
  g_assert_cmpint (whole[2], ==, G_MAXINT32);
  g_assert_false (dif_safetensors_read_f32 (file, info, out, &error));
  fixture_fault (&error, DIF_ERROR_UNSUPPORTED, dif_safetensors_path (file),
                 "tensor \"e\" does not hold floating-point numbers");

  info = dif_safetensors_find (file, "f");
  g_assert_true (dif_safetensors_read_i64 (file, info, whole, &error));
  g_assert_cmpint (whole[0], ==, -1);
  g_assert_cmpint (whole[1], ==, G_MAXINT64);

  info = dif_safetensors_find (file, "g");
  g_assert_false (dif_safetensors_read_i64 (file, info, whole, &error));
  fixture_fault (&error, DIF_ERROR_UNSUPPORTED, dif_safetensors_path (file),
                 "tensor \"g\" does not hold whole numbers");
  g_assert_no_error (error);
  dif_safetensors_close (file);
}

/* F64, exactly and to the nearest float; and what is widened. */
static void
test_read_double (Fixture       *fixture,
                  gconstpointer  data)
{
  static const double  f64[4] = { 0.9999, -1e300, 0x1p-149, 3.0 };
  static const guint16 f16[3] = { 0x3c00, 0xc000, 0x0001 };
  static const gint32  i32[1] = { 5 };
  const FixtureTensor  tensors[] =
  {
    { "d", "F64", "[4]", f64, sizeof (f64) },
    { "h", "F16", "[3]", f16, sizeof (f16) },
    { "i", "I32", "[1]", i32, sizeof (i32) }
  };
  DifSafetensors      *file = open_tensors (fixture, tensors, 3);
  GError              *error = NULL;
  const DifTensorInfo *info = dif_safetensors_find (file, "d");
  double               out[4];
  float                narrow[4];

  g_assert_true (dif_safetensors_read_f64 (file, info, out, &error));
  g_assert_cmpmem (out, sizeof (f64), f64, sizeof (f64));
  g_assert_true (dif_safetensors_read_f32 (file, info, narrow, &error));
  g_assert_cmpfloat (narrow[0], ==, 0.9999f);
  g_assert_cmpfloat (narrow[1], ==, -INFINITY);
  g_assert_cmpfloat (narrow[2], ==, 0x1p-149f);
  info = dif_safetensors_find (file, "h");
  g_assert_true (dif_safetensors_read_f64 (file, info, out, &error));
  g_assert_cmpfloat (out[0], ==, 1.0);
  g_assert_cmpfloat (out[1], ==, -2.0);
  g_assert_cmpfloat (out[2], ==, 0x1p-24);
  info = dif_safetensors_find (file, "i");
  g_assert_false (dif_safetensors_read_f64 (file, info, out, &error));
  fixture_fault (&error, DIF_ERROR_UNSUPPORTED, dif_safetensors_path (file),
                 "tensor \"i\" does not hold floating-point numbers");
  dif_safetensors_close (file);
}

/* More values than are converted at a time. */
static void
test_read_long (Fixture       *fixture,
                gconstpointer  data)
{
  enum { N = 20000 };
  guint16             *half = g_new (guint16, N);
  float               *out = g_new (float, N);
  const FixtureTensor  tensor = { "t", "BF16", "[20000]", half, 2 * N };
  GError              *error = NULL;
  DifSafetensors      *file;
  char                *path;
  int                  i;

  for (i = 0; i < N; i++)
    half[i] = GUINT16_TO_LE (0x3f80 + i);
  path = fixture_tensors (fixture, &tensor, 1);
  file = dif_safetensors_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (dif_safetensors_read_f32 (file, dif_safetensors_get (file, 0),
                                           out, &error));
  for (i = 0; i < N; i++)
    {
      guint32 bits;

      memcpy (&bits, &out[i], 4);
      g_assert_cmphex (bits, ==, (guint32) (0x3f80 + i) << 16);
    }

  /* A file that shrinks under us is an error, not the end of us. */
  g_assert_cmpint (truncate (path, 30000), ==, 0);
  g_assert_false (dif_safetensors_read_f32 (file,
                                            dif_safetensors_get (file, 0),
                                            out, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, path,
                 "became shorter while it was read");
  dif_safetensors_close (file);
  g_free (path);
  g_free (out);
  g_free (half);
}

/* Spaces, keys in any order, escapes, metadata: all legal. */
static void
test_header_forms (Fixture       *fixture,
                   gconstpointer  data)
{
  const char *header =
    " { \"__metadata__\" : {\"format\":\"pt\", \"e\": \"\\u00e9\\n\"},\r\n"
    "\t\"second\":{\"data_offsets\":[4,8],\"shape\":[ 1 , 1 ],"
    "\"dtype\":\"F32\"},"
    "\"\\u0066\\ud83d\\ude00\\/\\\"\":" T ("F32", "[1]", "[0,4]") "}   ";
  GError         *error = NULL;
  char           *path = fixture_raw (fixture, strlen (header), header, NULL,
                                      8);
  DifSafetensors *file = dif_safetensors_open (path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (dif_safetensors_n_tensors (file), ==, 2);
  g_assert_nonnull (dif_safetensors_find (file, "second"));
  g_assert_true (dif_safetensors_find (file, "f\xf0\x9f\x98\x80/\"") ==
                 dif_safetensors_get (file, 0));
  dif_safetensors_close (file);
  g_free (path);

  /* No tensor at all is a valid, if useless, file. */
  path = fixture_raw (fixture, 2, "{}", NULL, 0);
  file = dif_safetensors_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (dif_safetensors_n_tensors (file), ==, 0);
  dif_safetensors_close (file);
  g_free (path);
}

/* All 65536 words of either type, against their definitions. */
static void
test_conversions (void)
{
  guint16 *words = g_new (guint16, 65536);
  float   *halves = g_new (float, 65536);
  float   *brains = g_new (float, 65536);
  int      i;

  for (i = 0; i < 65536; i++)
    words[i] = GUINT16_TO_LE (i);
  dif_f16_to_f32 (words, halves, 65536);
  dif_bf16_to_f32 (words, brains, 65536);

  for (i = 0; i < 65536; i++)
    {
      int     exponent = (i >> 10) & 31;
      int     mantissa = i & 1023;
      double  sign = i & 0x8000 ? -1 : 1;
      guint32 bits;

      if (exponent == 31 && mantissa != 0)
        g_assert_true (isnan (halves[i]));
      else if (exponent == 31)
        g_assert_cmpfloat (halves[i], ==, sign * INFINITY);
      else if (exponent == 0)
        g_assert_cmpfloat (halves[i], ==, sign * ldexp (mantissa, -24));
      else
        g_assert_cmpfloat (halves[i], ==,
                           sign * ldexp (1024 + mantissa, exponent - 25));
      g_assert_cmpint (!! signbit (halves[i]), ==, i >> 15);

      memcpy (&bits, &brains[i], 4);
      g_assert_cmphex (bits, ==, (guint32) i << 16);
    }

  g_free (brains);
  g_free (halves);
  g_free (words);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/safetensors/read", test_read, NULL);
  fixture_add ("/safetensors/read-whole", test_read_whole, NULL);
  fixture_add ("/safetensors/read-double", test_read_double, NULL);
  fixture_add ("/safetensors/read-long", test_read_long, NULL);
  fixture_add ("/safetensors/header-forms", test_header_forms, NULL);
  g_test_add_func ("/safetensors/conversions", test_conversions);

  return g_test_run ();
}
