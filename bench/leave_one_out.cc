#include "leave_one_out.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <tuple>

namespace magpie::bench {
namespace {

constexpr std::size_t kCore = 5;

// Numeric ids sort as numbers, as the published protocol has it.
auto by_time(const Interaction& row) { return std::tuple(row.timestamp, std::stoll(row.item)); }

}  // namespace

Result<std::vector<Interaction>> read_interactions(const std::filesystem::path& inter) {
  std::ifstream file(inter);
  if (!file) return not_found("cannot read " + inter.string());
  std::vector<Interaction> rows;
  std::string line;
  std::getline(file, line);  // The header.
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    Interaction row;
    double seconds = 0;
    if (!(fields >> row.user >> row.item >> row.rating >> seconds)) return data_loss("bad row: " + line);
    row.timestamp = static_cast<std::int64_t>(seconds);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Interaction> five_core(std::vector<Interaction> rows) {
  while (true) {
    std::map<std::string, std::size_t> users;
    std::map<std::string, std::size_t> items;
    for (const auto& row : rows) {
      ++users[row.user];
      ++items[row.item];
    }
    const auto removed =
        std::erase_if(rows, [&](const Interaction& row) { return users[row.user] < kCore || items[row.item] < kCore; });
    if (removed == 0) return rows;
  }
}

Split leave_one_out(const std::vector<Interaction>& interactions) {
  std::map<std::string, std::vector<Interaction>> by_user;
  for (const auto& row : interactions) by_user[row.user].push_back(row);
  Split split;
  for (auto& [user, rows] : by_user) {
    std::ranges::sort(rows, {}, by_time);
    split.test[user] = rows.back().item;
    rows.pop_back();
    split.validation[user] = rows.back().item;
    rows.pop_back();
    split.train.insert(split.train.end(), rows.begin(), rows.end());
  }
  return split;
}

Status write_interactions(const std::vector<Interaction>& rows, const std::filesystem::path& to) {
  std::ofstream file(to);
  file << "user_id:token\titem_id:token\trating:float\ttimestamp:float\n";
  for (const auto& row : rows) {
    file << row.user << '\t' << row.item << '\t' << row.rating << '\t' << row.timestamp << '\n';
  }
  file.close();
  return file ? Status() : internal_error("cannot write " + to.string());
}

Status write_items(const std::vector<Interaction>& rows, const std::filesystem::path& items,
                   const std::filesystem::path& to) {
  std::set<std::string> wanted;
  for (const auto& row : rows) wanted.insert(row.item);
  std::ifstream in(items);
  std::ofstream out(to);
  std::string line;
  std::getline(in, line);
  out << line << '\n';
  while (std::getline(in, line)) {
    if (wanted.contains(line.substr(0, line.find('\t')))) out << line << '\n';
  }
  out.close();
  return in.eof() && out ? Status() : internal_error("cannot write " + to.string());
}

}  // namespace magpie::bench
