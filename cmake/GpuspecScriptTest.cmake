# gpuspec_script_test(name x_test.py ARGS a b LABELS architecture NEEDS antlr4)
# A test in Python (Debian's own, not one from the user's PATH). NEEDS are programs: where one is absent, or where the script
# ends with 77, the test counts as skipped and its output says why, as tests/support/summarize.py wants it.
function(gpuspec_script_test name script)
  cmake_parse_arguments(ARG "" "" "ARGS;LABELS;NEEDS" ${ARGN})
  add_test(NAME ${name}
    COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
            ${CMAKE_SOURCE_DIR}/tests/support/with_tools /usr/bin/python3 ${ARG_NEEDS} --
            /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS "${ARG_LABELS}")
endfunction()
