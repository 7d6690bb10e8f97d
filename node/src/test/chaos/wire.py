#!/usr/bin/env python3
"""A network between network namespaces, with delay, loss and partitions.

Stands in for netem, which many kernels of virtual machines lack, and does what netem cannot: a
partition along any line. Each host is a namespace whose only way out is a TUN device; this program
holds the other ends and carries IPv4 packets between them.

Reads commands, one a line, from standard input and answers each with "ok" or "error ...":
    host NAME ADDRESS       makes namespace NAME with this address
    loss FRACTION           of all packets
    partition NAME...       packets between these hosts and all others are dropped
    heal                    ends the partition
The host "control" is the namespace that this program was started in; its packets are neither
delayed nor lost. Must run as root. The namespaces go away with the private mount of /run/netns
that the caller made. Ends with its standard input.
"""
import ctypes
import fcntl
import heapq
import math
import os
import random
import selectors
import socket
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
CLONE_NEWNET = 0x40000000
MEDIAN_RTT, P95_RTT, MAX_RTT = 0.080, 0.250, 1.0  # seconds
SIGMA = math.log(P95_RTT / MEDIAN_RTT) / 1.645
MAX_WAITING = 100_000  # packets on their way
MTU = 1500

libc = ctypes.CDLL(None, use_errno=True)


def set_namespace(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(fd, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns " + path)
    finally:
        os.close(fd)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, stderr=subprocess.PIPE)


class Wire:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed
        self.selector = selectors.DefaultSelector()
        self.hosts = {}  # address as 4 bytes -> (name, file descriptor)
        self.loss = 0.0
        self.island = frozenset()
        self.waiting = []
        self.serial = 0
        self.round_trips = {}
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)

    def add(self, name, address):
        if name != "control":
            ip("netns", "add", name)
            set_namespace("/run/netns/" + name)
        try:
            tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"wire0", IFF_TUN_NO_PI))
            ip("link", "set", "lo", "up")
            ip("addr", "add", address + "/32", "dev", "wire0")
            ip("link", "set", "wire0", "up")
            ip("route", "add", "default", "dev", "wire0", "src", address)
        finally:
            libc.setns(self.home, CLONE_NEWNET)
        self.hosts[socket.inet_aton(address)] = (name, tun)
        self.selector.register(tun, selectors.EVENT_READ, (name, address))

    def delay(self, source, target):
        """Half a round trip; each pair of hosts has one of its own, log-normal."""
        pair = (min(source, target), max(source, target))
        if pair not in self.round_trips:
            draw = random.Random(repr((self.seed, pair))).gauss(0, 1)
            self.round_trips[pair] = min(MAX_RTT, MEDIAN_RTT * math.exp(SIGMA * draw))
        return self.round_trips[pair] / 2 * self.random.uniform(0.95, 1.15)

    def carry(self, name, packet):
        if len(packet) < 20 or packet[0] >> 4 != 4:
            return
        source, target = packet[12:16], packet[16:20]
        if target not in self.hosts:
            return
        receiver, tun = self.hosts[target]
        if "control" in (name, receiver):
            self.deliver(tun, packet)
            return
        if (name in self.island) != (receiver in self.island):
            return
        if self.random.random() < self.loss or len(self.waiting) >= MAX_WAITING:
            return
        self.serial += 1
        due = time.monotonic() + self.delay(source, target)
        heapq.heappush(self.waiting, (due, self.serial, tun, packet))

    @staticmethod
    def deliver(tun, packet):
        try:
            os.write(tun, packet)
        except (BlockingIOError, OSError):
            pass  # a full queue drops, as a router would

    def command(self, words):
        if words[0] == "host":
            self.add(words[1], words[2])
        elif words[0] == "loss":
            self.loss = float(words[1])
        elif words[0] == "partition":
            self.island = frozenset(words[1:])
        elif words[0] == "heal":
            self.island = frozenset()
        else:
            raise ValueError("unknown command " + words[0])

    def run(self):
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ, None)
        rest = b""
        while True:
            timeout = None
            if self.waiting:
                timeout = max(0.0, self.waiting[0][0] - time.monotonic())
            for key, _ in self.selector.select(timeout):
                if key.data is None:
                    read = os.read(0, 65536)
                    if not read:
                        return
                    *lines, rest = (rest + read).split(b"\n")
                    for line in lines:
                        self.answer(line.decode().split())
                else:
                    self.read(key.fd, key.data[0])
            now = time.monotonic()
            while self.waiting and self.waiting[0][0] <= now:
                _, _, tun, packet = heapq.heappop(self.waiting)
                self.deliver(tun, packet)

    def read(self, tun, name):
        for _ in range(64):
            try:
                self.carry(name, os.read(tun, MTU))
            except BlockingIOError:
                return

    def answer(self, words):
        try:
            if words:
                self.command(words)
            print("ok", flush=True)
        except (OSError, ValueError, IndexError, subprocess.CalledProcessError) as failure:
            print("error", failure, flush=True)


if __name__ == "__main__":
    Wire(int(sys.argv[1]) if len(sys.argv) > 1 else 1).run()
