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

/// ioctl_tty(2) TIOCSCTTY: makes a terminal the controlling one of this process, which leads a session that has none.
static inline int linux_take_terminal(int terminal) { return (int)syscall(SYS_ioctl, terminal, 0x540E, 0); }

/// ioctl_tty(2) TIOCGWINSZ and TIOCSWINSZ: gives one terminal the size of another.
static inline int linux_copy_window(int from, int to) {
    unsigned short size[4];
    if (syscall(SYS_ioctl, from, 0x5413, size) != 0) return -1;
    return (int)syscall(SYS_ioctl, to, 0x5414, size);
}

/// memfd_create(2) with MFD_CLOEXEC | MFD_ALLOW_SEALING.
static inline int linux_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 3); }

/// fcntl(2) F_ADD_SEALS with F_SEAL_SEAL, SHRINK, GROW and WRITE: the file stays as it is for ever.
static inline int linux_seal_file(int file) { return (int)syscall(SYS_fcntl, file, 1033, 15); }

/// environ(7), which Swift takes for shared mutable state.
static inline char **linux_environment(void) {
    extern char **environ;
    return environ;
}

extern int posix_spawn_file_actions_addtcsetpgrp_np(void *actions, int terminal);

/// posix_spawn(3): the child's process group becomes the foreground one of its terminal.
static inline int linux_spawn_foreground(void *actions, int terminal) {
    return posix_spawn_file_actions_addtcsetpgrp_np(actions, terminal);
}

/// Sets a handler with SA_SIGINFO | SA_RESTART (sigaction(2)).
static inline int linux_handle(int number, void (*handler)(int, siginfo_t *, void *)) {
    struct sigaction action = {0};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    return sigaction(number, &action, 0);
}

/// Whether a signal is ignored, as a parent such as nohup(1) left it.
static inline int linux_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, 0, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// POSIX_SPAWN_SETSID of posix_spawnattr_setflags(3).
enum { linux_spawn_setsid = 0x80 };

#endif
