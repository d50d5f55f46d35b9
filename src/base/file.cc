#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace magpie {
namespace {

namespace fs = std::filesystem;

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT: return ErrorCode::kNotFound;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case EFBIG:
    case ENOMEM: return ErrorCode::kResourceExhausted;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case ENOTDIR: return ErrorCode::kFailedPrecondition;
    default: return ErrorCode::kUnavailable;
  }
}

Error os_error(std::string_view action, const fs::path& path, int number) {
  return {code_of(number),
          std::string("cannot ").append(action) + " " + path.string() + ": " + std::generic_category().message(number)};
}
Error last_error(std::string_view action, const fs::path& path) { return os_error(action, path, errno); }

Result<FileDescriptor> open_file(const fs::path& path, int flags) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) has no other form.
  FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0644));
  if (!file.valid()) return last_error("open", path);
  return file;
}

Result<std::size_t> size_of(const FileDescriptor& file, const fs::path& path) {
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return last_error("stat", path);
  if (S_ISDIR(info.st_mode)) return os_error("read", path, EISDIR);
  return static_cast<std::size_t>(info.st_size);
}

// Repeats read(2) until `size` bytes or the end of the file. Returns the number read.
Result<std::size_t> read_fully(const FileDescriptor& file, char* out, std::size_t size, const fs::path& path) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(file.get(), out + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error("read", path);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Status write_fully(const FileDescriptor& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status write_and_sync(const fs::path& path, std::string_view bytes) {
  MAGPIE_ASSIGN_OR_RETURN(const FileDescriptor file, open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
  MAGPIE_RETURN_IF_ERROR(write_fully(file, bytes, path));
  if (::fsync(file.get()) != 0) return last_error("sync", path);
  return {};
}

fs::path directory_of(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  // A failed close loses nothing: what must be durable was synced before.
  if (valid()) ::close(descriptor_);
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  MAGPIE_ASSIGN_OR_RETURN(const FileDescriptor file, open_file(path, O_RDONLY));
  MAGPIE_ASSIGN_OR_RETURN(const std::size_t size, size_of(file, path));
  if (size > limit) return resource_exhausted(path.string() + " holds more than " + std::to_string(limit) + " bytes");
  std::string bytes(size, '\0');
  MAGPIE_ASSIGN_OR_RETURN(const std::size_t done, read_fully(file, bytes.data(), size, path));
  bytes.resize(done);
  return bytes;
}

Status write_file_atomically(const fs::path& path, std::string_view bytes) {
  fs::path temporary = path;
  temporary += ".tmp";
  Status status = write_and_sync(temporary, bytes);
  if (status.ok()) status = rename_durably(temporary, path);
  if (!status.ok()) ::unlink(temporary.c_str());
  return status;
}

Status create_directories(const fs::path& path) {
  if (path.empty() || path == path.root_path()) return {};
  if (!path.has_filename()) return magpie::create_directories(path.parent_path());  // "a/b/"
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(path.parent_path()));
  if (::mkdir(path.c_str(), 0755) == 0) return sync_directory(directory_of(path));
  const int number = errno;
  std::error_code ignored;
  if (number == EEXIST && fs::is_directory(path, ignored)) return {};
  return os_error("create directory", path, number == EEXIST ? ENOTDIR : number);
}

Status sync_directory(const fs::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(const FileDescriptor directory, open_file(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(directory.get()) != 0) return last_error("sync", path);
  return {};
}

Status rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return last_error("rename " + from.string() + " to", to);
  MAGPIE_RETURN_IF_ERROR(sync_directory(directory_of(to)));
  return directory_of(from) == directory_of(to) ? Status() : sync_directory(directory_of(from));
}

Status remove_all(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return os_error("remove", path, error.value());
  return {};
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(const FileDescriptor file, open_file(path, O_RDONLY));
  MAGPIE_ASSIGN_OR_RETURN(const std::size_t size, size_of(file, path));
  if (size == 0) return MappedFile(nullptr, 0);  // mmap(2) refuses an empty file.
  void* const begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (begin == MAP_FAILED) return last_error("map", path);
  return MappedFile(static_cast<const char*>(begin), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  // munmap(2) wants a pointer to mutable bytes, and never writes to them.
  if (begin_ != nullptr) ::munmap(const_cast<char*>(begin_), size_);
}

}  // namespace magpie
