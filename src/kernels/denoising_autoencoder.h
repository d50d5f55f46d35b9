// Denoising autoencoder of interactions: what a user is likely to turn to, from part of what they have turned to.
//
// Y. Wu, C. DuBois, A. Zheng, M. Ester: Collaborative Denoising Auto-Encoders for Top-N Recommender Systems, WSDM 2016,
// without the user's own vector, so that it scores users that it was not trained on. For a user with weights w on
// items:
//     h = tanh(c + sum over i of w_i / (sum of w)^a E_i),   logit of item j = b_j + h . V_j,
// trained to tell the user's items from all others by logistic loss, over the whole catalogue (no sampling), while each
// input is dropped with some probability. So it is a retrieval model, too: h against the rows (V_j, b_j).
//
// Cost of an epoch: 6 users x items x hidden flops; for small catalogues. Memory: 4 (2 items x hidden) floats of
// weights, gradient and moments, and batch x items floats. Pure, thread-safe. Deterministic for a given seed, whatever
// the threads, on machines of the same vector width.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/adam.h"
#include "model/matrix.h"

namespace magpie {

struct DenoisingAutoencoderParameters {
  std::size_t hidden = 256;
  std::size_t epochs = 50;
  std::size_t batch = 512;  // Users a step.
  double corruption = 0.5;  // Probability that an input is dropped, in [0, 1).
  double unobserved_weight = 1.0;  // In the loss, of an item that the user has not turned to. > 0
  double input_exponent = 0.5;  // a: 0 a sum of inputs, 1 a mean.
  AdamParameters adam = {.learning_rate = 3e-3};  // The rate falls to 0 along half a cosine.
  std::uint64_t seed = 42;
  unsigned threads = 2;
};

struct DenoisingAutoencoderModel {
  Matrix encoder;  // E: items x hidden
  Matrix decoder;  // V: items x hidden
  std::vector<float> hidden_bias;  // c
  std::vector<float> item_bias;  // b
  double input_exponent = 0;
};

// done, of, mean loss of a user in the epoch just done.
using AutoencoderProgress = std::function<void(std::size_t, std::size_t, double)>;

// `interactions`: users x items, positive weights, distinct items in a row; at least one user.
[[nodiscard]] DenoisingAutoencoderModel train_denoising_autoencoder(const SparseMatrix& interactions,
                                                                    const DenoisingAutoencoderParameters& parameters,
                                                                    const AutoencoderProgress& progress = {});

// A row per user, a column per item: the logits. `interactions` may be those of other users than trained on.
[[nodiscard]] Matrix autoencoder_scores(const DenoisingAutoencoderModel& model, const SparseMatrix& interactions,
                                        unsigned threads);

}  // namespace magpie
