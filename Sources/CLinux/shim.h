// What Swift does not import from Linux headers: variadic calls, and what hides behind _GNU_SOURCE. That macro is not set here: two
// modules that see one libc header with and without it do not fit together.
#ifndef TOKENWARD_LINUX_SHIM_H
#define TOKENWARD_LINUX_SHIM_H

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

extern long syscall(long number, ...);

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

/// An empty signal mask: a child started from a worker thread inherits one in which SIGTERM is blocked.
static inline void linux_unblock_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
}

/// SO_PEERCRED of a connected Unix socket (unix(7)); -1 with errno on failure.
static inline int linux_peer(int connection, int *pid, unsigned *uid) {
    struct { int pid; unsigned uid, gid; } peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *pid = peer.pid;
    *uid = peer.uid;
    return 0;
}

/// sendmsg(2) with 1 to 8 descriptors that the other end gets copies of (unix(7), SCM_RIGHTS); as send(2) otherwise.
static inline long linux_send_files(
    int connection, const void *bytes, unsigned long count, const int *files, unsigned long number) {
    union { char room[CMSG_SPACE(8 * sizeof(int))]; struct cmsghdr first; } control = {{0}};
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(number * sizeof *files);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(number * sizeof *files);
    memcpy(CMSG_DATA(header), files, number * sizeof *files);
    return sendmsg(connection, &message, MSG_NOSIGNAL);
}

/// sendmsg(2) of two places one after the other, so that the other end is woken once; as send(2) otherwise.
static inline long linux_send_both(
    int connection, const void *first, unsigned long count, const void *second, unsigned long rest) {
    struct iovec parts[2] = {{(void *)first, count}, {(void *)second, rest}};
    struct msghdr message = {0};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    return sendmsg(connection, &message, MSG_NOSIGNAL);
}

/// recvmsg(2) that takes a descriptor that comes along, close-on-exec; `*file` keeps its value, -1, when none comes. When several come
/// they are closed and `*file` is -2. As recv(2) otherwise.
static inline long linux_receive_file(int connection, void *bytes, unsigned long count, int *file) {
    union { char room[CMSG_SPACE(8 * sizeof(int))]; struct cmsghdr first; } control = {{0}};
    struct iovec part = {bytes, count};
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control.room;
    long got = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        for (unsigned long at = 0; at + sizeof(int) <= header->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
            int next;
            memcpy(&next, CMSG_DATA(header) + at, sizeof next);
            if (*file == -1) { *file = next; continue; }
            if (*file >= 0) close(*file);
            close(next);
            *file = -2;
        }
    }
    return got;
}

extern void *memmem(const void *haystack, unsigned long size, const void *needle, unsigned long length);

/// memmem(3), which hides behind _GNU_SOURCE: where the first occurrence begins, or null.
static inline const void *linux_find(const void *haystack, unsigned long size, const void *needle, unsigned long length) {
    return memmem(haystack, size, needle, length);
}

/// memfd_secret(2) with FD_CLOEXEC: pages that no other process, no core and no root's /proc/PID/mem can read; -1 where there is none.
static inline int linux_secret_memory(void) { return (int)syscall(447 /* __NR_memfd_secret */, 02000000); }

/// accept4(2) with SOCK_CLOEXEC.
static inline int linux_accept(int listener) { return (int)syscall(SYS_accept4, listener, 0, 0, SOCK_CLOEXEC); }

/// open(2) with O_PATH | O_DIRECTORY | O_CLOEXEC.
static inline int linux_open_folder(const char *path) {
    return (int)syscall(SYS_openat, -100 /* AT_FDCWD */, path, 010000000 | 0200000 | 02000000, 0);
}

/// pipe2(2) with O_CLOEXEC.
static inline int linux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, 02000000); }

/// pidfd_open(2): a descriptor that becomes readable when the process has ended.
static inline int linux_pidfd(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

/// close_range(2) with CLOSE_RANGE_CLOEXEC: an exec passes on nothing from `first` upwards.
static inline int linux_cloexec_from(unsigned first) { return (int)syscall(SYS_close_range, first, ~0U, 4); }

/// Both ends of a new pseudo-terminal (pty(7), ioctl_tty(2)), close-on-exec; -1 with errno on failure.
static inline int linux_terminal(int *master, int *slave) {
    const int mode = 02 | 0400 | 02000000 /* O_RDWR | O_NOCTTY | O_CLOEXEC */;
    int unlocked = 0;
    *master = (int)syscall(SYS_openat, -100 /* AT_FDCWD */, "/dev/ptmx", mode, 0);
    if (*master < 0) return -1;
    *slave = (int)syscall(SYS_ioctl, *master, 0x40045431 /* TIOCSPTLCK */, &unlocked);
    if (*slave == 0) *slave = (int)syscall(SYS_ioctl, *master, 0x5441 /* TIOCGPTPEER */, mode);
    if (*slave >= 0) return 0;
    close(*master);
    return -1;
}

/// POSIX_SPAWN_SETSID of posix_spawnattr_setflags(3).
enum { linux_spawn_setsid = 0x80 };

#endif
