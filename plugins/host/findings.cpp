#include "plugins/host/findings.h"

#include "lang/diag/catalogue.h"
#include "plugins/host/reader.h"

namespace gpuspec::host {

namespace {

// {0} {1} ...: one more than the highest.
std::size_t placeholders(std::string_view format) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 2 < format.size(); ++i) {
    const bool digit =
        format[i] == '{' && format[i + 1] >= '0' && format[i + 1] <= '9' && format[i + 2] == '}';
    if (digit) count = std::max(count, static_cast<std::size_t>(format[i + 1] - '0') + 1);
  }
  return count;
}

bool isVendorCode(std::int64_t code) {
  return code >= 3200 && code <= 3299;
}

// Text that a terminal can be trusted with.
std::string plainText(const Field& field) {
  std::string text = field.text();
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

class Relay {
 public:
  Relay(const Field& document, const NodeIds& ids) : document_(document), ids_(ids) {}

  void checkArguments(const diag::CodeInfo& info) {
    const std::size_t wanted = placeholders(info.format);
    if (args_.size() == wanted) return;
    document_["args"].fail("has " + std::to_string(args_.size()) + " items, " +
                           diag::codeName(info.code) + " takes " + std::to_string(wanted));
  }

  void readArguments() {
    document_["args"].eachItem([&](const Field& item) {
      if (item.present() && item.tree()->isInt())
        args_.push_back(std::to_string(item.tree()->asInt()));
      else
        args_.push_back(plainText(item));
    });
  }

  source::Location place(const Field& owner) const {
    const source::Location* at = ids_.find(owner["at"].numberOr(0, 0, INT32_MAX));
    if (at == nullptr) owner["at"].fail("is no node id of the request");
    return at == nullptr ? source::Location{} : *at;
  }

  // Everything that hangs on the finding, read before anything is reported.
  void readRest() {
    if (document_["mark"].present()) mark_ = plainText(document_["mark"]);
    document_["notes"].eachItem(
        [&](const Field& item) { notes_.push_back({place(item), plainText(item["text"])}); });
    document_["facts"].eachItem(
        [&](const Field& item) { facts_.push_back(plainText(item["text"])); });
    document_["help"].eachItem(
        [&](const Field& item) { help_.push_back(plainText(item["text"])); });
    document_["fixes"].eachItem([&](const Field& item) { fixes_.push_back(readFix(item)); });
  }

  void report(const diag::CodeInfo& info, diag::Sink& sink) {
    diag::Report report = sink.add(place(document_), info, args_);
    if (!mark_.empty()) report.mark(mark_);
    for (const diag::Label& note : notes_) {
      if (note.at.valid()) report.note(note.at, note.text);
    }
    for (const std::string& fact : facts_) report.fact(fact);
    for (const std::string& help : help_) report.help(help);
    for (const diag::Fix& fix : fixes_) report.fix(fix.message, fix.edits, fix.certain);
  }

  void useMessage() {
    args_ = {document_["message"].present() ? plainText(document_["message"])
                                            : "the plugin gives no reason"};
  }

 private:
  diag::Fix readFix(const Field& item) {
    diag::Fix fix;
    fix.message = plainText(item["message"]);
    fix.certain = item["certain"].flagOr(true);
    item["edits"].eachItem([&](const Field& edit) {
      const source::Location at = place(edit);
      if (!at.valid()) edit["at"].fail("is no place in the spec");
      fix.edits.push_back({at.range, edit["text"].text()});
    });
    return fix;
  }

  const Field& document_;
  const NodeIds& ids_;
  std::vector<std::string> args_;
  std::string mark_;
  std::vector<diag::Label> notes_;
  std::vector<std::string> facts_, help_;
  std::vector<diag::Fix> fixes_;
};

}  // namespace

Relayed relayFinding(std::string_view json, const NodeIds& ids, diag::Sink& sink,
                     const DeclaredFindings& declared) {
  llvm::Expected<ir::Tree> tree = parseDocument(json);
  if (!tree) return {std::nullopt, llvm::toString(tree.takeError())};
  Problem problem;
  const Field document(&*tree, "", &problem);
  const Field code = document["code"];
  const diag::CodeInfo* known = nullptr;
  if (code.present() && code.tree()->isString()) {
    const auto own = declared.find(code.text());
    if (own == declared.end())
      code.fail("is `" + code.text() + "`, which the plugin does not declare");
    else
      known = own->second;
  } else {
    const std::int64_t number = code.number(0, 65535);
    if (number == diag::PluginFailed.info->code)
      return {document["message"].textOr("no reason given"), std::nullopt};
    if (isVendorCode(number)) known = diag::findCode(static_cast<std::uint16_t>(number));
  }
  Relay relay(document, ids);
  relay.readArguments();
  if (known == nullptr) {
    known = diag::VendorError.info;
    relay.useMessage();
  }
  relay.checkArguments(*known);
  relay.place(document);
  relay.readRest();
  if (!problem.what.empty()) return {std::nullopt, "`" + problem.field + "` " + problem.what};
  relay.report(*known, sink);
  return {};
}

}  // namespace gpuspec::host
