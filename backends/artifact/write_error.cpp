#include "backends/artifact/write_error.h"

#include <llvm/Support/raw_ostream.h>

#include "lang/diag/catalogue.h"

namespace gpuspec::artifact {

char WriteError::ID = 0;

namespace {

std::string sentence(const Obstacle& obstacle) {
  const std::string name = "`" + obstacle.path + "`";
  switch (obstacle.reason) {
    case Reason::Edited:
      return name + " was edited since gpuspec wrote it";
    case Reason::Foreign:
      return name + " is in the way and was not written by gpuspec";
    case Reason::Link:
      return name + " is a symbolic link";
    case Reason::Locked:
      return "another gpuspec is writing into " + name;
    case Reason::BadManifest:
      return name + " cannot be read: " + obstacle.detail;
    case Reason::BadStaging:
      return name + " was changed after an interrupted compile";
    case Reason::System:
      break;
  }
  return "cannot " + obstacle.action + " " + name + ": " + obstacle.detail;
}

void reportObstacle(const Obstacle& obstacle, diag::Sink& sink) {
  const source::Location nowhere;
  switch (obstacle.reason) {
    case Reason::Edited:
      sink.report(nowhere, diag::OutputEdited, obstacle.path)
          .help("move the edit into the spec, or give `--force` to overwrite it");
      return;
    case Reason::Foreign:
      sink.report(nowhere, diag::OutputForeign, obstacle.path)
          .help("move it away, or write to another folder with `-o`");
      return;
    case Reason::Link:
      sink.report(nowhere, diag::OutputLink, obstacle.path)
          .help("give the folder that it leads to with `-o`, or remove the link");
      return;
    case Reason::Locked:
      sink.report(nowhere, diag::OutputLocked, obstacle.path).help("wait until it has finished");
      return;
    case Reason::BadManifest:
      sink.report(nowhere, diag::OutputManifestUnreadable, obstacle.path, obstacle.detail)
          .help("restore it, for example from version control, or give `--force` to do without it");
      return;
    case Reason::BadStaging:
      sink.report(nowhere, diag::OutputStagingDamaged, obstacle.path)
          .help("remove the folder that it is in and compile again");
      return;
    case Reason::System:
      sink.report(nowhere, diag::OutputFailed, obstacle.action, obstacle.path, obstacle.detail);
      return;
  }
}

}  // namespace

void WriteError::log(llvm::raw_ostream& out) const {
  for (std::size_t i = 0; i < obstacles_.size(); ++i) {
    out << (i == 0 ? "" : "; ") << sentence(obstacles_[i]);
  }
}

llvm::Error refusal(Reason reason, std::string path, std::string detail) {
  std::vector<Obstacle> obstacles{{reason, std::move(path), std::move(detail), ""}};
  return llvm::make_error<WriteError>(std::move(obstacles));
}

llvm::Error systemError(std::string action, std::string path, std::error_code code) {
  std::vector<Obstacle> obstacles{
      {Reason::System, std::move(path), code.message(), std::move(action)}};
  return llvm::make_error<WriteError>(std::move(obstacles));
}

bool reportWriteError(llvm::Error error, diag::Sink& sink) {
  bool refused = false;
  llvm::handleAllErrors(
      std::move(error),
      [&](const WriteError& failure) {
        refused = failure.refused();
        for (const Obstacle& obstacle : failure.obstacles()) reportObstacle(obstacle, sink);
      },
      [&](const llvm::ErrorInfoBase& other) {
        sink.report(source::Location{}, diag::OutputFailed, std::string("write"),
                    std::string("output"), other.message());
      });
  return refused;
}

}  // namespace gpuspec::artifact
