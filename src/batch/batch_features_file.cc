#include "batch/batch_features_file.h"

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"

namespace magpie::batch {
namespace {

constexpr std::uint32_t kMagic = 0x46554D4D;  // "MMUF"
constexpr std::uint32_t kVersion = 1;

Status read_record(ByteReader& reader, UserBatchFeatures& record) {
  std::string_view user;
  std::string_view features;
  MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(user, kMaxIdLength));
  MAGPIE_RETURN_IF_ERROR(reader.text<std::uint32_t>(features));
  record.first = UserId(std::string(user));
  MAGPIE_ASSIGN_OR_RETURN(record.second, decode_batch_features(features));
  return {};
}

}  // namespace

BatchFeaturesWriter::BatchFeaturesWriter(const std::filesystem::path& file)
    : path_(file), file_(file, std::ios::binary | std::ios::trunc) {
  ByteWriter writer(record_);
  writer.number(kMagic);
  writer.number(kVersion);
  file_ << record_;
}

void BatchFeaturesWriter::add(const UserId& user, const BatchFeatures& features) {
  features_.clear();
  record_.clear();
  encode_batch_features(features, features_);
  ByteWriter writer(record_);
  writer.text<std::uint16_t>(user.get());
  writer.text<std::uint32_t>(features_);
  file_ << record_;
}

Status BatchFeaturesWriter::finish() {
  file_.close();
  return file_ ? Status() : Status(resource_exhausted("cannot write " + path_.string()));
}

Status read_batch_features(const std::filesystem::path& file, std::size_t piece, const VisitBatchFeatures& visit) {
  MAGPIE_ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::open(file));
  const auto size = static_cast<double>(mapped.bytes().size());
  ByteReader reader(mapped.bytes());
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  std::vector<UserBatchFeatures> users;
  while (reader.remaining() > 0) {
    MAGPIE_RETURN_IF_ERROR(read_record(reader, users.emplace_back()));
    if (users.size() < piece && reader.remaining() > 0) continue;
    MAGPIE_RETURN_IF_ERROR(visit(users, 1 - static_cast<double>(reader.remaining()) / size));
    users.clear();
  }
  return {};
}

}  // namespace magpie::batch
