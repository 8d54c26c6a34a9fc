# The two helpers that every folder uses, and the flags of the whole build.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(pstm_flags INTERFACE)
target_include_directories(pstm_flags INTERFACE
  "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}")
target_compile_definitions(pstm_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(pstm_flags INTERFACE
  # Contractions change bits from one compiler to the next: they are written by hand.
  $<$<COMPILE_LANGUAGE:C>:-ffp-contract=off -Wall -Wextra -Wshadow -Wpointer-arith -Wvla
    -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef -Wwrite-strings -Wcast-qual
    # Off: gcc cannot see that outputs are set whenever a status is PSTM_OK.
    -Wno-maybe-uninitialized>)
if(PSTM_WERROR)
  target_compile_options(pstm_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-Werror>)
endif()
if(PSTM_SANITIZE)
  target_compile_options(pstm_flags INTERFACE
    $<$<COMPILE_LANGUAGE:C>:-fsanitize=${PSTM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all>)
  target_link_options(pstm_flags INTERFACE -fsanitize=${PSTM_SANITIZE})
endif()

# pstm_module(NAME [SOURCES ...] [LINKS ...] [PRIVATE_LINKS ...])
# A static library pstm_NAME of the sources of one folder.
function(pstm_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  if(arg_SOURCES)
    add_library(pstm_${name} STATIC ${arg_SOURCES})
    target_link_libraries(pstm_${name} PUBLIC pstm_flags ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
  else()
    add_library(pstm_${name} INTERFACE)
    target_link_libraries(pstm_${name} INTERFACE pstm_flags ${arg_LINKS} ${arg_PRIVATE_LINKS})
  endif()
endfunction()

# pstm_test(NAME LABEL label [SOURCES ...] [LINKS ...] [RANKS 1 2 4] [KERNELS] [PLACES] [TIMEOUT seconds])
# A Check program: pstm_test_suite() (tests/check/suite.h) and the main() of tests/check. Without SOURCES it is NAME.c.
# With RANKS it runs under MPI, once for each rank count; with KERNELS once on each kernel of the CPU device; with PLACES
# it knows PSTM_SOURCE_DIR and PSTM_PROGRAM. Every test has a deadline. Exit status 77 means: skipped, and the output says why.
function(pstm_test name)
  cmake_parse_arguments(arg "KERNELS;PLACES" "LABEL;TIMEOUT" "SOURCES;LINKS;RANKS" ${ARGN})
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${name}.c)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE $<IF:$<BOOL:${arg_RANKS}>,pstm_check_mpi,pstm_check> ${arg_LINKS})
  if(arg_PLACES)
    target_compile_definitions(${name} PRIVATE
      PSTM_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PSTM_PROGRAM="$<TARGET_FILE:pstm>")
  endif()
  if(arg_RANKS)
    foreach(ranks IN LISTS arg_RANKS)
      add_test(NAME ${name}_ranks_${ranks}
        COMMAND ${MPIEXEC_EXECUTABLE} --oversubscribe --bind-to none -n ${ranks} $<TARGET_FILE:${name}>)
      pstm_test_properties(${name}_ranks_${ranks} ${arg_LABEL} ${arg_TIMEOUT})
      if(ranks GREATER 1)
        set_tests_properties(${name}_ranks_${ranks} PROPERTIES PROCESSORS 2)
      endif()
    endforeach()
  elseif(arg_KERNELS)
    pstm_test_on_kernels(${name} ${arg_LABEL} ${arg_TIMEOUT} $<TARGET_FILE:${name}>)
  else()
    add_test(NAME ${name} COMMAND ${name})
    pstm_test_properties(${name} ${arg_LABEL} ${arg_TIMEOUT})
  endif()
endfunction()

# pstm_test_on_kernels(NAME LABEL TIMEOUT COMMAND ...)
# The tests NAME_avx512, NAME_avx2 and NAME_portable: a command on each kernel of the CPU device, skipped where the
# processor does not have it.
function(pstm_test_on_kernels name label timeout)
  foreach(kernel avx512 avx2 portable)
    add_test(NAME ${name}_${kernel} COMMAND with_kernel ${kernel} ${ARGN})
    pstm_test_properties(${name}_${kernel} ${label} ${timeout})
  endforeach()
endfunction()

# pstm_script_test(NAME SCRIPT LABEL TIMEOUT [ARGUMENT ...])
# A shell script over the whole program, with a scratch folder of its own. pstm_script_test_on_kernels() is the same on
# each kernel of the CPU device. Scripts start small programs one after the other, so that others run beside them; those
# that measure time or memory, or fill all cores, say so: pstm_test_alone(NAME ...).
function(pstm_script_test name script label timeout)
  add_test(NAME ${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/${script} $<TARGET_FILE:pstm>
    ${CMAKE_CURRENT_BINARY_DIR}/${name} ${ARGN})
  pstm_test_properties(${name} ${label} ${timeout})
endfunction()

function(pstm_script_test_on_kernels name script label timeout)
  foreach(kernel avx512 avx2 portable)
    add_test(NAME ${name}_${kernel} COMMAND with_kernel ${kernel} bash ${CMAKE_CURRENT_SOURCE_DIR}/${script}
      $<TARGET_FILE:pstm> ${CMAKE_CURRENT_BINARY_DIR}/${name}_${kernel} ${ARGN})
    pstm_test_properties(${name}_${kernel} ${label} ${timeout})
  endforeach()
endfunction()

function(pstm_test_alone)
  set_tests_properties(${ARGN} PROPERTIES RUN_SERIAL ON)
endfunction()

# What every test of the suite has: a label, a deadline (ten times what the test takes alone on two cores, times
# PSTM_TEST_PATIENCE), a cost, so that the longest begin first, a skip code, an environment fit for MPI as root on few
# cores.
function(pstm_test_properties name label timeout)
  set(patience ${PSTM_TEST_PATIENCE})
  set(fork yes)
  if(PSTM_SANITIZE)
    math(EXPR patience "8 * ${patience}") # whole jobs take seven times as long under AddressSanitizer
    # Check forks for each test, and each child's search for leaks takes a second: five times the tests of a contract.
    # In one process a crash ends the program, which the sanitizer's report tells well enough.
    if(label STREQUAL contract)
      set(fork no)
    endif()
  endif()
  math(EXPR deadline "${timeout} * ${patience}")
  # LeakSanitizer takes 16 bytes before thread-local memory for a header where that memory begins 16 bytes into a page, and
  # dies of what it reads there (libasan 12; an accident of addresses). With such red zones no block begins there.
  set(sanitizers "ASAN_OPTIONS=redzone=256;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0")
  set_tests_properties(${name} PROPERTIES
    LABELS ${label} TIMEOUT ${deadline} COST ${timeout} SKIP_RETURN_CODE 77
    ENVIRONMENT "PSTM_TEST_PATIENCE=${patience};CK_TIMEOUT_MULTIPLIER=${patience};OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_mpi_yield_when_idle=1;OMPI_MCA_rmaps_base_oversubscribe=1;OMPI_MCA_hwloc_base_binding_policy=none;OMPI_MCA_pml=ob1;OMPI_MCA_btl=self,vader;OMPI_MCA_btl_vader_single_copy_mechanism=none;${sanitizers};CK_DEFAULT_TIMEOUT=300;CK_FORK=${fork}")
endfunction()
