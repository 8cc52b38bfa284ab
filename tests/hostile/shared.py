"""Programs that try to share memory, or semaphores and queues, with others."""

from hostile.program import FINISHED, REFUSED, Hostile

PROGRAMS = [
    Hostile("System V", """
        refused(
            lambda: call("shmget", 0, 4096, 0o1666),
            lambda: call("shmget", 0x6D62, 4096, 0o1666),
            lambda: call("shmat", 0, None, 0),
            lambda: call("shmctl", 0, 0, None),
            lambda: call("semget", 0, 1, 0o1666),
            lambda: call("semctl", 0, 0, 0, 0),
            lambda: call("semop", 0, bytes(6), 1),
            lambda: call("msgget", 0x6D62, 0o1666),
            lambda: call("msgsnd", 0, bytes(16), 8, 0),
            lambda: call("msgrcv", 0, bytes(16), 8, 0, 0),
            lambda: call("msgctl", 0, 0, None),
        )
    """, FINISHED, "shared memory"),
    Hostile("message queues", """
        refused(
            lambda: call("mq_open", MARK.encode(), os.O_CREAT | os.O_RDWR, 0o666, None),
            lambda: call("mq_unlink", MARK.encode()),
            lambda: call("mq_notify", 3, bytes(64)),
        )
    """, FINISHED, "shared memory"),
    Hostile("memory with a descriptor", """
        refused(
            lambda: os.memfd_create(MARK),
            lambda: call("memfd_create", MARK.encode(), 2),
            lambda: call("memfd_secret", 0),
        )
    """, FINISHED, "shared memory"),
    Hostile("memfd", "os.memfd_create(MARK)", REFUSED, "shared memory"),
    Hostile("POSIX shared memory", """
        from multiprocessing.shared_memory import SharedMemory
        SharedMemory(MARK, create=True, size=4096)
    """, REFUSED, "write"),
    Hostile("POSIX semaphores", """
        libc.sem_open.restype = ctypes.c_void_p
        refused(lambda: checked(libc.sem_open(b"/" + MARK.encode(), os.O_CREAT, 0o666, 1), "sem_open"))
        refused(lambda: checked(libc.shm_open(b"/" + MARK.encode(), os.O_CREAT | os.O_RDWR, 0o666), "shm_open"))
    """, FINISHED, "write"),
]  # fmt: skip
