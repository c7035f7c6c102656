#include "tools/gpuspec/live/live_options.h"

#include <charconv>

namespace gpuspec::cli {

namespace cl = llvm::cl;

std::optional<std::chrono::seconds> parseDuration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > 1'000'000) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty() || unit == "s") return std::chrono::seconds(number);
  if (unit == "m" || unit == "min") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return std::nullopt;
}

LiveOptions::LiveOptions(Command& command, bool changes)
    : kubeconfig_("kubeconfig",
                  cl::desc("Kubeconfig to use (default: $KUBECONFIG, ~/.kube/config)"),
                  cl::value_desc("file"), cl::sub(command.sub()), cl::cat(command.category())),
      contexts_(
          "context", cl::desc("Kubeconfig context to use for a cluster, or for all (repeatable)"),
          cl::value_desc("[cluster=]name"), cl::sub(command.sub()), cl::cat(command.category())),
      only_("only", cl::desc("Only what these addresses make, such as team.* (repeatable)"),
            cl::value_desc("pattern"), cl::sub(command.sub()), cl::cat(command.category())),
      sandbox_("sandbox", cl::desc("Use the running sandbox instead of Azure and the kubeconfig"),
               cl::sub(command.sub()), cl::cat(command.category())),
      dir_("dir", cl::desc("The sandbox's folder"), cl::value_desc("folder"),
           cl::sub(command.sub()), cl::cat(command.category())),
      skip_helm_("skip-helm", cl::desc("Leave Helm releases out"), cl::sub(command.sub()),
                 cl::cat(command.category())),
      parallel_("parallel", cl::desc("Requests in flight at most (default: 32)"),
                cl::value_desc("number"), cl::init(32), cl::sub(command.sub()),
                cl::cat(command.category())),
      timeout_("timeout", cl::desc("Give up after this time, such as 45m (default: 1h)"),
               cl::value_desc("duration"), cl::init("1h"), cl::sub(command.sub()),
               cl::cat(command.category())) {
  if (!changes) return;
  adopt_.emplace("adopt", cl::desc("Take over objects of the same name that others made"),
                 cl::sub(command.sub()), cl::cat(command.category()));
  allow_replace_.emplace("allow-replace",
                         cl::desc("Delete and make anew what cannot be changed in place"),
                         cl::sub(command.sub()), cl::cat(command.category()));
  lock_timeout_.emplace("lock-timeout",
                        cl::desc("Wait this long for another run to end (default: 0s)"),
                        cl::value_desc("duration"), cl::init("0s"), cl::sub(command.sub()),
                        cl::cat(command.category()));
}

namespace {

std::nullopt_t noDuration(const std::string& option, const std::string& text, Terminal& terminal) {
  terminal.complain("`--" + option + " " + text + "`: write a duration such as 90s, 15m or 1h");
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::seconds> parseLimit(const std::string& option, const std::string& text,
                                               Terminal& terminal) {
  const std::optional<std::chrono::seconds> parsed = parseDuration(text);
  if (!parsed) return noDuration(option, text, terminal);
  if (parsed->count() > 0) return parsed;
  terminal.complain("`--" + option + " " + text + "`: nothing can be done in no time");
  return std::nullopt;
}

bool LiveOptions::takeContexts(LiveSettings& to, Terminal& terminal) const {
  for (const std::string& given : contexts_) {
    const std::size_t equals = given.find('=');
    const bool is_named = equals != std::string::npos;
    const std::string cluster = is_named ? given.substr(0, equals) : "";
    const std::string context = is_named ? given.substr(equals + 1) : given;
    if ((is_named && cluster.empty()) || context.empty()) {
      terminal.complain("`--context " + given + "`: write NAME, or CLUSTER=NAME");
      return false;
    }
    if (to.contexts.contains(cluster)) {
      terminal.complain("`--context " + given + "`: there is one for " +
                        (is_named ? "cluster `" + cluster + "`" : "every cluster") + " already, `" +
                        to.contexts[cluster] + "`");
      return false;
    }
    to.contexts[cluster] = context;
  }
  return true;
}

std::optional<LiveSettings> LiveOptions::settings(Terminal& terminal) const {
  LiveSettings settings;
  settings.kubeconfig = kubeconfig_;
  if (!takeContexts(settings, terminal)) return std::nullopt;
  settings.only.assign(only_.begin(), only_.end());
  settings.sandbox = sandbox_;
  settings.sandbox_dir = dir_;
  settings.skip_helm = skip_helm_;
  settings.adopt = adopt_ && *adopt_;
  settings.allow_replace = allow_replace_ && *allow_replace_;
  if (parallel_ < 1 || parallel_ > 256) {
    terminal.complain("`--parallel` is a number from 1 to 256");
    return std::nullopt;
  }
  settings.parallel = parallel_;
  const auto timeout = parseLimit("timeout", timeout_, terminal);
  if (!timeout) return std::nullopt;
  settings.timeout = *timeout;
  if (!lock_timeout_) return settings;
  const auto wait = parseDuration(lock_timeout_->getValue());
  if (!wait) return noDuration("lock-timeout", *lock_timeout_, terminal);
  settings.lock_timeout = *wait;
  return settings;
}

}  // namespace gpuspec::cli
