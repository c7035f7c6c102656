#include "backends/deploy/sandbox/arm/arm_api.h"

#include "backends/deploy/sandbox/arm/router.h"

namespace gpuspec::deploy::sandbox {

namespace {

class StoredArm final : public ArmApi {
 public:
  StoredArm(Store& store, DataPlane& data_plane, ArmOptions options)
      : options_(std::move(options)),
        state_(store),
        operations_(state_),
        containers_(state_, operations_, data_plane, options_),
        groups_(state_, operations_, containers_, options_),
        deployments_(state_, operations_, containers_, options_),
        router_({state_, operations_, containers_, groups_, deployments_, options_}) {}
  ~StoredArm() override { stop(); }

  void start() override {
    containers_.announce();
    operations_.start();
  }
  void stop() override { operations_.stop(); }
  HttpResponse handle(const HttpRequest& request) override { return router_.handle(request); }

 private:
  const ArmOptions options_;
  arm::State state_;
  arm::Operations operations_;
  arm::Containers containers_;
  arm::Groups groups_;
  arm::Deployments deployments_;
  arm::Router router_;
};

}  // namespace

std::unique_ptr<ArmApi> makeArmApi(Store& store, DataPlane& data_plane, ArmOptions options) {
  return std::make_unique<StoredArm>(store, data_plane, std::move(options));
}

}  // namespace gpuspec::deploy::sandbox
