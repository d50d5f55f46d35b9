#include "batch/pipeline/dag_text.h"

#include <algorithm>

namespace magpie::batch::pipeline {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

template <typename Of>
std::size_t widest(const Dag& dag, const Of& of) {
  std::size_t width = 0;
  for (const TaskSpec& task : dag.tasks()) width = std::max(width, of(task).size());
  return width;
}

std::string after(const TaskSpec& task) {
  std::string text;
  for (const std::string& upstream : task.upstreams) text += (text.empty() ? "after " : ", ") + upstream;
  return text;
}

}  // namespace

std::string to_text(const Dag& dag) {
  const auto ids = widest(dag, [](const TaskSpec& task) { return task.id; });
  const auto titles = widest(dag, [](const TaskSpec& task) { return task.title; });
  std::string text;
  for (const TaskSpec& task : dag.tasks()) {
    std::string line =
        padded(task.number, 3) + "  " + padded(task.id, ids) + "  " + padded(task.title, titles) + "  " + after(task);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string to_dot(const Dag& dag) {
  std::string text = "digraph pipeline {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const TaskSpec& task : dag.tasks()) {
    text += "  " + task.id + " [label=\"" + task.number + " " + task.title + "\"];\n";
  }
  for (const TaskSpec& task : dag.tasks()) {
    for (const std::string& upstream : task.upstreams) text += "  " + upstream + " -> " + task.id + ";\n";
  }
  return text + "}\n";
}

std::string to_mermaid(const Dag& dag) {
  std::string text = "graph LR\n";
  for (const TaskSpec& task : dag.tasks()) {
    text += "  " + task.id + "[\"" + task.number + " " + task.title + "\"]\n";
  }
  for (const TaskSpec& task : dag.tasks()) {
    for (const std::string& upstream : task.upstreams) text += "  " + upstream + " --> " + task.id + "\n";
  }
  return text;
}

}  // namespace magpie::batch::pipeline
