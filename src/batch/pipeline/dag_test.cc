#include "batch/pipeline/dag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batch/pipeline/dag_text.h"

namespace magpie::batch::pipeline {
namespace {

using testing::ElementsAre;

TaskSpec task(std::string id, std::vector<std::string> upstreams) {
  TaskSpec spec;
  spec.id = std::move(id);
  spec.upstreams = std::move(upstreams);
  return spec;
}

std::vector<std::string> ids(const Dag& dag) {
  std::vector<std::string> found;
  for (const TaskSpec& spec : dag.tasks()) found.push_back(spec.id);
  return found;
}

TEST(Dag, UpstreamsComeFirst) {
  const auto dag = Dag::make({task("c", {"a", "b"}), task("b", {"a"}), task("a", {}), task("d", {})});
  ASSERT_TRUE(dag.ok());
  EXPECT_THAT(ids(*dag), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(dag->find("b")->upstreams, std::vector<std::string>{"a"});
  EXPECT_EQ(dag->find("e"), nullptr);
}

TEST(Dag, DownstreamIsTransitive) {
  const auto dag =
      Dag::make({task("a", {}), task("b", {"a"}), task("c", {"a"}), task("d", {"b"}), task("e", {"c", "d"})});
  ASSERT_TRUE(dag.ok());
  EXPECT_THAT(dag->downstream_of("b"), ElementsAre("b", "d", "e"));
  EXPECT_THAT(dag->downstream_of("a"), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(dag->downstream_of("e"), ElementsAre("e"));
}

TEST(Dag, WhatIsNoDagIsRefused) {
  EXPECT_FALSE(Dag::make({}).ok());
  EXPECT_FALSE(Dag::make({task("", {})}).ok());
  EXPECT_FALSE(Dag::make({task("../a", {})}).ok());
  EXPECT_FALSE(Dag::make({task("a", {}), task("a", {})}).ok());
  EXPECT_FALSE(Dag::make({task("a", {"b"})}).ok());
  EXPECT_FALSE(Dag::make({task("a", {"a"})}).ok());
  EXPECT_FALSE(Dag::make({task("a", {}), task("b", {"c"}), task("c", {"b"})}).ok());
}

TEST(DagText, ShowsTasksAndWhatTheyWaitFor) {
  auto first = task("a", {});
  first.number = "1";
  first.title = "Begin";
  auto second = task("bb", {"a"});
  second.number = "2";
  second.title = "End";
  const auto dag = Dag::make({first, second});
  ASSERT_TRUE(dag.ok());
  EXPECT_EQ(to_text(*dag), "1    a   Begin\n2    bb  End    after a\n");
  EXPECT_EQ(to_dot(*dag),
            "digraph pipeline {\n  rankdir=LR;\n  node [shape=box];\n  a [label=\"1 Begin\"];\n"
            "  bb [label=\"2 End\"];\n  a -> bb;\n}\n");
  EXPECT_EQ(to_mermaid(*dag), "graph LR\n  a[\"1 Begin\"]\n  bb[\"2 End\"]\n  a --> bb\n");
}

}  // namespace
}  // namespace magpie::batch::pipeline
