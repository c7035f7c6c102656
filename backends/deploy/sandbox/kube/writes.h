#pragma once

// POST, PUT, PATCH and DELETE on objects.

#include "backends/deploy/sandbox/kube/request.h"
#include "backends/deploy/sandbox/kube/tokens.h"

namespace gpuspec::deploy::sandbox::api {

HttpResponse answerCreate(ObjectLayer& objects, Call call, const HttpRequest& request);
HttpResponse answerUpdate(ObjectLayer& objects, Call call, const HttpRequest& request);
HttpResponse answerPatch(ObjectLayer& objects, Call call, const HttpRequest& request);
HttpResponse answerDelete(ObjectLayer& objects, Call call, const HttpRequest& request);
HttpResponse answerDeleteCollection(ObjectLayer& objects, Call call, const HttpRequest& request);

// subresources.cpp: nullopt = this method does not exist there.
std::optional<HttpResponse> answerScale(ObjectLayer& objects, Call call,
                                        const HttpRequest& request);
HttpResponse answerEviction(ObjectLayer& objects, Call call, const HttpRequest& request);
HttpResponse answerBinding(ObjectLayer& objects, Call call, const HttpRequest& request);
HttpResponse answerLog(const ObjectLayer& objects, const PodLogs* logs, const Call& call,
                       const HttpRequest& request);
HttpResponse answerFinalize(ObjectLayer& objects, Call call, const HttpRequest& request);
// Reviews and tokens: answered, not kept.
HttpResponse answerReview(const ObjectLayer& objects, const Call& call, const HttpRequest& request);
HttpResponse answerToken(const ObjectLayer& objects, const ServiceTokens& tokens, const Call& call,
                         const HttpRequest& request);

}  // namespace gpuspec::deploy::sandbox::api
