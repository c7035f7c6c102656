#include "backends/deploy/sandbox/store/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>

#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/xxhash.h>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox {

namespace {

// Of this machine's byte order: nobody carries the file elsewhere while it has something in it.
struct RecordHead {
  std::uint64_t size, sum;  // of what follows
};
struct EventHead {
  std::int64_t created, modified;
  std::uint32_t key_size, value_size;
};
constexpr std::uint32_t kRemoved = std::numeric_limits<std::uint32_t>::max();

template <class Head>
void put(std::string& out, const Head& head) {
  out.append(reinterpret_cast<const char*>(&head), sizeof head);
}

template <class Head>
std::optional<Head> take(std::string_view& rest) {
  Head head;
  if (rest.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, rest.data(), sizeof head);
  rest.remove_prefix(sizeof head);
  return head;
}

std::optional<std::string_view> take(std::string_view& rest, std::uint64_t size) {
  if (rest.size() < size) return std::nullopt;
  const std::string_view text = rest.substr(0, size);
  rest.remove_prefix(size);
  return text;
}

void putEvent(std::string& out, const Event& event) {
  const Entry& entry = event.entry;
  const bool removed = event.type == Event::Type::Remove;
  const std::string value = removed ? "" : ir::toJson(*entry.value);
  put(out, EventHead{entry.created, entry.modified, static_cast<std::uint32_t>(entry.key.size()),
                     removed ? kRemoved : static_cast<std::uint32_t>(value.size())});
  out += entry.key;
  out += value;
}

std::optional<Logged> takeEvent(std::string_view& rest) {
  const auto head = take<EventHead>(rest);
  if (!head) return std::nullopt;
  const bool removed = head->value_size == kRemoved;
  const auto key = take(rest, head->key_size);
  const auto value = take(rest, removed ? 0 : head->value_size);
  if (!key || !value) return std::nullopt;
  return Logged{removed, *key, *value, head->created, head->modified};
}

// Takes the first record; false when there is no whole one.
bool takeRecord(std::string_view& rest, std::vector<Logged>& out) {
  const auto head = take<RecordHead>(rest);
  if (!head) return false;
  std::optional<std::string_view> events = take(rest, head->size);
  if (!events || llvm::xxHash64(llvm::StringRef(*events)) != head->sum) return false;
  while (const std::optional<Logged> event = takeEvent(*events)) out.push_back(*event);
  return events->empty();
}

bool writeAll(int descriptor, std::string_view text, std::uint64_t at) {
  while (!text.empty()) {
    const ssize_t count = ::pwrite(descriptor, text.data(), text.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
  }
  return true;
}

}  // namespace

WriteLog::~WriteLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

WriteLog& WriteLog::operator=(WriteLog&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

llvm::Error WriteLog::open(const std::string& file) {
  file_ = file;
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct stat facts{};
  if (descriptor_ < 0 || ::fstat(descriptor_, &facts) != 0) return fail("open");
  size_ = static_cast<std::uint64_t>(facts.st_size);
  return llvm::Error::success();
}

llvm::Error WriteLog::append(const std::vector<Event>& events) {
  record_.clear();
  put(record_, RecordHead{});
  for (const Event& event : events) putEvent(record_, event);
  const std::string_view payload = std::string_view(record_).substr(sizeof(RecordHead));
  const RecordHead head{payload.size(), llvm::xxHash64(llvm::StringRef(payload))};
  std::memcpy(record_.data(), &head, sizeof head);
  if (!writeAll(descriptor_, record_, size_)) {
    llvm::Error error = fail("write");
    // Where this fails, too, the next record is written over what is there of this one.
    [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<off_t>(size_));
    return error;
  }
  size_ += record_.size();
  return llvm::Error::success();
}

llvm::Error WriteLog::read(const std::function<llvm::Error(std::vector<Logged>)>& use) {
  auto text = llvm::MemoryBuffer::getOpenFile(descriptor_, file_, size_, false);
  if (!text) {
    errno = text.getError().value();
    return fail("read");
  }
  std::string_view rest = (*text)->getBuffer();
  std::vector<Logged> events;
  while (takeRecord(rest, events)) {
  }
  return use(std::move(events));
}

llvm::Error WriteLog::clear() {
  if (size_ > 0 && ::ftruncate(descriptor_, 0) != 0) return fail("empty");
  size_ = 0;
  return llvm::Error::success();
}

llvm::Error WriteLog::rename(const std::string& file) {
  if (std::rename(file_.c_str(), file.c_str()) != 0) return fail("rename");
  file_ = file;
  return llvm::Error::success();
}

llvm::Error WriteLog::fail(const char* what) const {
  const int why = errno;
  return llvm::createStringError(std::error_code(why, std::generic_category()),
                                 "cannot %s `%s`: %s", what, file_.c_str(), std::strerror(why));
}

}  // namespace gpuspec::deploy::sandbox
