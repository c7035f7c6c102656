"""The test of the cases' test: a case that does not hold fails."""

import pathlib
import unittest

import case_test

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def problems(text):
    _, steps, files = case_test.parse(text)
    return case_test.run(steps, files, "/bin/true", REPOSITORY)[0]


class Cases(unittest.TestCase):
    def test_what_holds_passes(self):
        case = "Shows.\n\n> cat a/b; echo no >&2; exit 3\nexit 3\nout ~ ^text$\nout !~ no\nerr ~ no\n\n-- a/b --\ntext\n"
        self.assertEqual([], problems(case))

    def test_every_kind_of_failure_is_seen(self):
        for wrong in ("> exit 1", "> true\nexit 2", "> echo a\nout ~ b", "> echo a\nout !~ a", "> echo a\nout empty",
                      "> echo a >&2\nerr empty", "> echo a\nout json check", "> echo '{}'\nout json x == 1",
                      "> echo '{\"x\": true}'\nout json x == 1", "> echo '{\"x\": [2]}'\nout json x.0 == 1"):
            self.assertEqual(1, len(problems("Shows.\n\n" + wrong + "\n")), wrong)

    def test_later_steps_see_what_earlier_ones_left(self):
        self.assertEqual([], problems("Shows.\n\n> echo x > made\n> cat made\nout ~ x\n"))

    def test_a_mistyped_case_is_refused(self):
        for wrong in ("Shows.\n", "Shows.\n\n> true\nexits 1\n", "Shows.\n\n> true\nout = x\n"):
            with self.assertRaises(case_test.Broken):
                case_test.parse(wrong)

    def test_a_document_that_does_not_fit_its_schema_fails(self):
        found = problems("Shows.\n\n> echo '{\"schema\": \"gpuspec.check/1\"}'\nout json check\n")
        self.assertTrue(len(found) == 1 or case_test.schema_problem({}, REPOSITORY / "docs/schemas", "check") == "skipped")


class OneCaseOneFile(unittest.TestCase):
    def test_all_cases_can_be_read(self):
        files = list(pathlib.Path(__file__).parent.glob("cases/*.case"))
        self.assertGreater(len(files), 30)
        for file in files:
            case_test.parse(file.read_text())


if __name__ == "__main__":
    unittest.main()
