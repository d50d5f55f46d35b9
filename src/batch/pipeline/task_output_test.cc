#include "batch/pipeline/task_output.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/contract/temporary_directory.h"

namespace magpie::batch::pipeline {
namespace {

namespace fs = std::filesystem;

class TaskOutput : public testing::Test {
 protected:
  void make(const std::string& text) {
    fs::create_directories(made_ / "table");
    std::ofstream(made_ / "table" / "part") << text;
    std::ofstream(made_ / "empty") << "";
  }

  contract::TemporaryDirectory directory_;
  const fs::path made_ = directory_.path() / ".task";
  const fs::path sealed_ = directory_.path() / "task";
};

TEST_F(TaskOutput, AppearsWholeAndVerifies) {
  make("rows");
  EXPECT_EQ(verify_output(sealed_).error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(seal_output(made_, sealed_).ok());
  EXPECT_FALSE(fs::exists(made_));
  EXPECT_TRUE(verify_output(sealed_).ok());
}

TEST_F(TaskOutput, ReplacesWhatWasThere) {
  make("old");
  ASSERT_TRUE(seal_output(made_, sealed_).ok());
  const auto old = *output_checksum(sealed_);
  make("new");
  ASSERT_TRUE(seal_output(made_, sealed_).ok());
  EXPECT_TRUE(verify_output(sealed_).ok());
  EXPECT_NE(*output_checksum(sealed_), old);
  make("old");
  ASSERT_TRUE(seal_output(made_, sealed_).ok());
  EXPECT_EQ(*output_checksum(sealed_), old);
}

TEST_F(TaskOutput, DamageIsSeen) {
  const auto damaged = [&](const auto& damage) {
    make("rows");
    EXPECT_TRUE(seal_output(made_, sealed_).ok());
    damage();
    return verify_output(sealed_).error().code();
  };
  EXPECT_EQ(damaged([&] { std::ofstream(sealed_ / "table" / "part") << "rowz"; }), ErrorCode::kDataLoss);
  EXPECT_EQ(damaged([&] { fs::resize_file(sealed_ / "table" / "part", 2); }), ErrorCode::kDataLoss);
  EXPECT_EQ(damaged([&] { fs::remove(sealed_ / "empty"); }), ErrorCode::kDataLoss);
  EXPECT_EQ(damaged([&] { std::ofstream(sealed_ / "more") << "x"; }), ErrorCode::kDataLoss);
  EXPECT_EQ(damaged([&] { std::ofstream(sealed_ / "manifest.json") << "{"; }), ErrorCode::kDataLoss);
}

TEST_F(TaskOutput, NothingIsAnOutputToo) {
  fs::create_directories(made_);
  ASSERT_TRUE(seal_output(made_, sealed_).ok());
  EXPECT_TRUE(verify_output(sealed_).ok());
}

}  // namespace
}  // namespace magpie::batch::pipeline
