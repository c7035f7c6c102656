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
    warn(cut);
    state_.understood = true;
    state_.cut = std::move(cut);
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
    std::string what;
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
    if (mig_.layouts_at != 0)
      what = "the GPUs are cut differently";
    else
      what = "each GPU is cut into " + layoutText(*state_.model, first);
    findings_.report(at, Code::MigLayoutNeedsOperator, what, stackName(stack_))
        .fact("it can make: 7 x 1g, 3 x 2g, 2 x 3g, 1 x 4g or 1 x 7g on each GPU")
        .help("with `stack = gpu_operator` the operator's MIG manager makes any layout that fits");
    return false;
  }

  void warn(const Cut& cut) {
    if (cut.mixed && pool_.autoscaled) {
      findings_.report(pool_.nodes_at, Code::MigMixedAutoscaled, pool_.min_nodes, pool_.max_nodes)
          .note(mig_.strategy->at,
                "slices get names like `" + migResource(state_.model->names.front()) + "`")
          .help("a fixed count, or `strategy = single`, which offers slices as `nvidia.com/gpu`");
    }
    if (cut.uniform)
      warnIdle(cut);
    else
      warnRoom(cut);
    warnPods(cut);
  }

  // 3g: two use all the memory and 6 of 7 compute slices. 4g: one leaves the rest to others that a
  // uniform cut has not.
  void warnIdle(const Cut& cut) {
    const Family& family = *state_.model->family;
    const int used = computeSlices(family, cut.first());
    const int idle = family.compute - used;
    const bool three = profileOf(*state_.model, mig_.profile->value) >= 0 &&
                       mig_.profile->value.rfind("3g.", 0) == 0;
    if (idle < 2 && !(three && idle > 0)) return;
    Finding finding = findings_.report(mig_.profile->at, Code::MigProfileWasteful,
                                       mig_.profile->value, static_cast<std::int64_t>(idle),
                                       static_cast<std::int64_t>(family.compute));
    const Counts full = nearestFit(family, cut.first());
    if (full == cut.first()) return;
    const bool by_operator = stack_ == Stack::GpuOperator || !cluster_.aks;
    finding.help("`layout = [" + layoutText(*state_.model, full) + "]` uses more" +
                 (by_operator ? "" : "; it needs `stack = gpu_operator`"));
  }

  void warnRoom(const Cut& cut) {
    const Family& family = *state_.model->family;
    for (const Counts& counts : cut.gpus) {
      const int room = counts.empty() ? -1 : roomFor(family, counts);
      if (room < 0) continue;
      Counts more(counts.size(), 0);
      ++more[static_cast<std::size_t>(room)];
      const Node at = mig_.layout ? mig_.layout->at : mig_.layouts_at;
      findings_.report(at, Code::MigLayoutNotFull, layoutText(*state_.model, more))
          .help("`[" + layoutText(*state_.model, nearestFit(family, counts)) + "]` is full");
      return;
    }
  }

  // Without `max_pods` only the legacy network plugin has a default that is small.
  void warnPods(const Cut& cut) {
    std::int64_t slices = 0;
    for (const Counts& counts : cut.gpus) {
      for (const int n : counts) slices += n;
    }
    const bool legacy = cluster_.aks && cluster_.network_plugin == "azure";
    if (!pool_.max_pods && !legacy) return;
    const std::int64_t pods = pool_.max_pods ? pool_.max_pods->value : 30;
    if (slices <= pods) return;
    findings_
        .report(pool_.max_pods ? pool_.max_pods->at : mig_.at, Code::MigSlicesExceedPods, slices,
                pool_.name, pods)
        .fact("a pod uses one slice; DaemonSets take places as well")
        .help("`max_pods = 110` leaves room; it cannot change on an existing pool");
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

std::string resourceOf(const PoolState& state, std::size_t profile) {
  return state.cut->mixed ? migResource(state.model->names[profile]) : kGpu;
}

std::map<std::string, std::int64_t> devicesOf(const PoolState& state) {
  if (state.pool->windows()) return {{kWindowsGpu, state.pool->gpus}};
  if (!state.cut) return {{kGpu, state.pool->gpus}};
  std::map<std::string, std::int64_t> devices;
  for (const Counts& counts : state.cut->gpus) {
    if (counts.empty()) ++devices[kGpu];
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) devices[resourceOf(state, i)] += counts[i];
    }
  }
  return devices;
}

// `all-1g.10gb` as NVIDIA's own configurations have it; anything else, and a name that another
// layout took, by pool.
void nameLayouts(Analysis& analysis) {
  std::map<std::string, Counts> taken;
  for (PoolState& state : analysis.pools) {
    if (!state.cut || analysis.stack != Stack::GpuOperator) continue;
    Cut& cut = *state.cut;
    cut.config = "pool-" + state.pool->name;
    if (!cut.uniform) continue;
    std::string name = "all-" + state.pool->mig->profile->value;
    std::replace(name.begin(), name.end(), '+', '.');
    if (taken.emplace(name, cut.first()).first->second == cut.first()) cut.config = name;
  }
}

}  // namespace gpuspec::nvidia
