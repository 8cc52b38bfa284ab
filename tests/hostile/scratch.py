"""Programs that have a folder to write in, and want more."""

from hostile.program import EXCEPTION, FINISHED, Hostile

PROGRAMS = [
    Hostile("more than there is room for", "open('big', 'wb').write(bytes(4 << 20))", EXCEPTION),
    Hostile("more than there is room for, in holes", "open('big', 'wb').truncate(1 << 40)", EXCEPTION),
    Hostile("more files than there may be", "for n in range(10_000): open(str(n), 'w').close()", EXCEPTION),
    Hostile("more folders than there may be", """
        for n in range(10_000):
            os.mkdir('x')
            os.chdir('x')
    """, EXCEPTION),
    Hostile("what the ones before have left", "print(os.listdir('.'))", stdout="[]\n"),
    Hostile("writing elsewhere", """
        refused(*(
            lambda path=path: open(path, "w")
            for path in ("/x", "/scratch/x", "/tmp/x", "/dev/x", "/dev/zero", PRECIOUS, SITE + "/" + MARK, "../x")
        ), also=(errno.EROFS,))
    """, FINISHED, "write"),
    Hostile("writing elsewhere, by C", """
        refused(*(
            lambda path=path, flags=flags: checked(libc.open(path.encode(), flags, 0o666), path)
            for path in ("/x", "/scratch/x", "/tmp/x", "/dev/x", "/dev/zero", PRECIOUS, SITE + "/" + MARK, "../x")
            for flags in (os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_CREAT, os.O_TMPFILE | os.O_RDWR)
        ), also=(errno.EROFS, errno.ENOTDIR))
    """),
    Hostile("links out of it", """
        paths = SECRET_FILE, HOME_SECRET, PRECIOUS, PROBLEMS, TESTS, "/etc/passwd", "/proc/1/environ"
        for number, path in enumerate(paths):
            os.symlink(path, str(number))
            refused(
                lambda: open(str(number)).read(),
                lambda: open(str(number), "a"),
                lambda: os.link(path, "x"),
                lambda: os.listdir(os.path.dirname(path)),
                lambda: os.truncate(str(number), 0),
                also=(errno.EROFS,),
            )
        os.symlink("/", "root")
        refused(lambda: os.listdir("root"), lambda: open("root/x", "w"), also=(errno.EROFS,))
    """, FINISHED, ("write", "read")),
    Hostile("libraries", """
        refused(
            lambda: os.open(os.__file__, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(SITE + "/numpy/py.typed", os.O_RDWR),
            lambda: os.truncate(SITE + "/numpy/py.typed", 0),
            lambda: os.chmod(os.__file__, 0o644),
            lambda: os.utime(SITE + "/numpy/py.typed"),
            lambda: os.rename(SITE + "/numpy/py.typed", "x"),
            lambda: os.rename(SITE + "/numpy/py.typed", SITE + "/numpy/" + MARK),
            lambda: os.link(os.__file__, "x"),
            lambda: os.mkdir(SITE + "/" + MARK),
            lambda: os.symlink("x", SITE + "/" + MARK),
            lambda: os.unlink(SITE + "/" + MARK),
            lambda: os.posix_fallocate(os.open(os.__file__, 0), 0, 1 << 20),
            also=(errno.EROFS, errno.EXDEV, errno.EBADF),
        )
    """, FINISHED, "write"),
    Hostile("what is more than a file", """
        open("x", "w").close()
        refused(
            lambda: os.mkfifo("f"),
            lambda: os.mknod("n", stat.S_IFCHR | 0o666, os.makedev(1, 1)),
            lambda: os.setxattr("x", "user.x", b"x"),
            lambda: os.chown("x", 0, 0),
            lambda: os.link("x", "y"),
            lambda: os.chmod("x", 0o4755) or os.execv("./x", ["x"]),
            lambda: socket.socket(socket.AF_UNIX).bind("s"),
            lambda: call("mount", b"none", b"/scratch/files", b"tmpfs", 0, None),
            lambda: call("umount2", b"/scratch/files", 2),
            lambda: call("unshare", 0x20000),
            lambda: os.rmdir("/scratch/files"),
            lambda: os.rename("/scratch/files", "/scratch/x"),
            also=(errno.EROFS,),
        )
    """, FINISHED, ("write", "process", "network", "system")),
]  # fmt: skip

DEVICES = Hostile("the machine's devices", """
    for device in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"):
        refused(lambda: os.chmod(device, stat.S_IMODE(os.stat(device).st_mode)), also=(errno.EROFS,))
""", FINISHED, "write?")  # fmt: skip
