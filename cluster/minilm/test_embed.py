import unittest

import numpy as np

import embed
from minilm import MiniLM, erf


class EmbedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = MiniLM()

    def test_vectors_have_unit_length_and_do_not_depend_on_their_batch(self):
        texts = ["A film about a ship in space", "Cats", "A long text " * 40]
        together = self.model.encode(texts)
        self.assertEqual(together.shape, (3, 384))
        np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
        for text, vector in zip(texts, together):
            np.testing.assert_allclose(self.model.encode([text])[0], vector, atol=1e-4)

    def test_what_means_the_same_is_near(self):
        cat, kitten, tax = self.model.encode(["a cat", "a kitten", "income tax law"])
        self.assertGreater(cat @ kitten, cat @ tax + 0.3)

    def test_the_first_numbers_are_those_of_the_reference(self):
        # sentence-transformers 5 on PyTorch, for the same text.
        expected = [-0.08284, 0.05303, 0.05358, -0.02794]
        np.testing.assert_allclose(self.model.encode(["Toy Story (1995)"])[0][:4], expected, atol=2e-5)

    def test_items_keep_what_they_had(self):
        line = embed.embedded(self.model, [{"id": "1", "title": "Alien", "price": 3}])
        self.assertIn('"price": 3', line)
        self.assertIn('"embedding": [', line)

    def test_erf(self):
        np.testing.assert_allclose(erf(np.array([-1, 0, 0.5, 2])), [-0.8427008, 0, 0.5204999, 0.9953223], atol=2e-7)


if __name__ == "__main__":
    unittest.main()
