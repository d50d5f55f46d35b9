#include "adapters/embedded/rocks_status.h"

#include <gtest/gtest.h>

namespace magpie::embedded {
namespace {

using Rocks = rocksdb::Status;

TEST(RocksStatus, SaysWhatTheCallerShouldDo) {
  EXPECT_EQ(to_error(Rocks::NoSpace(), "write").code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(to_error(Rocks::SpaceLimit(), "write").code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(to_error(Rocks::MemoryLimit(), "write").code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(to_error(Rocks::Corruption("bad block"), "read").code(), ErrorCode::kDataLoss);
  EXPECT_EQ(to_error(Rocks::PathNotFound("000012.sst"), "read").code(), ErrorCode::kDataLoss);
  EXPECT_EQ(to_error(Rocks::IOError("device"), "read").code(), ErrorCode::kUnavailable);
  EXPECT_EQ(to_error(Rocks::NotFound(), "read").code(), ErrorCode::kNotFound);
  EXPECT_EQ(to_error(Rocks::InvalidArgument("?"), "read").code(), ErrorCode::kInternal);
}

TEST(RocksStatus, SaysWhatWasBeingDone) {
  const Status status = to_status(Rocks::Corruption("bad block"), "read the event log");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("cannot read the event log"), std::string::npos);
  EXPECT_NE(status.error().message().find("bad block"), std::string::npos);
  EXPECT_TRUE(to_status(Rocks::OK(), "read").ok());
}

}  // namespace
}  // namespace magpie::embedded
