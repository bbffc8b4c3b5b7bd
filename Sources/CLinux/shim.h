// What Swift cannot import from Linux headers: variadic calls and types behind _GNU_SOURCE.
#ifndef TOKENWARD_LINUX_SHIM_H
#define TOKENWARD_LINUX_SHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// prctl(2) PR_SET_DUMPABLE 0: no core, no ptrace and no /proc/PID/mem for the same uid.
static inline int linux_set_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// prctl(2) PR_GET_DUMPABLE: 0 after `linux_set_undumpable`.
static inline int linux_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

/// RLIMIT_CORE 0; the enum argument of setrlimit is not the type that Swift imports.
static inline int linux_no_core(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none);
}

/// Puts the fatal signals back to their default, so that the Swift runtime prints no registers.
static inline void linux_default_fatal_signals(void) {
    static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGQUIT, SIGSYS};
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
}

/// SO_PEERCRED of a connected Unix socket; -1 with errno on failure.
static inline int linux_peer(int socket, int *pid, unsigned *uid) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *pid = peer.pid;
    *uid = peer.uid;
    return 0;
}

/// pidfd_open(2): a descriptor that becomes readable when the process has ended.
static inline int linux_pidfd(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

/// close_range(2) from `first` upwards with CLOEXEC, for a child that must inherit nothing else.
static inline int linux_cloexec_from(unsigned first) {
    return (int)syscall(SYS_close_range, first, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
}

#endif
