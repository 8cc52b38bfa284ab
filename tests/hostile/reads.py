"""Programs that try to read what is none of their business."""

from hostile.program import BUNDLED, EXCEPTION, FINISHED, FORBIDDEN, REFUSED, ROOMY, Hostile

PROGRAMS = [
    Hostile("the secret", "print(open(SECRET_FILE).read())", FORBIDDEN, "read"),
    Hostile("the secret at home", "print(open(HOME_SECRET).read())", FORBIDDEN, "read"),
    Hostile("passwords", "print(open('/etc/passwd').read())", FORBIDDEN, "read"),
    Hostile("the problems", "print(open(PROBLEMS).read())", FORBIDDEN, "read"),
    Hostile("the tests", "print(open(TESTS).read())", FORBIDDEN, "read"),
    Hostile("the bundled problems", """
        for folder in BUNDLED:
            path = folder + "/algebra.jsonl"
            refused(
                lambda: os.listdir(folder),
                lambda: open(path).read(),
                lambda: os.open(path, os.O_RDONLY),
                lambda: checked(libc.open(path.encode(), 0), "open"),
                lambda: call("openat", checked(libc.open(folder.encode(), os.O_PATH), "open"), b"algebra.jsonl", 0),
            )
    """, FINISHED, "read" if BUNDLED else ()),
    Hostile("the families", """
        path = FAMILIES + "/catalog.py"
        refused(
            lambda: os.listdir(FAMILIES),
            lambda: open(path).read(),
            lambda: checked(libc.open(path.encode(), 0), "open"),
        )
    """, FINISHED, "read"),
    Hostile("importing the families", """
        try:
            from pytest_mathbench.families import catalog
        except (ImportError, OSError):
            print("fine")
        else:
            print(catalog.families())
    """, FINISHED, "read", stdout="fine\n"),
    Hostile("os.open", "print(os.read(os.open(SECRET_FILE, os.O_RDONLY), 99))", FORBIDDEN, "read"),
    Hostile("a name in bytes", "print(os.read(os.open(os.fsencode(SECRET_FILE), 0), 99))", FORBIDDEN, "read"),
    Hostile("from the root", "os.chdir('/')\nprint(open(SECRET_FILE[1:]).read())", FORBIDDEN, "read"),
    Hostile("by the way of a library", """
        print(open(SITE + '/../../../../../..' + SECRET_FILE).read())
    """, FORBIDDEN, "read"),
    Hostile("a link in the working folder", "print(open('link').read())", EXCEPTION),
    Hostile("relative to a folder", """
        root = checked(libc.open(b"/", os.O_PATH | os.O_DIRECTORY), "open")
        print(os.read(os.open(SECRET_FILE[1:], os.O_RDONLY, dir_fd=root), 99))
    """, EXCEPTION),
    Hostile("by C", """
        libc.fopen.restype = libc.opendir.restype = ctypes.c_void_p
        refused(*(
            lambda path=path: checked(libc.opendir(os.path.dirname(path).encode()), path)
            for path in (SECRET_FILE, PRECIOUS, PROBLEMS, TESTS, "/proc/self/environ", "/sys/x", "/boot/x")
        ))
        for path in (SECRET_FILE, HOME_SECRET, PROBLEMS, "/etc/passwd", "/proc/self/environ"):
            path = path.encode()
            refused(
                lambda: checked(libc.open(path, 0), "open"),
                lambda: checked(libc.fopen(path, b"r"), "fopen"),
                lambda: call("open", path, 0),
                lambda: call("openat", -100, path, 0),
                lambda: call("openat2", -100, path, bytes(24), 24),
            )
    """),
    Hostile("by a path descriptor", """
        for path in (SECRET_FILE, HOME_SECRET, PROBLEMS):
            try:
                handle = checked(libc.open(path.encode(), os.O_PATH), "open")
            except FileNotFoundError:
                continue
            refused(
                lambda: os.read(handle, 99),
                lambda: os.pread(handle, 99, 0),
                lambda: os.sendfile(1, handle, 0, 99),
                lambda: call("openat", handle, b"", 0),
                lambda: call("openat", -100, b"/proc/self/fd/%d" % handle, 0),
                lambda: call("openat", -100, b"/dev/fd/%d" % handle, 0),
                lambda: call("execveat", handle, b"", None, None, 0x1000),
                lambda: os.listxattr(handle),
                also=(errno.EBADF, errno.ENOTDIR, errno.ENOENT),
            )
    """, FINISHED, ("process?", "system?")),
    Hostile("by a handle", """
        handle, mount = bytes([8, 0, 0, 0, 1, 0, 0, 0]) + bytes(120), ctypes.byref(ctypes.c_int())
        refused(
            lambda: call("name_to_handle_at", -100, SECRET_FILE.encode(), handle, mount, 0),
            lambda: call("open_by_handle_at", 3, handle, 0),
            lambda: call("open_tree", -100, b"/", 0),
        )
    """, FINISHED, "system"),
    Hostile("numpy.fromfile", "import numpy\nprint(bytes(numpy.fromfile(SECRET_FILE, 'u1')))", FORBIDDEN, "read"),
    Hostile("numpy.loadtxt", "import numpy\nprint(numpy.loadtxt(SECRET_FILE, str))", (FORBIDDEN, EXCEPTION), "read?"),
    Hostile("numpy.memmap to read", """
        import numpy
        print(bytes(numpy.memmap(SECRET_FILE)))
    """, (FORBIDDEN, REFUSED), ("read?", "write?")),
    Hostile("linecache", "import linecache\nprint(linecache.getlines(SECRET_FILE))", FINISHED, "read?"),
    Hostile("runpy", "import runpy\nprint(runpy.run_path(SECRET_FILE))", FORBIDDEN, "read"),
    Hostile("importlib", """
        import importlib.util
        spec = importlib.util.spec_from_file_location("secret", SECRET_FILE + ".py")
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    """, FORBIDDEN, "read"),
    Hostile("sys.path", "sys.path.insert(0, os.path.dirname(SECRET_FILE))\nimport secret_module", EXCEPTION, "read?"),
    Hostile("dlopen", "ctypes.CDLL(SECRET_FILE)", EXCEPTION),
    Hostile("sqlite to read", """
        import sqlite3
        sqlite3.connect('file:' + SECRET_FILE + '?mode=ro', uri=True).execute('select * from sqlite_master')
    """, EXCEPTION),
    Hostile("fileinput", "import fileinput\nprint(*fileinput.input([SECRET_FILE]))", FORBIDDEN, "read"),
    Hostile("traceback", "exec(compile('1 / 0', SECRET_FILE, 'exec'))", EXCEPTION, "read?"),
    Hostile("a warning", "import warnings\nwarnings.warn_explicit('x', Warning, SECRET_FILE, 1)", FINISHED, "read?"),
    Hostile("syntax error", "raise SyntaxError('x', (SECRET_FILE, 1, 1, None))", EXCEPTION, "read?"),
    Hostile("folders", """
        for path in ("/", "/root", "/home", "/tmp", "/etc", HOME, WATCHED, os.path.dirname(PROBLEMS), "/proc", "/dev"):
            refused(lambda: os.listdir(path), lambda: next(os.scandir(path)))
    """, FINISHED, "read"),
    Hostile("walk", "print(sum(len(files) for _, _, files in os.walk(HOME)))", FINISHED, "read", stdout="0\n"),
    Hostile("glob", "import glob\nprint(glob.glob(WATCHED + '/*'))", FINISHED, "read", stdout="[]\n"),
    Hostile("/proc", """
        for pid in ("self", "thread-self", os.getpid(), os.getppid(), VICTIM, PYTEST, 1):
            refused(*(
                lambda name=name: open(f"/proc/{pid}/{name}", "rb").read()
                for name in ("environ", "cmdline", "maps", "mem", "stat", "status", "auxv", "io", "mountinfo")
            ))
    """, FINISHED, "read"),
    Hostile("links in /proc", """
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(*(lambda name=name: os.readlink(f"/proc/{pid}/{name}") for name in ("exe", "cwd", "root", "fd/0")))
            refused(
                lambda: os.chdir(f"/proc/{pid}/cwd"),
                lambda: os.stat(f"/proc/{pid}/root/etc"),
                lambda: checked(libc.open(b"/proc/%d/root/etc/passwd" % pid, 0), "open"),
            )
    """),
    Hostile("the devices that it may read", """
        for device in ("zero", "random", "urandom", "null"):
            with open("/dev/" + device, "rb", buffering=0) as file:
                print(len(file.read(1)))
    """, stdout="1\n1\n1\n0\n"),
    Hostile("devices", """
        refused(*(
            lambda path=path: open(path, "rb").read(1)
            for path in ("/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/full")
        ))
    """, FINISHED, "read"),
    Hostile("a hidden folder's file", "print(open(HIDDEN_FOLDER + '/METADATA').read())", FORBIDDEN, "read"),
    Hostile("a hidden file", "print(open(HIDDEN_FILE).read())", FORBIDDEN, "read"),
    Hostile("a hidden folder", "print(os.listdir(HIDDEN_FOLDER))", FORBIDDEN, "read"),
    Hostile("what is hidden, by other ways", """
        import importlib.metadata

        def content(path, folder=-100):
            with open(call("openat", folder, path.encode(), 0), "rb") as file:
                if found := file.read():
                    return found
            raise OSError(errno.ENOENT, path)

        for path in (HIDDEN_FOLDER + "/METADATA", HIDDEN_FOLDER + "/RECORD", HIDDEN_FILE):
            folder, name = os.path.split(path)
            try:
                handle = checked(libc.open(folder.encode(), os.O_PATH), "open")
            except FileNotFoundError:
                continue
            refused(
                lambda: content(path),
                lambda: content(name, handle),
                lambda: content(f"{folder}/./../{os.path.basename(folder)}/{name}"),
                lambda: os.rename(path, path + MARK),
                lambda: os.link(path, path + MARK),
                lambda: call("umount2", path.encode(), 2),
                lambda: call("umount2", folder.encode(), 2),
            )
        print(importlib.metadata.distribution("mpmath").read_text("METADATA"))
    """, (FINISHED, EXCEPTION, FORBIDDEN), ("write", "system", "read?")),
    Hostile("the environment", """
        print(dict(os.environ), os.environb, sys.argv, sys.orig_argv, sys.flags)
        entries = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
        print(*entries[:1] if entries else ())
    """),
    Hostile("the stack's arguments and environment", """
        start = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value
        page, seen = start & ~4095, b""
        read, write = os.pipe()
        while libc.write(write, ctypes.c_void_p(start), ctypes.c_size_t(page + 4096 - start)) > 0:
            seen += os.read(read, 4096)
            start = page = page + 4096
        print(len(seen) > 100, seen)
    """),
    Hostile("the memory of those before", """
        import gc, re
        gc.unfreeze()
        things, frame = gc.get_objects(), sys._getframe()
        while frame:
            things += [frame.f_globals, frame.f_locals]
            frame = frame.f_back
        texts = []
        for thing in things:
            if type(thing) in (dict, list, tuple, set):
                values = [*thing, *thing.values()] if type(thing) is dict else [*thing]
                texts += [text for text in values if type(text) in (str, bytes) and len(text) < 9999]
        print(re.findall("sesame-[0-9a-f]{8,}|an earlie[r] program", str(texts)))
    """, stdout="[]\n", limits=ROOMY),
]  # fmt: skip
