#include <stddef.h>
#include <stdint.h>

// libFuzzer's own entry (LLVM, compiler-rt/include/fuzzer/FuzzerInterface.h); -sanitize=fuzzer links it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*user_callback)(const uint8_t *data, size_t size));
