#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // as CLinux does: both modules carry glibc's structs, which must be the same
#endif
#include <libsecret/secret.h>
