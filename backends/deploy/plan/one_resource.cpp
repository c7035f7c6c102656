#include <algorithm>

#include "backends/deploy/model/arm_rules.h"
#include "backends/deploy/plan/diff.h"
#include "backends/deploy/plan/names.h"
#include "backends/deploy/plan/planner.h"

namespace gpuspec::deploy::plan {

using model::Desired;
using model::Live;
using model::OwnerKind;
using model::System;

namespace {

// Plans one desired resource against what is live.
class OneResource {
 public:
  OneResource(Planning& planning, const Desired& desired, const Live* live)
      : planning_(planning), desired_(desired), live_(live) {}

  void plan() {
    if (live_ == nullptr) return create();
    if (live_->owner.kind != OwnerKind::Us) return takeOver();
    update();
  }

 private:
  model::SharedTree body() const { return bodyToSend(desired_, live_); }

  std::vector<FieldChange> fields() const { return diffFields(desired_, *live_); }

  void create() {
    planning_.add(Action::Create, desired_.key, nullptr, createReason()).body = body();
  }

  std::string createReason() const {
    const auto found = planning_.going.find(desired_.key);
    if (found == planning_.going.end()) return "new in the spec";
    const Live& going = *found->second;
    const std::string with = goesWith(planning_, going);
    const std::string owner =
        going.owner.kind == OwnerKind::Us ? "" : "belonged to " + ownerText(going) + "; ";
    return owner + (with.empty() ? "is being deleted" : "goes with " + with) +
           ", made anew once it is gone";
  }

  static std::string ownerText(const Live& live) {
    return live.owner.text.empty() ? "nobody" : live.owner.text;
  }

  void takeOver() {
    const bool adopts = planning_.options.adopt || desired_.adopt;
    const bool of_project = live_->owner.kind == OwnerKind::Project;
    if (adopts && !of_project) {
      Change& change =
          planning_.add(Action::Adopt, desired_.key, live_,
                        live_->owner.text.empty() ? "exists already, and nobody has marked it"
                                                  : "belonged to " + live_->owner.text);
      change.body = body();
      change.forced = true;
      if (!live_->metadata_only) change.fields = fields();
      return;
    }
    Change about;
    about.key = desired_.key;
    about.address = desired_.address.str();
    about.file = desired_.file;
    about.line = desired_.line;
    const std::string owner = live_->owner.text.empty()
                                  ? "exists already, and nobody has marked it"
                                  : "exists and belongs to " + live_->owner.text;
    planning_.conflict(Conflict::Kind::Foreign, about, owner,
                       of_project ? "give it another name, or let that project go of it: "
                                    "`removed { what = ...  destroy = false }` there"
                                  : "gpuspec apply --adopt takes it over");
  }

  // From the address mark: declared elsewhere than it was.
  std::string movedFrom() const {
    const std::string now = desired_.address.str();
    if (live_->address.empty() || live_->address == now) return {};
    for (const model::Move& move : planning_.desired.moves) {
      if (move.to.str() == now && move.from.str() == live_->address) return live_->address;
    }
    return {};
  }

  void update() {
    std::vector<FieldChange> changed = fields();
    const std::string moved_from = movedFrom();
    const auto is_mark = [](const FieldChange& field) {
      return field.path == "metadata.annotations.gpuspec.dev/address";
    };
    const bool marks_only = std::all_of(changed.begin(), changed.end(), is_mark);
    if (changed.empty() && moved_from.empty() && endOf(*live_).empty()) {
      if (const std::string work = workOn(*live_); !work.empty()) {
        planning_.add(Action::Wait, desired_.key, live_, work);
      } else {
        ++planning_.plan.unchanged;
      }
      return;
    }
    if (!moved_from.empty()) std::erase_if(changed, is_mark);
    if (desired_.key.system == System::Helm && isHalfDone(*live_))
      return reinstall(std::move(changed));
    const auto forcing = std::find_if(changed.begin(), changed.end(),
                                      [](auto& field) { return field.forces_replacement; });
    if (forcing != changed.end()) return replace(std::move(changed));
    const bool moves = !moved_from.empty() && marks_only;
    Change& change = planning_.add(
        moves ? Action::Move : Action::Update, desired_.key, live_,
        moved_from.empty() ? updateReason(!changed.empty()) : "moved from " + moved_from);
    change.moved_from = moved_from;
    change.fields = std::move(changed);
    change.body = body();
    addRuleEffects(change);
  }

  std::string updateReason(bool differs) const {
    if (desired_.key.system == System::Azure) return azureReason(differs);
    const std::string state = desired_.key.system == System::Helm ? releaseState(*live_) : "";
    return state.empty() ? "differs from the spec" : state;
  }

  std::string azureReason(bool differs) const {
    const std::string work = workOn(*live_), end = endOf(*live_);
    if (!differs) return end + ": sent again";
    if (!work.empty()) return "differs from the spec; " + work + ", waited for first";
    return "differs from the spec" + (end.empty() ? "" : "; " + end);
  }

  // Nothing of it ever ran as it should, or it is going already: there is nothing to lose, and Helm
  // takes no upgrade of it.
  void reinstall(std::vector<FieldChange> changed) {
    Change& change = planning_.add(Action::Replace, desired_.key, live_, releaseState(*live_));
    change.fields = std::move(changed);
    change.body = body();
  }

  void addRuleEffects(Change& change) const {
    if (change.key.system != System::Azure) return;
    for (const FieldChange& field : change.fields) {
      const model::ArmRule& rule = model::armRule(change.key.kind, field.path);
      const bool told = std::find(change.effects.begin(), change.effects.end(), rule.effect) !=
                        change.effects.end();
      if (!rule.effect.empty() && !told) change.effects.push_back(rule.effect);
    }
  }

  // Azure's properties by the spec's name.
  std::string nameOf(const std::string& path) const {
    const bool of_azure = desired_.key.system == System::Azure;
    return of_azure ? fieldName(desired_.key, path) : path.substr(path.rfind('.') + 1);
  }

  void replace(std::vector<FieldChange> changed) {
    std::string names;
    bool create_only = false;
    for (const FieldChange& field : changed) {
      if (!field.forces_replacement) continue;
      names += (names.empty() ? "`" : ", `") + nameOf(field.path) + "`";
      create_only = create_only || (desired_.key.system == System::Azure &&
                                    desired_.key.kind == "managedClusters");
    }
    const std::string reason = names + " cannot change on " + article();
    Change& change =
        planning_.add(Action::Replace, desired_.key, live_, "replaced, because " + reason);
    change.fields = std::move(changed);
    change.body = body();
    if (create_only) {
      planning_.conflict(
          Conflict::Kind::NeedsReplace, change, reason,
          "give the old value back, or make a cluster of another name and move there");
      planning_.plan.changes.pop_back();
    } else if (desired_.lifecycle.prevent_destroy) {
      planning_.conflict(Conflict::Kind::PreventDestroy, change,
                         "would be replaced, and `prevent_destroy` stands",
                         "take `prevent_destroy` out of its `lifecycle` block");
    } else if (desired_.lifecycle.replace == "blue_green") {
      // Deleting first is what this very pool asks not to be done to it.
      planning_.conflict(
          Conflict::Kind::NeedsReplace, change, "would be replaced: " + reason,
          "write a second pool beside it, move the work there, then take this one out of the spec; "
          "or write `replace = in_place`, and apply with --allow-replace");
      planning_.plan.conflicts.back().details = {
          "`replace = blue_green` asks for the new pool first, and apply does not do that yet: it "
          "would delete this one before"};
    } else if (!planning_.options.allow_replace) {
      planning_.conflict(Conflict::Kind::NeedsReplace, change, "would be replaced: " + reason,
                         "gpuspec apply --allow-replace deletes it and makes it anew");
    }
  }

  std::string article() const {
    if (desired_.key.system == System::Azure)
      return desired_.key.kind == "managedClusters" ? "a cluster" : "a pool";
    const bool vowel =
        std::string_view("AEIOU").find(desired_.key.kind.front()) != std::string::npos;
    return (vowel ? "an " : "a ") + desired_.key.kind;
  }

  Planning& planning_;
  const Desired& desired_;
  const Live* live_;
};

}  // namespace

void planOne(Planning& planning, const Desired& desired, const Live* live) {
  OneResource(planning, desired, live).plan();
}

}  // namespace gpuspec::deploy::plan
