// Files: whole reads, durable writes, read-only maps.
//
// Durable means that the bytes and the name survive a power cut: the file and its directory are synced to the device.
// Errors: kNotFound (no such file), kResourceExhausted (disk or descriptors full), kFailedPrecondition (permissions,
// not a directory, read-only file system), kUnavailable (anything else that the operating system says); the message
// names the path. Thread-safe. Call create_directories and remove_all with magpie:: before them: std::filesystem has
// both names, and a path finds them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace magpie {

// Owns an open file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool valid() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// The whole file. Fails with kResourceExhausted when it holds more than `limit` bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t limit = std::size_t{1} << 32);

// Replaces the file: a reader sees the old bytes or the new ones, never a mixture, also after a crash. Durable on
// return. Writers of one path must not run at the same time.
[[nodiscard]] Status write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// The directory and its parents, durably; no error where it exists.
[[nodiscard]] Status create_directories(const std::filesystem::path& path);
// Makes renames, creations and removals in the directory durable.
[[nodiscard]] Status sync_directory(const std::filesystem::path& path);
// Atomic within a file system; replaces a file that has the new name. Durable on return.
[[nodiscard]] Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
// A file, or a directory with all it holds; no error where there is nothing.
[[nodiscard]] Status remove_all(const std::filesystem::path& path);

// A file mapped into memory for reading. The file must not shrink while it is mapped.
class MappedFile {
 public:
  [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  // Valid as long as this object.
  [[nodiscard]] std::string_view bytes() const { return {begin_, size_}; }

 private:
  MappedFile(const char* begin, std::size_t size) : begin_(begin), size_(size) {}

  const char* begin_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace magpie
