"""The kernel's system calls: their numbers, which ones a program may make, and what kind of deed the others are.

Numbers are from the kernel's own headers (asm/unistd_64.h, asm-generic/unistd.h of Linux 6.1) and, beyond 450, from
its syscall tables. A name's place in a table is its number.
"""

_X86_64 = """
    read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn
    ioctl pread64 pwrite64 readv writev access pipe select sched_yield mremap msync mincore madvise shmget shmat shmctl
    dup dup2 pause nanosleep getitimer alarm setitimer getpid sendfile socket connect accept sendto recvfrom sendmsg
    recvmsg shutdown bind listen getsockname getpeername socketpair setsockopt getsockopt clone fork vfork execve exit
    wait4 kill uname semget semop semctl shmdt msgget msgsnd msgrcv msgctl fcntl flock fsync fdatasync truncate
    ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat link unlink symlink readlink chmod fchmod chown
    fchown lchown umask gettimeofday getrlimit getrusage sysinfo times ptrace getuid syslog getgid setuid setgid geteuid
    getegid setpgid getppid getpgrp setsid setreuid setregid getgroups setgroups setresuid getresuid setresgid getresgid
    getpgid setfsuid setfsgid getsid capget capset rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend
    sigaltstack utime mknod uselib personality ustat statfs fstatfs sysfs getpriority setpriority sched_setparam
    sched_getparam sched_setscheduler sched_getscheduler sched_get_priority_max sched_get_priority_min
    sched_rr_get_interval mlock munlock mlockall munlockall vhangup modify_ldt pivot_root _sysctl prctl arch_prctl
    adjtimex setrlimit chroot sync acct settimeofday mount umount2 swapon swapoff reboot sethostname setdomainname iopl
    ioperm create_module init_module delete_module get_kernel_syms query_module quotactl nfsservctl getpmsg putpmsg
    afs_syscall tuxcall security gettid readahead setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr
    llistxattr flistxattr removexattr lremovexattr fremovexattr tkill time futex sched_setaffinity sched_getaffinity
    set_thread_area io_setup io_destroy io_getevents io_submit io_cancel get_thread_area lookup_dcookie epoll_create
    epoll_ctl_old epoll_wait_old remap_file_pages getdents64 set_tid_address restart_syscall semtimedop fadvise64
    timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_settime clock_gettime clock_getres
    clock_nanosleep exit_group epoll_wait epoll_ctl tgkill utimes vserver mbind set_mempolicy get_mempolicy mq_open
    mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr kexec_load waitid add_key request_key keyctl
    ioprio_set ioprio_get inotify_init inotify_add_watch inotify_rm_watch migrate_pages openat mkdirat mknodat fchownat
    futimesat newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll unshare
    set_robust_list get_robust_list splice tee sync_file_range vmsplice move_pages utimensat epoll_pwait signalfd
    timerfd_create eventfd fallocate timerfd_settime timerfd_gettime accept4 signalfd4 eventfd2 epoll_create1 dup3 pipe2
    inotify_init1 preadv pwritev rt_tgsigqueueinfo perf_event_open recvmmsg fanotify_init fanotify_mark prlimit64
    name_to_handle_at open_by_handle_at clock_adjtime syncfs sendmmsg setns getcpu process_vm_readv process_vm_writev
    kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create kexec_file_load bpf execveat
    userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx
    io_pgetevents rseq
"""

_AARCH64 = """
    io_setup io_destroy io_submit io_cancel io_getevents setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr
    listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr getcwd lookup_dcookie eventfd2 epoll_create1
    epoll_ctl epoll_pwait dup dup3 fcntl inotify_init1 inotify_add_watch inotify_rm_watch ioctl ioprio_set ioprio_get
    flock mknodat mkdirat unlinkat symlinkat linkat renameat umount2 mount pivot_root nfsservctl statfs fstatfs truncate
    ftruncate fallocate faccessat chdir fchdir chroot fchmod fchmodat fchownat fchown openat close vhangup pipe2
    quotactl getdents64 lseek read write readv writev pread64 pwrite64 preadv pwritev sendfile pselect6 ppoll signalfd4
    vmsplice splice tee readlinkat newfstatat fstat sync fsync fdatasync sync_file_range timerfd_create timerfd_settime
    timerfd_gettime utimensat acct capget capset personality exit exit_group waitid set_tid_address unshare futex
    set_robust_list get_robust_list nanosleep getitimer setitimer kexec_load init_module delete_module timer_create
    timer_gettime timer_getoverrun timer_settime timer_delete clock_settime clock_gettime clock_getres clock_nanosleep
    syslog ptrace sched_setparam sched_setscheduler sched_getscheduler sched_getparam sched_setaffinity
    sched_getaffinity sched_yield sched_get_priority_max sched_get_priority_min sched_rr_get_interval restart_syscall
    kill tkill tgkill sigaltstack rt_sigsuspend rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait
    rt_sigqueueinfo rt_sigreturn setpriority getpriority reboot setregid setgid setreuid setuid setresuid getresuid
    setresgid getresgid setfsuid setfsgid times setpgid getpgid getsid setsid getgroups setgroups uname sethostname
    setdomainname getrlimit setrlimit getrusage umask prctl getcpu gettimeofday settimeofday adjtimex getpid getppid
    getuid geteuid getgid getegid gettid sysinfo mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    msgget msgctl msgrcv msgsnd semget semctl semtimedop semop shmget shmctl shmat shmdt socket socketpair bind listen
    accept connect getsockname getpeername sendto recvfrom setsockopt getsockopt shutdown sendmsg recvmsg readahead brk
    munmap mremap add_key request_key keyctl clone execve mmap fadvise64 swapon swapoff mprotect msync mlock munlock
    mlockall munlockall mincore madvise remap_file_pages mbind get_mempolicy set_mempolicy migrate_pages move_pages
    rt_tgsigqueueinfo perf_event_open accept4 recvmmsg - - - - - - - - - - - - - - - - wait4 prlimit64 fanotify_init
    fanotify_mark name_to_handle_at open_by_handle_at clock_adjtime syncfs setns sendmmsg process_vm_readv
    process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create bpf
    execveat userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx
    io_pgetevents rseq kexec_file_load
"""

_COMMON_FROM = 424
_COMMON = """
    pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount
    fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr
    quotactl_fd landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret process_mrelease
    futex_waitv set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue
    statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat listxattrat
    removexattrat open_tree_attr file_getattr file_setattr
"""

ALLOWED = frozenset("""
    read write readv writev pread64 pwrite64 preadv pwritev sendfile copy_file_range
    lseek close close_range dup dup2 dup3 pipe pipe2 ftruncate
    stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat statfs fstatfs
    getdents getdents64 getcwd chdir fchdir umask
    mmap mprotect munmap brk mremap
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
    alarm getitimer setitimer pause nanosleep gettimeofday time times
    sched_yield sched_get_priority_max sched_get_priority_min getcpu
    rseq membarrier set_tid_address arch_prctl restart_syscall exit exit_group wait4 waitid
    getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
    getrlimit setrlimit getrusage uname sysinfo getrandom
""".split())  # fmt: skip
"""What computing, printing and reading take; a few more are allowed for some arguments (seccomp.py)."""

WITHOUT_EFFECT = frozenset("flock fadvise64 readahead msync set_robust_list".split())
"""Answered as done, and not done: a program alone with files that nobody writes cannot tell, and two cannot meet."""

WRITING = frozenset("""
    open openat creat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 symlink symlinkat truncate fallocate
""".split())  # fmt: skip
"""What a program needs besides, where it has a folder to write in. Landlock says where; so nothing that it does not
watch, such as chmod: the devices are mounted writable, and a superuser's."""

QUIET = frozenset("""
    clone3 openat2 personality setpriority ioprio_set ioprio_get
    sched_setaffinity sched_setscheduler sched_setparam sched_setattr sched_getattr get_mempolicy set_mempolicy mbind
    mlock mlock2 mlockall munlock munlockall pkey_alloc pkey_free pkey_mprotect splice tee vmsplice sync syncfs
    process_madvise cachestat mseal mincore get_robust_list capget futex_waitv futex_wake futex_wait futex_requeue
    timer_create timer_settime timer_gettime timer_getoverrun timer_delete
""".split())  # fmt: skip
"""Refused without a word: libraries try them and go on without, so that trying says nothing of a program. Some would
let programs meet: they tell of what is cached or locked for all, or count for the user."""

OPENING = "nfsservctl"
"""A call that no kernel knows any more. Where a file may not be opened, our side in the program makes it, so that the
host hears of it from the kernel: with 0 as its argument for a file to read, with 1 for one to write."""

_KINDS = {
    "network": """
        socket socketpair connect accept accept4 bind listen sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown
        getsockname getpeername setsockopt getsockopt
    """,
    "process": """
        clone fork vfork execve execveat setsid setpgid unshare setns kcmp pidfd_open pidfd_getfd ptrace
        process_vm_readv process_vm_writev process_mrelease prlimit64
    """,
    "signal": "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal fcntl",
    "write": """
        open openat creat mkdir mkdirat mknod mknodat rmdir unlink unlinkat rename renameat renameat2 link linkat
        symlink symlinkat truncate fallocate chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes
        futimesat utimensat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat
        file_setattr
    """,
    "shared memory": """
        shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink
        mq_timedsend mq_timedreceive mq_notify mq_getsetattr memfd_create memfd_secret
    """,
}

KIND = {name: kind for kind, names in _KINDS.items() for name in names.split()}
"""What kind of deed a refused call is; whatever is not named here is "system"."""


def numbers(machine: str) -> dict[str, int]:
    """Return name → number for a machine as `platform.machine()` names it. Raises `KeyError` for another machine."""
    own = {"x86_64": _X86_64, "aarch64": _AARCH64}[machine].split()
    common = dict(zip(_COMMON.split(), range(_COMMON_FROM, 1 << 10), strict=False))
    return {name: number for number, name in enumerate(own) if name != "-"} | common
