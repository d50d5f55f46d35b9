// HnswSettings: the shape of the graph and how hard it is searched.
#pragma once

#include <cstddef>

namespace magpie::faiss_ann {

// Y. A. Malkov, D. A. Yashunin: Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
// Small World graphs, TPAMI 2020.
//
// By inner product over rows of differing lengths, as item factors are, short rows get few links: 16 of them find 88%
// of the best 50, 24 find 96% and cost 64 bytes a row more (50,000 clustered rows of 64 dimensions, ef_search 128).
struct HnswSettings {
  std::size_t neighbours = 24;         // M: links of a row; twice as many on the ground layer.
  std::size_t ef_construction = 200;   // Candidates kept while a row is linked.
  std::size_t ef_search = 128;         // Candidates kept while searching; at least k.
};

}  // namespace magpie::faiss_ann
