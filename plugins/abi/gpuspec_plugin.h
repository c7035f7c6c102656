#ifndef GPUSPEC_PLUGIN_H
#define GPUSPEC_PLUGIN_H

/* The contract between gpuspec and a GPU vendor's plugin: one shared library that exports one
 * function, `gpuspec_vendor_v1`. Both sides talk in JSON documents; their shapes are in README.md
 * and schema/ beside this file. Plain C; ownership never crosses: the plugin writes into the host's
 * sink, nobody frees the other's memory, and nothing is thrown across. C++ vendors take
 * gpuspec_plugin.hpp on top. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GPUSPEC_ABI_MAJOR 1u /* an existing field changed: must match */
#define GPUSPEC_ABI_MINOR 1u /* a field was appended */

/* UTF-8, not terminated, borrowed for the call. */
typedef struct gs_str {
  const char* data;
  size_t size;
} gs_str;

typedef enum gs_status {
  GS_OK = 0,
  /* The spec is wrong; diagnose() said why. */
  GS_REJECTED = 1,
  /* The plugin does not know the document's schema, or does not offer the function. */
  GS_UNSUPPORTED = 2,
  /* The plugin is broken; diagnose() may have said how. */
  GS_INTERNAL = 3,
  /* Never returned. With it any int may come back without harm; it counts as GS_INTERNAL. */
  GS_STATUS_WIDTH = 0x7fffffff
} gs_status;

/* Owned by the host, valid during the call. A plugin reads no field past struct_size. */
typedef struct gs_sink {
  size_t struct_size;
  void* ctx;
  /* The reply document, in any number of chunks. */
  void (*write)(void* ctx, gs_str bytes);
  /* One finding: {"code": 3204, "at": <node id>, "args": [...]} */
  void (*diagnose)(void* ctx, gs_str json);
} gs_sink;

/* Static storage in the plugin; the host reads no field past struct_size. */
typedef struct gs_vendor_v1 {
  size_t struct_size; /* as the plugin was compiled */
  uint32_t abi_major, abi_minor;
  gs_str name, version; /* static storage; name: [a-z][a-z0-9_]{0,30}, the label of `accelerator` */
  gs_status (*describe)(const gs_sink* reply);                       /* [any thread] */
  gs_status (*partition)(gs_str request_json, const gs_sink* reply); /* [one call at a time] */
  gs_status (*emit)(gs_str request_json, const gs_sink* reply);      /* [one call at a time] */
  /* Since 1.1. Optional: null, or not named in describe's `features`, means not offered. */
  gs_status (*observe)(gs_str request_json, const gs_sink* reply); /* [one call at a time] */
} gs_vendor_v1;

#if defined(_WIN32)
#define GPUSPEC_PLUGIN_EXPORT __declspec(dllexport)
#else
#define GPUSPEC_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* The only exported symbol. */
GPUSPEC_PLUGIN_EXPORT const gs_vendor_v1* gpuspec_vendor_v1(void);

#ifdef __cplusplus
}
#endif

#endif /* GPUSPEC_PLUGIN_H */
