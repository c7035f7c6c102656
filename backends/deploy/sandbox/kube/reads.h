#pragma once

// GET: one object, pages of many, and streams of what happens to them.

#include "backends/deploy/sandbox/kube/request.h"

namespace gpuspec::deploy::sandbox::api {

HttpResponse answerGet(const ObjectLayer& objects, const Call& call, const HttpRequest& request);
HttpResponse answerList(const ObjectLayer& objects, const Call& call, const HttpRequest& request);
HttpResponse answerWatch(const ObjectLayer& objects, const Call& call, const HttpRequest& request);

// An object as the client wants to see it.
std::string shownObject(const ResourceInfo& resource, const Tree& object,
                        const HttpRequest& request);

}  // namespace gpuspec::deploy::sandbox::api
