// A vendor in order, whose file changes while it is being loaded.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace {

const bool kTouched = [] {
  Dl_info here = {};
  const timespec times[] = {{1, 0}, {1, 0}};
  return dladdr(reinterpret_cast<const void*>(&kTouched), &here) != 0 &&
         utimensat(AT_FDCWD, here.dli_fname, times, 0) == 0;
}();

}  // namespace
