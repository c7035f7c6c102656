include(GpuspecScriptTest)

# Where the control planes run, see tests/real/README.md: one that most tests share, and one for those that want a cluster alone.
set(GPUSPEC_REAL_DIR ${CMAKE_BINARY_DIR}/real)
set(GPUSPEC_REAL_ALONE_DIR ${CMAKE_BINARY_DIR}/real-alone)

# gpuspec_real_test(real.x x_test.py ARGS a b): a script test that has a real Kubernetes in the folder $GPUSPEC_REAL_DIR, or
# is skipped. It shares that one with others, which run beside it: names of its own. ALONE: no other runs beside it, for nodes
# and whatever else holds for the whole cluster.
function(gpuspec_real_test name script)
  cmake_parse_arguments(ARG "ALONE" "" "ARGS;LABELS;NEEDS" ${ARGN})
  gpuspec_script_test(${name} ${script} ARGS ${ARG_ARGS} LABELS real ${ARG_LABELS} NEEDS ${ARG_NEEDS})
  if(ARG_ALONE)
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED real_alone RESOURCE_LOCK real_alone
                         ENVIRONMENT GPUSPEC_REAL_DIR=${GPUSPEC_REAL_ALONE_DIR} TIMEOUT 3600)
  else()
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED real
                         ENVIRONMENT GPUSPEC_REAL_DIR=${GPUSPEC_REAL_DIR} TIMEOUT 3600)
  endif()
endfunction()
