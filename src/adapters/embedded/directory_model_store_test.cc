#include "adapters/embedded/directory_model_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

class DirectoryModelStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    open();
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(store_->publish({}, {{"items", "abcdef"}, {"gram", std::string(5000, 'g')}}).ok());
    }
  }
  void open() { store_ = DirectoryModelStore::open(directory_.path()).value(); }

  [[nodiscard]] fs::path second(const std::string& file) const { return directory_.path() / "v000002" / file; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_.path())) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  void expect_refused(const std::string& reason) {
    const auto model = store_->load(ModelVersion(2));
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.error().code(), ErrorCode::kDataLoss);
    EXPECT_NE(model.error().message().find(reason), std::string::npos) << model.error().message();
    EXPECT_TRUE(store_->load(ModelVersion(1)).ok());
  }

  contract::TemporaryDirectory directory_;
  std::unique_ptr<DirectoryModelStore> store_;
};

TEST_F(DirectoryModelStoreTest, LeavesNothingElseBehind) {
  ASSERT_TRUE(store_->promote(ModelVersion(1)).ok());
  EXPECT_EQ(names(), (std::vector<std::string>{"production", "v000001", "v000002"}));
  EXPECT_EQ(read_file(directory_.path() / "production").value(), "v000001\n");
}

TEST_F(DirectoryModelStoreTest, RefusesAFlippedBit) {
  std::string bytes = read_file(second("gram")).value();
  bytes[4321] ^= 1;
  ASSERT_TRUE(write_file_atomically(second("gram"), bytes).ok());
  expect_refused("checksum of");
}

TEST_F(DirectoryModelStoreTest, RefusesATruncatedFile) {
  fs::resize_file(second("gram"), 4999);
  expect_refused("4999 bytes instead of 5000");
  EXPECT_EQ(store_->list().value().size(), 1U);
}

TEST_F(DirectoryModelStoreTest, RefusesAMissingFile) {
  fs::remove(second("items"));
  expect_refused("is missing");
  EXPECT_EQ(store_->list().value().size(), 1U);
}

TEST_F(DirectoryModelStoreTest, RefusesAMissingManifest) {
  fs::remove(second("manifest.json"));
  expect_refused("is missing");
  EXPECT_EQ(store_->promote(ModelVersion(2)).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(store_->list().value().size(), 1U);
}

TEST_F(DirectoryModelStoreTest, RefusesADamagedManifest) {
  fs::resize_file(second("manifest.json"), 100);
  expect_refused("manifest");
}

TEST_F(DirectoryModelStoreTest, RefusesAnotherVersionsManifest) {
  fs::copy_file(directory_.path() / "v000001" / "manifest.json", second("manifest.json"),
                fs::copy_options::overwrite_existing);
  expect_refused("another version");
}

TEST_F(DirectoryModelStoreTest, RefusesADamagedAlias) {
  for (const char* text : {"", "v000001", "v1\n", "latest\n", "v000000\n", "v000001\nv000002\n"}) {
    ASSERT_TRUE(write_file_atomically(directory_.path() / "production", text).ok());
    EXPECT_EQ(store_->production().error().code(), ErrorCode::kDataLoss) << text;
    EXPECT_FALSE(store_->retain(1).ok());  // It might be any of them.
  }
  EXPECT_EQ(store_->list().value().size(), 2U);
}

TEST_F(DirectoryModelStoreTest, ADamagedVersionsNumberIsNotGivenAgain) {
  fs::remove(second("manifest.json"));
  EXPECT_EQ(store_->publish({}, {}).value(), ModelVersion(3));
}

TEST_F(DirectoryModelStoreTest, RemovesWhatAnInterruptedPublicationLeft) {
  fs::create_directory(directory_.path() / ".unfinished-abcdef");
  ASSERT_TRUE(write_file_atomically(directory_.path() / ".unfinished-abcdef" / "items", "abc").ok());
  EXPECT_EQ(store_->list().value().size(), 2U);
  open();
  EXPECT_EQ(names(), (std::vector<std::string>{"v000001", "v000002"}));
}

TEST_F(DirectoryModelStoreTest, IgnoresForeignNames) {
  for (const char* name : {"v3", "vabc", "v0000003", "backup", "v000000"})
    fs::create_directory(directory_.path() / name);
  EXPECT_EQ(store_->list().value().size(), 2U);
  EXPECT_EQ(store_->publish({}, {}).value(), ModelVersion(3));
}

TEST_F(DirectoryModelStoreTest, AFailedPublicationLeavesNoTrace) {
  EXPECT_FALSE(store_->publish({}, {{"items", "abc"}, {"../escape", "abc"}}).ok());
  EXPECT_EQ(names(), (std::vector<std::string>{"v000001", "v000002"}));
}

TEST_F(DirectoryModelStoreTest, TheNewestVersionAlwaysStays) {
  ASSERT_TRUE(store_->retain(0).ok());
  EXPECT_EQ(names(), std::vector<std::string>{"v000002"});
  EXPECT_EQ(store_->publish({}, {}).value(), ModelVersion(3));
}

TEST_F(DirectoryModelStoreTest, TwoStoresOnOneDirectoryNeverShareAVersion) {
  const auto other = DirectoryModelStore::open(directory_.path()).value();
  EXPECT_EQ(store_->publish({}, {}).value(), ModelVersion(3));
  EXPECT_EQ(other->publish({}, {}).value(), ModelVersion(4));
  EXPECT_EQ(store_->list().value().size(), 4U);
}

}  // namespace
}  // namespace magpie::embedded
