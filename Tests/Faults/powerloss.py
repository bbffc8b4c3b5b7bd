#!/usr/bin/python3
"""A file system in memory that loses power: what was not synchronised is gone, or partly there in any order.

Usage: powerloss.py MOUNTPOINT; prints `ready` when it is mounted. The file /.power takes one command a line and answers by its content:
  arm N     everything so far is on the disk; the N-th change or synchronisation from now cuts the power (0: never)
  count     .power then reads "changes N cut 0|1"
  lose S F  writes what the disk holds to the folder F, which exists: synchronised content, and of each later change some or
            none, by the random seed S; 0 loses all of them. Everything is forgotten afterwards.
A cut kills the process that asked, if one did, with SIGKILL; every call after it fails with EIO.
A write of unsynchronised data survives in whole or in halves of 512-byte sectors; what fsync(2) acknowledged is never torn.
A new name survives when its file or its folder was synchronised, as ext4 and XFS do it; a removed name likewise.
"""
import errno
import os
import random
import signal
import stat
import sys
import time

from fusepy import FUSE, FuseOSError, Operations, fuse_get_context

SECTOR = 512


class Node:
    """A file: its content as programs see it, as the disk has it, and the changes between the two in their order."""

    def __init__(self, mode):
        self.mode = mode
        self.now = bytearray()
        self.disk = bytearray()
        self.pending = []
        self.named = False

    def synchronise(self):
        self.disk = bytearray(self.now)
        self.pending = []
        self.named = True


def change(content, step):
    kind, place, data = step
    if kind == "size":
        del content[place:]
        content.extend(bytes(place - len(content)))
        return
    if len(content) < place:
        content.extend(bytes(place - len(content)))
    content[place:place + len(data)] = data


class Power(Operations):
    def __init__(self):
        self.nodes = {}
        self.folders = {"/": 0o755}
        self.removed = {}
        self.changes = 0
        self.cut_at = 0
        self.is_cut = False

    # What counts, and the cut.

    def event(self):
        if self.is_cut:
            raise FuseOSError(errno.EIO)
        self.changes += 1
        if self.cut_at and self.changes == self.cut_at:
            self.is_cut = True
            # What the kernel does on its own names process 0, and kill(2) would take that for our whole group.
            asker = fuse_get_context()[2]
            if asker > 0:
                os.kill(asker, signal.SIGKILL)
            raise FuseOSError(errno.EIO)

    def command(self, text):
        words = text.split()
        if words[0] == "arm":
            for node in self.nodes.values():
                node.synchronise()
            self.removed = {}
            self.changes, self.cut_at, self.is_cut = 0, int(words[1]), False
        elif words[0] == "lose":
            self.lose(random.Random(int(words[1])), int(words[1]) != 0, words[2])
            self.nodes, self.folders, self.removed = {}, {"/": 0o755}, {}
            self.is_cut, self.cut_at = False, 0

    def lose(self, chance, keeps_some, target):
        for path in sorted(self.folders, key=len):
            os.makedirs(target + path, mode=0o700, exist_ok=True)
        survivors = {path: node for path, node in self.nodes.items() if node.named or (keeps_some and chance.random() < 0.5)}
        for path, node in self.removed.items():
            if path not in survivors and not (keeps_some and chance.random() < 0.5):
                survivors[path] = node
        for path, node in survivors.items():
            content = bytearray(node.disk)
            steps = list(node.pending) if keeps_some else []
            for kind, place, data in steps:
                fate = chance.randrange(3)
                if fate == 0:
                    continue
                if kind == "data" and fate == 1 and len(data) > SECTOR:
                    sectors = [(place + at, data[at:at + SECTOR]) for at in range(0, len(data), SECTOR)]
                    for part in sectors:
                        if chance.random() < 0.5:
                            change(content, ("data", *part))
                else:
                    change(content, (kind, place, data))
            with open(target + path, "wb") as file:
                file.write(content)
            os.chmod(target + path, node.mode & 0o777)

    # The file system.

    def init(self, path):
        print("ready", flush=True)

    def node(self, path):
        if path not in self.nodes:
            raise FuseOSError(errno.ENOENT)
        return self.nodes[path]

    def getattr(self, path, handle=None):
        now = time.time()
        facts = dict(st_uid=os.getuid(), st_gid=os.getgid(), st_atime=now, st_mtime=now, st_ctime=now)
        if path in self.folders:
            return dict(facts, st_mode=stat.S_IFDIR | self.folders[path], st_nlink=2)
        if path == "/.power":
            return dict(facts, st_mode=stat.S_IFREG | 0o600, st_nlink=1, st_size=len(self.answer()))
        node = self.node(path)
        return dict(facts, st_mode=node.mode, st_nlink=1, st_size=len(node.now), st_blocks=(len(node.now) + 511) // 512)

    def answer(self):
        return b"changes %08d cut %d\n" % (self.changes, self.is_cut)

    def readdir(self, path, handle):
        prefix = path.rstrip("/") + "/"
        names = [name for name in list(self.folders) + list(self.nodes) if name != "/" and name.startswith(prefix)]
        return [".", ".."] + [name[len(prefix):] for name in names if "/" not in name[len(prefix):]]

    def mkdir(self, path, mode):
        self.folders[path] = mode & 0o7777

    def create(self, path, mode, info=None):
        self.event()
        self.nodes[path] = Node(stat.S_IFREG | (mode & 0o7777))
        self.nodes[path].named = False
        return 0

    def open(self, path, flags):
        return 0

    def chmod(self, path, mode):
        if path in self.folders:
            self.folders[path] = mode & 0o7777
        else:
            self.node(path).mode = stat.S_IFREG | (mode & 0o7777)

    def chown(self, path, uid, gid):
        pass

    def utimens(self, path, times=None):
        pass

    def read(self, path, size, offset, handle):
        if path == "/.power":
            return self.answer()[offset:offset + size]
        if self.is_cut:
            raise FuseOSError(errno.EIO)
        return bytes(self.node(path).now[offset:offset + size])

    def write(self, path, data, offset, handle):
        if path == "/.power":
            self.command(data.decode())
            return len(data)
        # Shared memory of SQLite's index is written back whenever the kernel likes, also by nobody: it never cuts.
        if not path.endswith("-shm"):
            self.event()
        node = self.node(path)
        change(node.now, ("data", offset, data))
        node.pending.append(("data", offset, bytes(data)))
        return len(data)

    def truncate(self, path, length, handle=None):
        if path == "/.power":
            return
        if not path.endswith("-shm"):
            self.event()
        node = self.node(path)
        change(node.now, ("size", length, b""))
        node.pending.append(("size", length, b""))

    def unlink(self, path):
        self.event()
        node = self.nodes.pop(path, None)
        if node is None:
            raise FuseOSError(errno.ENOENT)
        if node.named:
            self.removed[path] = node

    def rename(self, old, new):
        self.event()
        self.nodes[new] = self.nodes.pop(old)

    def fsync(self, path, datasync, handle):
        self.event()
        self.node(path).synchronise()

    def fsyncdir(self, path, datasync, handle):
        self.event()
        prefix = path.rstrip("/") + "/"
        for name, node in self.nodes.items():
            if os.path.dirname(name) + "/" == prefix or os.path.dirname(name) == path:
                node.named = True
        self.removed = {name: node for name, node in self.removed.items() if os.path.dirname(name) != path}

    def statfs(self, path):
        return dict(f_bsize=4096, f_frsize=4096, f_blocks=1 << 20, f_bfree=1 << 20, f_bavail=1 << 20)


if __name__ == "__main__":
    FUSE(Power(), sys.argv[1], foreground=True, nothreads=True, attr_timeout=0, entry_timeout=0, big_writes=True)
