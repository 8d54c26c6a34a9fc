# Writes pstm_commit.h when the commit changed. Called at build time with SOURCE_DIR, OUT and VERSION.
execute_process(COMMAND git -C "${SOURCE_DIR}" describe --always --dirty=+ --abbrev=12 --match=none
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR commit STREQUAL "")
  set(commit "unknown")
endif()
set(text "#define PSTM_VERSION \"${VERSION}\"\n#define PSTM_COMMIT \"${commit}\"\n")
if(EXISTS "${OUT}")
  file(READ "${OUT}" old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE "${OUT}" "${text}")
endif()
