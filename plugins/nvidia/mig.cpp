#include <algorithm>

#include "plugins/nvidia/analysis.h"

namespace gpuspec::nvidia {

namespace {

std::string count(std::int64_t number) {
  return std::to_string(number);
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "  ") + item;
  return text;
}

std::string hasText(const PoolState& state) {
  return "has " + count(state.pool->gpus) + " x " + state.model->title;
}

Counts countsOf(const Model& model, std::size_t profile, int number) {
  Counts counts(model.names.size(), 0);
  counts[profile] = number;
  return counts;
}

class MigReader {
 public:
  MigReader(const Request& request, Stack stack, PoolState& state, Findings& findings)
      : cluster_(request.cluster),
        stack_(stack),
        state_(state),
        pool_(*state.pool),
        mig_(*state.pool->mig),
        findings_(findings) {}

  void read() {
    if (!canBeCut() || !hasOneLayout()) return;
    Cut cut;
    cut.mixed = mig_.strategy->value == "mixed";
    if (!layOut(cut)) return;
    if (!cut.mixed && !allEqual(cut)) return;
    if (!platformCanCut(cut)) return;
    state_.understood = true;
    state_.cut = std::move(cut);
    adviseOnCut(cluster_, stack_, state_, findings_);
  }

 private:
  bool canBeCut() {
    state_.understood = false;
    if (pool_.windows()) {
      findings_.report(mig_.at, Code::MigOnWindows, pool_.os.value)
          .note(pool_.os.at, "the nodes run Windows")
          .help("a pool with `os = ubuntu` can be cut");
      return false;
    }
    if (state_.model->family == nullptr || pool_.fractional) {
      const std::string what =
          pool_.fractional ? "share of a " + std::string(state_.model->title) : state_.model->title;
      findings_.report(mig_.at, Code::MigUnsupported, what)
          .note(whereFrom(), hasText(state_))
          .help(
              "`sharing { time_slicing = 4 }` lets several pods use one GPU, without a wall "
              "between them");
      return false;
    }
    return true;
  }

  Node whereFrom() const { return pool_.vm ? pool_.vm->at : pool_.at; }

  bool hasOneLayout() {
    if (!mig_.strategy) {
      findings_.report(mig_.at, Code::MigNoStrategy)
          .help(
              "`strategy = single` offers all slices as `nvidia.com/gpu`, `mixed` each kind under "
              "its own name");
      return false;
    }
    struct Way {
      const char* name;
      Node at;
    };
    std::vector<Way> ways;
    if (mig_.profile) ways.push_back({"profile", mig_.profile->at});
    if (mig_.layout) ways.push_back({"layout", mig_.layout->at});
    if (mig_.layout_auto) ways.push_back({"layout", *mig_.layout_auto});
    if (mig_.layouts_at != 0) ways.push_back({"layouts", mig_.layouts_at});
    if (ways.empty()) {
      const std::string& small = state_.model->names.front();
      findings_.report(mig_.at, Code::MigNotCut)
          .help("`profile = " + small + "` cuts every GPU into " +
                count(state_.model->family->profiles.front().max) +
                " such slices; `layout = [...]` mixes profiles");
      return false;
    }
    if (ways.size() > 1) {
      findings_.report(ways[1].at, Code::MigCutTwice, ways[0].name, ways[1].name)
          .note(ways[0].at, "`" + std::string(ways[0].name) + "` says it first")
          .help("keep one of them");
      return false;
    }
    if (mig_.layout_auto) {
      findings_.report(*mig_.layout_auto, Code::MigLayoutAuto)
          .help("write the layout of one GPU: `layout = [3g.40gb, 4 x 1g.10gb]`");
      return false;
    }
    return true;
  }

  bool layOut(Cut& cut) {
    const std::size_t gpus = static_cast<std::size_t>(std::max<std::int64_t>(pool_.gpus, 1));
    if (mig_.profile) {
      const int profile = resolve(mig_.profile->value, mig_.profile->at, 1);
      if (profile < 0) return false;
      const std::size_t index = static_cast<std::size_t>(profile);
      cut.uniform = true;
      cut.gpus.assign(gpus,
                      countsOf(*state_.model, index, state_.model->family->profiles[index].max));
      return true;
    }
    if (mig_.layout) {
      const std::optional<Counts> counts = resolve(*mig_.layout);
      if (counts) cut.gpus.assign(gpus, *counts);
      return counts.has_value();
    }
    return layOutEach(cut, gpus);
  }

  // gpus(0..3) = [...]  gpus(4..7) = [...]
  bool layOutEach(Cut& cut, std::size_t gpus) {
    bool good = true;
    cut.gpus.resize(gpus);
    std::vector<Node> named(gpus, 0);
    for (const GpuLayout& layout : mig_.layouts) {
      const std::optional<Counts> counts = resolve(layout.slices);
      good = good && counts.has_value();
      if (layout.first < 0 || layout.last >= static_cast<std::int64_t>(gpus) ||
          layout.first > layout.last) {
        const std::int64_t wrong = layout.first < 0 ? layout.first : layout.last;
        findings_.report(layout.at, Code::MigGpuIndex, wrong, static_cast<std::int64_t>(gpus))
            .note(whereFrom(), hasText(state_))
            .help("the GPUs of a node are 0.." + count(pool_.gpus - 1));
        good = false;
        continue;
      }
      for (std::int64_t gpu = layout.first; gpu <= layout.last; ++gpu) {
        const std::size_t index = static_cast<std::size_t>(gpu);
        if (named[index] != 0) {
          findings_.report(layout.at, Code::MigGpuTwice, gpu)
              .note(named[index], "named here first");
          good = false;
          break;
        }
        named[index] = layout.at;
        if (counts) cut.gpus[index] = *counts;
      }
    }
    if (mig_.layouts.empty()) {
      findings_.report(mig_.layouts_at, Code::MigNotCut)
          .help("`gpus(0..3) = [7 x " + state_.model->names.front() + "]`");
      return false;
    }
    return good;
  }

  // The family's profile; -1: reported. `instances` is how many the spec writes there.
  int resolve(const std::string& name, Node at, std::int64_t instances) {
    const int profile = profileOf(*state_.model, name);
    if (profile >= 0) return profile;
    Finding finding = findings_.report(at, Code::MigProfileUnknown, name, state_.model->title);
    finding.mark("no such profile")
        .note(whereFrom(), hasText(state_))
        .fact("it has: " + joined(state_.model->names));
    const std::string same = translated(*state_.model, name);
    const std::string written = instances > 1 ? count(instances) + " x " + same : same;
    if (!same.empty())
      finding.fix("`" + same + "` is its slice of that size", at, written);
    else
      finding.help(suggestion(name));
    return -1;
  }

  // The plain profile with as many compute slices, or the smallest.
  std::string suggestion(const std::string& name) const {
    const Family& family = *state_.model->family;
    std::size_t best = 0;
    for (std::size_t i = 0; i < family.profiles.size(); ++i) {
      const std::string start = count(family.profiles[i].compute) + "g.";
      if (name.rfind(start, 0) == 0) {
        best = i;
        break;
      }
    }
    return "`" + state_.model->names[best] + "` gives " + count(family.profiles[best].max) +
           (family.profiles[best].max == 1 ? " slice" : " slices") + " on each GPU";
  }

  std::optional<Counts> resolve(const SliceList& list) {
    const Family& family = *state_.model->family;
    Counts counts(family.profiles.size(), 0);
    bool good = true;
    for (const Slice& slice : list.items) {
      const int profile = resolve(slice.profile, slice.at, slice.count);
      good = good && profile >= 0;
      // More than any GPU holds is as wrong as one too many.
      if (profile >= 0)
        counts[static_cast<std::size_t>(profile)] +=
            static_cast<int>(std::clamp<std::int64_t>(slice.count, 0, 99));
    }
    if (!good) return std::nullopt;
    if (computeSlices(family, counts) == 0) {
      findings_.report(list.at, Code::MigNotCut)
          .help("`gpus(...)` that stand in no entry are left whole");
      return std::nullopt;
    }
    if (fits(family, counts)) return counts;
    findings_
        .report(list.at, Code::MigLayoutImpossible, state_.model->title,
                whyNot(family, counts, state_.model->names))
        .note(whereFrom(), hasText(state_))
        .fact("a GPU has " + count(family.compute) + " compute slices and " + count(family.units) +
              " " + family.unit + "s")
        .help("`[" + layoutText(*state_.model, nearestFit(family, counts)) + "]` fits");
    return std::nullopt;
  }

  bool allEqual(const Cut& cut) {
    const auto kinds = [](const Counts& counts) {
      return std::count_if(counts.begin(), counts.end(), [](int n) { return n > 0; });
    };
    const Node strategy = mig_.strategy->at;
    const auto report = [&](Node at, const std::string& found) {
      findings_.report(at, Code::MigSingleDiffers, found)
          .note(strategy, "one kind of slice for the whole node")
          .fact("the device plugin does not start on a node that differs")
          .help("`strategy = mixed` offers each kind under a name of its own");
      return false;
    };
    for (std::size_t i = 0; i < cut.gpus.size(); ++i) {
      const Node at = mig_.layouts_at != 0 ? mig_.layouts_at
                      : mig_.layout        ? mig_.layout->at
                                           : mig_.at;
      if (cut.gpus[i].empty())
        return report(at, "GPU " + count(static_cast<std::int64_t>(i)) + " left whole");
      if (kinds(cut.gpus[i]) > 1)
        return report(at, "slices of " + count(kinds(cut.gpus[i])) + " profiles");
      if (cut.gpus[i] != cut.gpus[0]) return report(at, "GPUs that are cut differently");
    }
    return true;
  }

  // AKS cuts at the first boot, all GPUs alike; only the operator's MIG manager can do more.
  bool platformCanCut(const Cut& cut) {
    if (!cluster_.aks || stack_ == Stack::GpuOperator) return true;
    if (!state_.model->aks_cuts) {
      findings_.report(mig_.at, Code::MigNotOnPlatform, state_.model->title)
          .note(whereFrom(), hasText(state_))
          .fact("`gpuInstanceProfile` is documented for A100, H100 and H200")
          .help("with `stack = gpu_operator` the operator's MIG manager cuts it");
      return false;
    }
    Node at = mig_.layouts_at != 0 ? mig_.layouts_at
              : mig_.layout        ? mig_.layout->at
                                   : mig_.profile->at;
    const Counts& first = cut.first();
    const auto full = [&](const Counts& counts) {
      for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const Profile& profile = state_.model->family->profiles[i];
        const bool by_aks = !profile.media_group && std::string_view(profile.key) != "1g2m";
        return by_aks && counts == countsOf(*state_.model, i, profile.max);
      }
      return false;
    };
    const bool same =
        std::all_of(cut.gpus.begin(), cut.gpus.end(), [&](const Counts& c) { return c == first; });
    if (same && full(first)) return true;
    const std::string what = same ? "each GPU is cut into " + layoutText(*state_.model, first)
                                  : "the GPUs are cut differently";
    findings_.report(at, Code::MigLayoutNeedsOperator, what, stackName(stack_))
        .fact("it can make: 7 x 1g, 3 x 2g, 2 x 3g, 1 x 4g or 1 x 7g on each GPU")
        .help("with `stack = gpu_operator` the operator's MIG manager makes any layout that fits");
    return false;
  }

  const Cluster& cluster_;
  const Stack stack_;
  PoolState& state_;
  const Pool& pool_;
  const MigBlock& mig_;
  Findings& findings_;
};

}  // namespace

void readMig(const Request& request, Stack stack, PoolState& state, Findings& findings) {
  if (state.pool->mig && state.model != nullptr) MigReader(request, stack, state, findings).read();
}

}  // namespace gpuspec::nvidia
