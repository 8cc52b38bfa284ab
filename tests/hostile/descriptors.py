"""Programs that misuse the descriptors that they find, the report pipe among them."""

from hostile.program import EXCEPTION, EXIT_STATUS, FINISHED, IDLE, OUTPUT, ROOMY, WALL_TIME, Hostile

PROGRAMS = [
    Hostile("what was inherited", """
        for number in range(1 << 16):
            try:
                mode = os.fstat(number).st_mode
            except OSError:
                continue
            if number > 3 or not stat.S_ISFIFO(mode):
                print("BREACH", number, stat.filemode(mode))
    """),
    Hostile("pipes from their other end", """
        refused(*(lambda n=n: os.read(n, 1) for n in (1, 2, 3)), lambda: os.write(0, b"x"), also=(errno.EBADF,))
        refused(*(lambda n=n: open(f"/proc/self/fd/{n}", "rb").read(1) for n in range(4)))
        refused(*(lambda n=n: open(f"/dev/fd/{n}", "rb").read(1) for n in range(4)))
    """, FINISHED, "read"),
    Hostile("garbage on the report", "os.write(3, bytes(range(256)) * 30)"),
    Hostile("lone surrogates on the report", r"""
        os.write(3, b'{"exception": "\\ud800"}\n')
        os._exit(1)
    """, EXCEPTION),
    Hostile("a flood on the report", "while True: os.write(3, b'x' * (1 << 20))", OUTPUT, limits=ROOMY, slow=True),
    Hostile("one write after another on the report", "while True: os.write(3, b'x')", OUTPUT, limits=ROOMY, slow=True),
    Hostile("a little more on the report than it takes", "os.write(3, b'x' * 16_385)", OUTPUT),
    Hostile("as much on the report as it takes", "os.write(3, b'x' * 16_384)"),
    Hostile("brackets on the report", "os.write(3, b'[' * 60_000)\nos._exit(1)", OUTPUT),
    Hostile("braces on the report", "os.write(3, b'{\"a\":' * 12_000 + b'\\n{}')\nos._exit(1)", OUTPUT),
    Hostile("fewer brackets on the report", "os.write(3, b'[' * 16_000)\nos._exit(1)", EXIT_STATUS),
    Hostile("fewer braces on the report", "os.write(3, b'{\"a\":' * 3_000 + b'\\n{}')\nos._exit(1)", EXIT_STATUS),
    Hostile("digits on the report", "os.write(3, b'9' * 16_000 + b'\\n-1e99999\\nNaN\\n')\nos._exit(1)", EXIT_STATUS),
    Hostile("no text on the report", r"""
        os.write(3, b'\xff\xfe{\0\n\xef\xbb\xbf{}\n\0\0\0{')
        os._exit(1)
    """, EXIT_STATUS),
    Hostile("a forged exception", "os.write(3, b'{\"exception\": \"forged\"}\\n')\nos._exit(0)"),
    Hostile("a forged exception with a status", r"""
        os.write(3, b'{"exception": "forged"}\n')
        os._exit(9)
    """, EXCEPTION),
    Hostile("a forged end", "os.write(3, b'{}\\n' * 9)\n1 / 0", EXCEPTION),
    Hostile("forged deeds", r"""
        for deed in ('{"tried": "network", "operation": "x"}', '{"tried": ["read"], "operation": "x"}', '[]', '7',
                     '{"tried": {}}', '{"tried": "read", "operation": 7}', '{"tried": null}', '"tried"', 'null',
                     '{"ending": "finished"}', '{"refused": 1, "memory": 1}', '{"exception": {}}', '{"echoed": []}'):
            os.write(3, deed.encode() + b"\n")
        os._exit(1)
    """, EXIT_STATUS),
    Hostile("a forged deed of its own", r"""
        os.write(3, b'{"tried": "read", "operation": "\\ud800"}\n')
    """, FINISHED, "read"),
    Hostile("a forged refusal", "os.write(3, b'{\"exception\": \"x\", \"refused\": true}')\nos._exit(1)", EXCEPTION),
    Hostile("a forged death", """
        os.write(3, b'{"status": 0, "cpu_seconds": -9, "wall_seconds": 0}')
        1 / 0
    """, EXCEPTION),
    Hostile("closing everything", "os.closerange(0, 64)"),
    Hostile("closing the report", "os.close(3)\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("closing the report before a deed", """
        os.close(3)
        refused(lambda: open(SECRET_FILE), lambda: os.listdir(HOME))
    """, FINISHED, "read"),
    Hostile("another report before a deed", """
        read, write = os.pipe()
        os.dup2(write, 3)
        refused(lambda: open(SECRET_FILE))
    """, FINISHED, "read"),
    Hostile("a full report before a deed", """
        os.set_blocking(3, False)
        with open(os.__file__, "rb") as library: os.dup2(library.fileno(), 3)
        refused(lambda: open(SECRET_FILE))
    """, FINISHED, "read"),
    Hostile("closing the output", "os.close(1)\nprint(1)", EXIT_STATUS),
    Hostile("output as the report", "print(1, flush=True)\nos.dup2(3, 1)\nprint('{}' * 99)", stdout="1\n"),
    Hostile("report as the output", "os.dup2(1, 3)\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("errors as the report", "os.dup2(3, 2)\n1 / 0", EXCEPTION),
    Hostile("a report that nobody reads", "os.dup2(os.pipe()[1], 3)\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("a full report", """
        os.dup2(w := os.pipe()[1], 3)
        os.write(3, b'x' * 65536)
        1 / 0
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("non-blocking pipes", """
        for n in range(4): os.set_blocking(n, False)
        print('x' * 500_000)
    """, (FINISHED, EXCEPTION, EXIT_STATUS)),
    Hostile("too many descriptors", "while True: kept.append(os.pipe())", EXCEPTION),
    Hostile("terminals", r"""
        refused(
            *(lambda n=n: fcntl.ioctl(n, 0x5412, b"x") for n in range(4)),
            *(lambda n=n: fcntl.ioctl(n, 0x540E, 0) for n in range(4)),
            lambda: fcntl.ioctl(0, 0x541C, b"\3x"),
            lambda: os.openpty(),
            lambda: fcntl.ioctl(0, 0x5402, bytes(60)),
            also=(errno.ENOTTY,),
        )
    """, FINISHED, "write"),
    Hostile("splices", """
        read, write = os.pipe()
        library = os.open(os.__file__, 0)
        area = (ctypes.c_long * 2)(ctypes.addressof(ctypes.create_string_buffer(64)), 64)
        refused(
            lambda: call("splice", library, None, write, None, 64, 0),
            lambda: call("vmsplice", write, area, 1, 0),
            lambda: call("tee", read, 1, 64, 0),
        )
    """),
]  # fmt: skip
