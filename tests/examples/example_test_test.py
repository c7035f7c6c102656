"""The test of the examples' test: it sees what it is there to see."""

import unittest

import example_test


class Differences(unittest.TestCase):
    def test_equal_trees_differ_in_nothing(self):
        self.assertEqual([], example_test.differences({"a": b"x\n"}, {"a": b"x\n"}))

    def test_every_kind_of_difference_is_named(self):
        found = example_test.differences({"gone": b"", "same": b"1\n2\n"}, {"new": b"", "same": b"1\n3\n"})
        self.assertEqual(["gone: no longer made", "new: not expected", "same:2: expected '2', made '3'"], found)

    def test_a_missing_end_is_a_difference(self):
        self.assertEqual(["a:2: expected '2', made '(end)'"], example_test.differences({"a": b"1\n2\n"}, {"a": b"1\n"}))


class Readme(unittest.TestCase):
    def test_only_gpuspec_lines_of_shell_fences_are_commands(self):
        text = "```sh\ngpuspec check 'a b'\nkubectl get\n```\n```yaml\ngpuspec no\n```\ngpuspec neither\n"
        self.assertEqual([["gpuspec", "check", "a b"]], list(example_test.readme_commands(text)))


if __name__ == "__main__":
    unittest.main()
