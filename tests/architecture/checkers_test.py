"""The checkers find what they are for, and leave alone what is right."""

import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import cmake_dependencies
import edges
import include_directions
import source_sizes
import summarize
import vendor_names


class Tree:
    """Files of a made-up repository, on disk for the length of a `with`."""

    def __init__(self, **files):
        self.files = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        for name, text in self.files.items():
            path = os.path.join(self.folder.name, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return self.folder.name

    def __exit__(self, *_):
        self.folder.cleanup()


def findings(checker, **files):
    with Tree(**files) as root:
        return checker.check(root)


class IncludeDirections(unittest.TestCase):
    def check(self, **files):
        return findings(include_directions, **files)

    def test_downward_is_fine(self):
        self.assertEqual(self.check(compiler__passes__a_dot_cpp='#include "compiler/ir/spec.h"\n#include <string>\n'), [])

    def test_through_another_library_is_fine(self):
        self.assertEqual(self.check(lang__parse__a_dot_cpp='#include "lang/source/id.h"\n'), [])

    def test_upward_is_found_with_its_place(self):
        self.assertEqual(
            self.check(compiler__ir__a_dot_h='#pragma once\n#include "compiler/sema/sema.h"\n'),
            ["compiler/ir/a.h:2: compiler/ir may not include compiler/sema (compiler/sema/sema.h)"])

    def test_emitters_do_not_see_the_evaluator(self):
        self.assertEqual(len(self.check(backends__arm__a_dot_cpp='#include "compiler/eval/value.h"\n')), 1)

    def test_vendors_see_the_abi_only(self):
        self.assertEqual(self.check(plugins__nvidia__a_dot_cpp='#include "plugins/abi/gpuspec_plugin.h"\n'), [])
        self.assertEqual(len(self.check(plugins__nvidia__a_dot_cpp='#include "lang/diag/diagnostic.h"\n')), 1)
        self.assertEqual(len(self.check(plugins__nvidia__a_dot_cpp='#include "plugins/fake/api.h"\n')), 1)

    def test_the_abi_sees_nothing(self):
        self.assertEqual(len(self.check(plugins__abi__a_dot_h='#include "lang/source/id.h"\n')), 1)

    def test_tools_see_everything(self):
        self.assertEqual(self.check(tools__gpuspec__a_dot_cpp='#include "plugins/host/host.h"\n'), [])

    def test_homes_of_others_headers(self):
        for header in ("<antlr4-runtime.h>", '"antlr4-runtime.h"'):
            self.assertEqual(self.check(lang__parse__a_dot_cpp=f"#include {header}\n"), [])
            self.assertEqual(len(self.check(lang__diag__a_dot_cpp=f"#include {header}\n")), 1)
        self.assertEqual(len(self.check(compiler__ir__a_dot_cpp="#include <llvm/Support/YAMLParser.h>\n")), 1)
        self.assertEqual(len(self.check(compiler__data__a_dot_cpp="#include <llvm/Support/YAMLTraits.h>\n")), 1)

    def test_paths_start_at_the_root(self):
        self.assertEqual(len(self.check(lang__diag__a_dot_cpp='#include "text.h"\n', lang__diag__text_dot_h="")), 1)
        self.assertEqual(self.check(plugins__abi__a_dot_hpp='#include "b.h"\n', plugins__abi__b_dot_h=""), [])

    def test_plugins_are_built_without_llvm(self):
        for quotes in ("<llvm/Support/Error.h>", '"llvm/Support/Error.h"'):
            self.assertEqual(len(self.check(plugins__amd__a_dot_cpp=f"#include {quotes}\n")), 1)
            self.assertEqual(self.check(plugins__host__a_dot_cpp=f"#include {quotes}\n"), [])

    def test_a_folder_that_is_not_in_the_table(self):
        self.assertEqual(len(self.check(compiler__magic__a_dot_cpp="\n")), 1)

    def test_the_table_has_no_cycle(self):
        for folder in edges.EDGES:
            for target in edges.EDGES[folder]:
                self.assertIn(target, edges.EDGES)
                self.assertNotIn(folder, edges.closure(target))


class CmakeDependencies(unittest.TestCase):
    SOURCE = "gpuspec_library(lang/source SOURCES a.cpp)\n"

    def check(self, declaration, code, **more):
        return findings(cmake_dependencies, lang__source__CMakeLists_dot_txt=self.SOURCE, lang__source__a_dot_h="",
                        lang__diag__CMakeLists_dot_txt=declaration, lang__diag__a_dot_cpp=code, **more)

    def test_declared_and_used(self):
        self.assertEqual(self.check("gpuspec_library(lang/diag\n  SOURCES a.cpp\n  DEPS lang/source EXTERNAL gpuspec_llvm)",
                                    '#include "lang/source/a.h"\n'), [])

    def test_used_but_not_declared(self):
        found = self.check("gpuspec_library(lang/diag SOURCES a.cpp)", '\n#include "lang/source/a.h"\n')
        self.assertEqual(found, ["lang/diag/a.cpp:2: lang/diag includes lang/source, which its DEPS do not lead to "
                                 "(lang/diag/CMakeLists.txt:1)"])

    def test_declared_but_not_used(self):
        self.assertEqual(len(self.check("gpuspec_library(lang/diag SOURCES a.cpp DEPS lang/source)", "")), 1)

    def test_declared_against_the_table(self):
        self.assertEqual(len(self.check("gpuspec_library(lang/diag SOURCES a.cpp DEPS compiler/ir)", "")), 1)


class VendorNames(unittest.TestCase):
    def test_every_spelling_is_found(self):
        for text in ("// for NVIDIA", "nvidia_pool", "NvidiaPool", '"amd.com/gpu"', "isAmd()", "kCUDA", "DCGM_FI", "ROCm 7", "isRocm()"):
            self.assertEqual(len(findings(vendor_names, compiler__ir__a_dot_cpp=text + "\n")), 1, text)

    def test_words_that_only_look_like_it(self):
        for text in ("amd64", "linux/AMD64", "namd", "damdam", "instinctive"):
            self.assertEqual(findings(vendor_names, compiler__ir__a_dot_cpp=text + "\n"), [], text)

    def test_cmake_files_count_and_plugins_do_not(self):
        self.assertEqual(len(findings(vendor_names, lang__diag__CMakeLists_dot_txt="# nvidia\n")), 1)
        self.assertEqual(findings(vendor_names, plugins__nvidia__a_dot_cpp="nvidia\n"), [])


class SourceSizes(unittest.TestCase):
    def check(self, text):
        with Tree(compiler__ir__a_dot_cpp=text) as root:
            return source_sizes.check(root)

    def test_files(self):
        self.assertEqual(self.check("//\n" * 400), ([], []))
        self.assertEqual(self.check("//\n" * 401), (["compiler/ir/a.cpp:1: 401 lines"], []))
        self.assertEqual(len(self.check("//\n" * 501)[1]), 1)

    def test_functions(self):
        body = "namespace x {\n\nstatic int f(int a,\n             int b) {\n" + "  a += b;\n" * 80 + "}\n\n}  // namespace x\n"
        self.assertEqual(self.check(body), (["compiler/ir/a.cpp:3: a function of 83 lines"], []))
        self.assertEqual(self.check(body.replace("  a += b;\n" * 80, "  a += b;\n")), ([], []))


class Summary(unittest.TestCase):
    def test_skipped_are_named_and_counted(self):
        with Tree(tests_dot_xml='<testsuite><testcase name="a" status="run"/><testcase name="b" status="fail"><failure/>'
                                '</testcase><testcase name="c" status="notrun"><skipped/><system-out>skipped: needs helm\n'
                                "</system-out></testcase><testcase name=\"d\" status=\"notrun\"><skipped/><system-out>"
                                "x.cpp:3: Skipped\ngolden rewritten\n</system-out></testcase></testsuite>") as root:
            text = summarize.summarize(os.path.join(root, "tests.xml"))
        self.assertEqual(text.strip().splitlines(), [
            "1 passed, 1 failed, 2 skipped", "  failed: b",
            "  skipped, golden rewritten: 1", "    d", "  skipped, needs helm: 1", "    c"])

    def test_what_passed_only_the_second_time_is_named(self):
        log = ("1/3 Test #2: good .....   Passed    0.00 sec\n2/3 Test #1: shaky .....***Failed    0.03 sec\n"
               "    Start 1: shaky\n    Test #1: shaky .....   Passed    0.02 sec\n    Test  #3: none .....***Skipped   0.02 sec\n")
        with Tree(tests_dot_xml='<testsuite><testcase name="good" status="run"/><testcase name="shaky" status="run"/></testsuite>',
                  tests_dot_log=log) as root:
            text = summarize.summarize(os.path.join(root, "tests.xml"), os.path.join(root, "tests.log"))
        self.assertEqual(text.strip().splitlines(),
                         ["2 passed, 0 failed, 0 skipped", "  passed only when it was run again: shaky"])


if __name__ == "__main__":
    unittest.main()
