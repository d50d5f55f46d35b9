#include "base/file.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace magpie {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "magpie-file-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { EXPECT_TRUE(magpie::remove_all(directory_).ok()); }

  fs::path directory_;
};

TEST_F(FileTest, ReadsBackWhatWasWritten) {
  const fs::path path = directory_ / "a";
  const std::string bytes("one\0two\n", 8);
  ASSERT_TRUE(write_file_atomically(path, bytes).ok());
  EXPECT_EQ(read_file(path).value(), bytes);
  ASSERT_TRUE(write_file_atomically(path, "shorter").ok());
  EXPECT_EQ(read_file(path).value(), "shorter");
}

TEST_F(FileTest, LeavesNoTemporaryFile) {
  ASSERT_TRUE(write_file_atomically(directory_ / "a", "x").ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 1);
}

TEST_F(FileTest, AFailedWriteKeepsTheOldFile) {
  const fs::path path = directory_ / "a";
  ASSERT_TRUE(write_file_atomically(path, "old").ok());
  ASSERT_TRUE(magpie::create_directories(directory_ / "a.tmp").ok());  // In the way of the temporary file.
  EXPECT_EQ(write_file_atomically(path, "new").error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(read_file(path).value(), "old");
}

TEST_F(FileTest, AnErrorNamesThePath) {
  const fs::path path = directory_ / "missing";
  const auto result = read_file(path);
  EXPECT_EQ(result.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(result.error().message().find(path.string()), std::string::npos) << result.error().message();
  EXPECT_EQ(MappedFile::open(path).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(sync_directory(path).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(rename_durably(path, directory_ / "b").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(write_file_atomically(path / "below", "x").error().code(), ErrorCode::kNotFound);
}

TEST_F(FileTest, ADirectoryIsNoFile) {
  EXPECT_EQ(read_file(directory_).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(MappedFile::open(directory_).error().code(), ErrorCode::kFailedPrecondition);
}

TEST_F(FileTest, RefusesAFileThatIsTooBig) {
  const fs::path path = directory_ / "a";
  ASSERT_TRUE(write_file_atomically(path, "12345").ok());
  EXPECT_TRUE(read_file(path, 5).ok());
  EXPECT_EQ(read_file(path, 4).error().code(), ErrorCode::kResourceExhausted);
}

TEST_F(FileTest, CreatesDirectoriesWithTheirParents) {
  EXPECT_TRUE(magpie::create_directories(directory_ / "a" / "b" / "").ok());
  EXPECT_TRUE(fs::is_directory(directory_ / "a" / "b"));
  EXPECT_TRUE(magpie::create_directories(directory_ / "a" / "b").ok());
  ASSERT_TRUE(write_file_atomically(directory_ / "file", "x").ok());
  EXPECT_EQ(magpie::create_directories(directory_ / "file").error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(magpie::create_directories(directory_ / "file" / "c").error().code(), ErrorCode::kFailedPrecondition);
}

TEST_F(FileTest, RenamesOverAFile) {
  ASSERT_TRUE(write_file_atomically(directory_ / "a", "new").ok());
  ASSERT_TRUE(write_file_atomically(directory_ / "b", "old").ok());
  ASSERT_TRUE(rename_durably(directory_ / "a", directory_ / "b").ok());
  EXPECT_EQ(read_file(directory_ / "b").value(), "new");
  EXPECT_FALSE(fs::exists(directory_ / "a"));
}

TEST_F(FileTest, RemovesWhatIsThereAndWhatIsNot) {
  ASSERT_TRUE(magpie::create_directories(directory_ / "a" / "b").ok());
  EXPECT_TRUE(magpie::remove_all(directory_ / "a").ok());
  EXPECT_FALSE(fs::exists(directory_ / "a"));
  EXPECT_TRUE(magpie::remove_all(directory_ / "a").ok());
}

TEST_F(FileTest, MapsAFile) {
  const fs::path path = directory_ / "a";
  ASSERT_TRUE(write_file_atomically(path, "mapped bytes").ok());
  auto opened = MappedFile::open(path);
  ASSERT_TRUE(opened.ok());
  MappedFile file = std::move(opened).value();
  EXPECT_EQ(file.bytes(), "mapped bytes");
  const MappedFile moved = std::move(file);
  ASSERT_TRUE(magpie::remove_all(path).ok());
  EXPECT_EQ(moved.bytes(), "mapped bytes");
}

TEST_F(FileTest, MapsAnEmptyFile) {
  ASSERT_TRUE(write_file_atomically(directory_ / "a", "").ok());
  EXPECT_EQ(MappedFile::open(directory_ / "a").value().bytes(), "");
  EXPECT_EQ(read_file(directory_ / "a").value(), "");
}

TEST(FileDescriptor, ClosesOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const FileDescriptor reader(ends[0]);
  {
    FileDescriptor first(ends[1]);
    const FileDescriptor writer = std::move(first);
    EXPECT_EQ(writer.get(), ends[1]);
  }
  char byte = 0;
  EXPECT_EQ(::read(reader.get(), &byte, 1), 0);  // The end: the writing side was closed.
}

}  // namespace
}  // namespace magpie
