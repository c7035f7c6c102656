#pragma once

// What the server itself puts into objects: system fields, defaults, what each kind fills in when
// it is made or changed.

#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

// uid, creationTimestamp, the first generation; nothing of these comes from the client.
void stampNew(const ResourceInfo& resource, Tree& object);
// System fields are the live object's, whatever the client sent.
void keepSystemFields(const Tree& live, Tree& object);
// defaults.inc and the defaults that depend on other fields.
void applyDefaults(const ResourceInfo& resource, Tree& object);

// Strategies: what a kind drops or fills in on create and on update.
void prepareCreate(const ResourceInfo& resource, Tree& object);
void prepareUpdate(const ResourceInfo& resource, Tree& object, const Tree& live);
// What a write to a subresource ("" = the object) may change; the rest is the live object's.
void restrictTo(std::string_view subresource, const ResourceInfo& resource, Tree& object,
                const Tree& live);
// Whether something outside metadata and status differs.
bool specDiffers(const Tree& a, const Tree& b);

}  // namespace gpuspec::deploy::sandbox::api
