// LD_PRELOAD shim: counts what a process does to the files below one folder, in all threads together, and lets one of it go wrong.
//
// FAULT_FOLDER  absolute path; what is outside is left alone
// FAULT_AT      which one, from 1; 0 for none
// FAULT_MODE    count   nothing goes wrong; the counts go to FAULT_COUNTS at the end, as "writes syncs"
//               kill    SIGKILL before it
//               torn    half of it is written, then SIGKILL
//               eio     it fails with EIO, once
//               enospc  it and all that need room after it fail with ENOSPC
//               fsync   the FAULT_AT-th synchronisation fails with EIO, once
//               lie     no synchronisation happens, all report success
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long changes, syncs;
static const char *folder, *mode;
static size_t folder_length;
static long at;

__attribute__((constructor)) static void start(void) {
    folder = getenv("FAULT_FOLDER");
    mode = getenv("FAULT_MODE");
    at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
    if (!mode) mode = "";
    folder_length = folder ? strlen(folder) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("FAULT_COUNTS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld %ld\n", atomic_load(&changes), atomic_load(&syncs));
    fclose(file);
}

static int is(const char *name) { return strcmp(mode, name) == 0; }

static int inside(const char *path) {
    return folder_length && path && strncmp(path, folder, folder_length) == 0;
}

static int below(int fd) {
    char link[64], path[PATH_MAX];
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (size <= 0) return 0;
    path[size] = 0;
    return inside(path);
}

static _Noreturn void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

enum verdict { goes_well, fails, is_torn };

// One change; `needs_room` for what a full disk refuses.
static enum verdict change(int needs_room) {
    long number = atomic_fetch_add(&changes, 1) + 1;
    if (is("enospc") && at && number >= at && needs_room) {
        errno = ENOSPC;
        return fails;
    }
    if (number != at) return goes_well;
    if (is("kill")) die();
    if (is("torn")) return is_torn;
    if (is("eio")) {
        errno = EIO;
        return fails;
    }
    return goes_well;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = dlsym(RTLD_NEXT, #name)

#define CHANGE(needs_room, whole, half) \
    switch (change(needs_room)) { \
    case fails: return -1; \
    case is_torn: half; die(); \
    default: return whole; \
    }

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(write);
    if (!below(fd)) return real(fd, bytes, size);
    CHANGE(1, real(fd, bytes, size), real(fd, bytes, size / 2))
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t place) {
    REAL(pwrite);
    if (!below(fd)) return real(fd, bytes, size, place);
    CHANGE(1, real(fd, bytes, size, place), real(fd, bytes, size / 2, place))
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t place) {
    REAL(pwrite64);
    if (!below(fd)) return real(fd, bytes, size, place);
    CHANGE(1, real(fd, bytes, size, place), real(fd, bytes, size / 2, place))
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    if (!below(fd)) return real(fd, parts, count);
    CHANGE(1, real(fd, parts, count), real(fd, parts, count / 2))
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    if (!below(fd)) return real(fd, size);
    CHANGE(0, real(fd, size), real(fd, size))
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (!below(fd)) return real(fd, size);
    CHANGE(0, real(fd, size), real(fd, size))
}

// posix_fallocate returns its error instead of setting errno.
int posix_fallocate(int fd, off_t place, off_t size) {
    REAL(posix_fallocate);
    if (!below(fd)) return real(fd, place, size);
    switch (change(1)) {
    case fails: return errno;
    case is_torn: real(fd, place, size); die();
    default: return real(fd, place, size);
    }
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (!inside(to)) return real(from, to);
    CHANGE(1, real(from, to), real(from, to))
}

int link(const char *from, const char *to) {
    REAL(link);
    if (!inside(to)) return real(from, to);
    CHANGE(1, real(from, to), real(from, to))
}

int unlink(const char *path) {
    REAL(unlink);
    if (!inside(path)) return real(path);
    CHANGE(0, real(path), real(path))
}

static int synchronise(int fd, int (*real)(int)) {
    if (!below(fd)) return real(fd);
    long number = atomic_fetch_add(&syncs, 1) + 1;
    if (is("lie")) return 0;
    if (is("fsync") && number == at) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int fsync(int fd) {
    REAL(fsync);
    return synchronise(fd, real);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return synchronise(fd, real);
}
