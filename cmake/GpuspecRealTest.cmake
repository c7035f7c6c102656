include(GpuspecScriptTest)

# Where the one control plane that the tests share runs; see tests/real/README.md.
set(GPUSPEC_REAL_DIR ${CMAKE_BINARY_DIR}/real)

# gpuspec_real_test(real.x x_test.py ARGS a b): a script test that has a real Kubernetes in the folder $GPUSPEC_REAL_DIR, or
# is skipped. It shares that one with others, which run beside it: names of its own, or EXCLUSIVE for nodes and the like.
function(gpuspec_real_test name script)
  cmake_parse_arguments(ARG "EXCLUSIVE" "" "ARGS;LABELS;NEEDS" ${ARGN})
  gpuspec_script_test(${name} ${script} ARGS ${ARG_ARGS} LABELS real ${ARG_LABELS} NEEDS ${ARG_NEEDS})
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED real ENVIRONMENT GPUSPEC_REAL_DIR=${GPUSPEC_REAL_DIR} TIMEOUT 3600)
  if(ARG_EXCLUSIVE)
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK real_nodes)
  endif()
endfunction()
