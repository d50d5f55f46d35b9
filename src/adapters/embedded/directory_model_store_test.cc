#include "adapters/embedded/directory_model_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

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
  [[nodiscard]] fs::path aliases_file() const { return directory_.path() / "aliases.json"; }
  [[nodiscard]] fs::path former_file() const { return directory_.path() / "production"; }
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
  EXPECT_EQ(names(), (std::vector<std::string>{"aliases.json", "v000001", "v000002"}));
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

TEST_F(DirectoryModelStoreTest, RefusesEveryFlippedByteOfEveryFile) {
  for (const char* file : {"items", "gram", "manifest.json"}) {
    const std::string bytes = read_file(second(file)).value();
    for (std::size_t i = 0; i < bytes.size(); i += bytes.size() / 10 + 1) {
      if (bytes[i] == ' ' || bytes[i] == '\n') continue;  // The manifest's layout says nothing.
      std::string damaged = bytes;
      damaged[i] ^= 1;
      ASSERT_TRUE(write_file_atomically(second(file), damaged).ok());
      EXPECT_FALSE(store_->load(ModelVersion(2)).ok()) << file << " at " << i;
      EXPECT_FALSE(store_->promote(ModelVersion(2)).ok()) << file << " at " << i;
    }
    ASSERT_TRUE(write_file_atomically(second(file), bytes).ok());
  }
  EXPECT_TRUE(store_->promote(ModelVersion(2)).ok());
}

TEST_F(DirectoryModelStoreTest, RefusesATornManifest) {
  const std::string bytes = read_file(second("manifest.json")).value();
  for (std::size_t length = 0; length + 2 < bytes.size(); length += 37) {
    ASSERT_TRUE(write_file_atomically(second("manifest.json"), bytes.substr(0, length)).ok());
    EXPECT_EQ(store_->load(ModelVersion(2)).error().code(), ErrorCode::kDataLoss) << length;
  }
}

TEST_F(DirectoryModelStoreTest, GivesADamagedVersionNoRole) {
  ASSERT_TRUE(store_->promote(ModelVersion(1)).ok());
  std::string bytes = read_file(second("gram")).value();
  bytes[7] ^= 1;
  ASSERT_TRUE(write_file_atomically(second("gram"), bytes).ok());
  EXPECT_EQ(store_->list().value().size(), 2U) << "the size is right; only a full read sees it";
  EXPECT_EQ(store_->promote(ModelVersion(2)).error().code(), ErrorCode::kDataLoss);
  const auto canary = [](const ModelAliases& a) { return with_canary(a, ModelVersion(2), 0.1, kNow); };
  EXPECT_EQ(store_->update_aliases(canary).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(store_->aliases().value(), promoted({}, ModelVersion(1)));
}

// What a crash leaves after each step of a change: the new file beside the old one, whole or torn, and the new file in
// place of the old one, which was made sure of before the change returned.
TEST_F(DirectoryModelStoreTest, AChangeOfAliasesIsWholeAtEveryCrash) {
  ASSERT_TRUE(store_->promote(ModelVersion(1)).ok());
  const std::string before = read_file(aliases_file()).value();
  ASSERT_TRUE(store_->promote(ModelVersion(2)).ok());
  const std::string after = read_file(aliases_file()).value();
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, after.size() / 2, after.size()}) {
    ASSERT_TRUE(write_file_atomically(aliases_file(), before).ok());
    ASSERT_TRUE(write_file_atomically(aliases_file().string() + ".tmp", after.substr(0, length)).ok());
    open();
    ASSERT_EQ(store_->aliases().value(), promoted({}, ModelVersion(1))) << length;
  }
  ASSERT_TRUE(rename_durably(aliases_file().string() + ".tmp", aliases_file()).ok());
  open();
  EXPECT_EQ(store_->aliases().value(), promoted(promoted({}, ModelVersion(1)), ModelVersion(2)));
}

TEST_F(DirectoryModelStoreTest, ReadsTheFormerFileOfProductionUntilTheFirstChange) {
  ASSERT_TRUE(write_file_atomically(former_file(), "v000001\n").ok());
  open();
  EXPECT_EQ(store_->aliases().value(), promoted({}, ModelVersion(1)));
  ASSERT_TRUE(store_->retain(1).ok());
  EXPECT_EQ(store_->list().value().size(), 2U) << "it is in production";
  ASSERT_TRUE(store_->promote(ModelVersion(2)).ok());
  EXPECT_EQ(store_->aliases().value().previous, ModelVersion(1));
  EXPECT_EQ(names(), (std::vector<std::string>{"aliases.json", "v000001", "v000002"}));
}

TEST_F(DirectoryModelStoreTest, ACrashBeforeTheFormerFileWasRemovedBringsNothingBack) {
  ASSERT_TRUE(store_->promote(ModelVersion(2)).ok());
  ASSERT_TRUE(write_file_atomically(former_file(), "v000001\n").ok());
  open();
  EXPECT_EQ(store_->production().value(), ModelVersion(2));
}

TEST_F(DirectoryModelStoreTest, RefusesADamagedFormerFile) {
  for (const char* text : {"", "v000001", "v1\n", "latest\n", "v000000\n", "v000001\nv000002\n"}) {
    ASSERT_TRUE(write_file_atomically(former_file(), text).ok());
    EXPECT_EQ(store_->production().error().code(), ErrorCode::kDataLoss) << text;
    EXPECT_FALSE(store_->retain(1).ok());  // It might be any of them.
  }
  EXPECT_EQ(store_->list().value().size(), 2U);
}

TEST_F(DirectoryModelStoreTest, RefusesDamagedAliases) {
  ASSERT_TRUE(store_->promote(ModelVersion(2)).ok());
  const std::string bytes = read_file(aliases_file()).value();
  ASSERT_TRUE(write_file_atomically(aliases_file(), bytes.substr(0, bytes.size() / 2)).ok());
  ASSERT_FALSE(store_->aliases().ok());
  EXPECT_EQ(store_->aliases().error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(store_->aliases().error().message().find("aliases.json"), std::string::npos);
  EXPECT_FALSE(store_->retain(1).ok());
  EXPECT_FALSE(store_->promote(ModelVersion(1)).ok());
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
