"""Programs that try to reach others: sockets of every kind, by every call."""

from hostile.program import EXCEPTION, FINISHED, REFUSED, Hostile

PROGRAMS = [
    Hostile("tcp to a listener", "socket.create_connection(('127.0.0.1', TCP)).sendall(b'x')", REFUSED, "network"),
    Hostile("tcp6", "socket.socket(socket.AF_INET6).connect(('::1', TCP))", REFUSED, "network"),
    Hostile("tcp server", "socket.create_server(('127.0.0.1', 0))", REFUSED, "network"),
    Hostile("udp", "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))", REFUSED, "network"),
    Hostile("unix path", "socket.socket(socket.AF_UNIX).connect(UNIX)", REFUSED, "network"),
    Hostile("unix datagram", """
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', UNIX_DATAGRAM)
    """, REFUSED, "network"),
    Hostile("abstract", "socket.socket(socket.AF_UNIX).connect('\\0' + ABSTRACT)", REFUSED, "network"),
    Hostile("unix bind", "socket.socket(socket.AF_UNIX).bind(WATCHED + '/' + MARK)", REFUSED, "network"),
    Hostile("socketpair", "socket.socketpair()", REFUSED, "network"),
    Hostile("sockets of every family", """
        kinds = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, 10
        refused(*(lambda f=f, k=k: socket.socket(f, k).fileno() for f in range(46) for k in kinds))
    """, FINISHED, "network"),
    Hostile("netlink, packet, vsock, alg", """
        refused(
            lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).bind((0, 0)),
            lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)),
            lambda: socket.socket(socket.AF_VSOCK).connect((2, 1234)),
            lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET).bind(('hash', 'sha256')),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        )
    """, FINISHED, "network"),
    Hostile("sockets by number", """
        pair = (ctypes.c_int * 2)()
        refused(
            lambda: call("socket", 2, 1, 0),
            lambda: call("socket", 1, 2 | 0o2000000, 0),
            lambda: call("socketpair", 1, 1, 0, pair),
            lambda: call("socket", 16, 3, 0),
        )
    """, FINISHED, "network"),
    Hostile("socket calls on what is open", """
        address, size = bytes(128), ctypes.byref(ctypes.c_int(128))
        refused(*(
            lambda number=number, name=name: call(name, number, address, 16, size, size, 0)
            for number in range(6)
            for name in ("connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom", "shutdown",
                         "getsockname", "getpeername", "setsockopt", "getsockopt", "sendmmsg", "recvmmsg")
        ))
    """, FINISHED, "network"),
    Hostile("messages with descriptors on every descriptor", """
        read, write = os.pipe()
        os.dup2(write, 4)
        message = (ctypes.c_long * 7)()
        refused(*(
            lambda number=number, name=name: call(name, number, message, 0)
            for number in range(64) for name in ("sendmsg", "recvmsg")
        ), also=(errno.EBADF, errno.ENOTSOCK))
    """, FINISHED, "network"),
    Hostile("messages on 4", """
        message = (ctypes.c_long * 7)()
        refused(
            lambda: call("recvmsg", 4, message, 0),
            lambda: call("sendmsg", 4, message, 0),
            lambda: socket.socket(fileno=4),
            also=(errno.EBADF,),
        )
    """, FINISHED, "network?"),
    Hostile("http", "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{TCP}/')", EXCEPTION, "network"),
    Hostile("dns", "socket.gethostbyname(MARK + '.example.org')", EXCEPTION, "network"),
    Hostile("asyncio", "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', TCP))", REFUSED, "network"),
    Hostile("syslog", "import syslog\nsyslog.syslog(MARK)", FINISHED, "network"),
    Hostile("io_uring", """
        ring = bytes(120)
        refused(
            lambda: call("io_uring_setup", 8, ring),
            lambda: call("io_uring_enter", 3, 1, 1, 0, None, 0),
            lambda: call("io_uring_register", 3, 0, None, 0),
        )
    """, FINISHED, "system"),
]  # fmt: skip
