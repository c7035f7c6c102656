#pragma once

// What makes an object invalid (422), with the server's causes.

#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {

Causes validateCreate(const ResourceInfo& resource, const Tree& object);
Causes validateUpdate(const ResourceInfo& resource, const Tree& object, const Tree& live);

// validate_names.cpp: nothing = good, otherwise the server's sentence.
std::string badSubdomain(std::string_view text);
std::string badLabel(std::string_view text);
std::string badLabel1035(std::string_view text);
std::string badQualifiedName(std::string_view text);
std::string badLabelValue(std::string_view text);
std::string badName(NameRule rule, std::string_view text);

// The parts of validateCreate, by topic.
void checkMetadata(const ResourceInfo& resource, const Tree& object, Causes& causes);
void checkRequired(const Tree& value, const Schema& schema, const std::string& path,
                   Causes& causes);
void checkPodSpec(const Tree& spec, const std::string& path, bool restart_always_only,
                  Causes& causes);
void checkLabelSelector(const Tree& selector, const std::string& path, Causes& causes);
void checkWorkload(const ResourceInfo& resource, const Tree& object, Causes& causes);
void checkNetworking(const ResourceInfo& resource, const Tree& object, Causes& causes);
void checkPolicyObjects(const ResourceInfo& resource, const Tree& object, Causes& causes);
void checkImmutable(const ResourceInfo& resource, const Tree& object, const Tree& live,
                    Causes& causes);
// custom_validation.cpp: a custom resource against its own schema.
void checkCustom(const Tree& value, const Schema& schema, const std::string& path, Causes& causes);

}  // namespace gpuspec::deploy::sandbox::api
