#pragma once
// What Swift's Glibc module leaves out: epoll, eventfd, accept4 and more.
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// glibc declares it under _GNU_SOURCE only.
int accept4(int, struct sockaddr *, socklen_t *, int);

// epoll_ctl with the event given by value, so that the packed struct stays in C.
static inline int linux_epoll_set(int poller, int operation, int descriptor, uint32_t events,
                                  uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(poller, operation, descriptor, &event);
}

// Names the calling thread; glibc declares the setter under _GNU_SOURCE only.
#include <sys/prctl.h>
static inline void linux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Has this process killed by a signal as soon as the thread that started it has ended; prctl is
// variadic, so Swift cannot call it.
static inline int linux_end_with_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

// How much later than asked the calling thread's timed waits may end, in nanoseconds, and that of
// the threads that it makes from now on.
static inline unsigned long linux_timer_slack(void) {
    int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    return slack < 0 ? 0 : (unsigned long)slack;
}
static inline void linux_set_timer_slack(unsigned long nanoseconds) {
    prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

// Closes all descriptors from `first` in a spawned child; declared under _GNU_SOURCE only.
#include <spawn.h>
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int linux_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// Sets how far the files of another process may grow, up to its hard limit; glibc declares the
// call under _GNU_SOURCE only.
#include <sys/resource.h>
int prlimit(pid_t, int, const struct rlimit *, struct rlimit *);
static inline int linux_limit_files(pid_t process, uint64_t bytes) {
    struct rlimit limit;
    if (prlimit(process, RLIMIT_FSIZE, 0, &limit) != 0) return -1;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    return prlimit(process, RLIMIT_FSIZE, &limit, 0);
}

// Leaves nothing of this process's memory behind when it crashes, and lets nobody but root look into
// it: a limit alone does not keep the kernel from piping a dump to a program (core(5)).
static inline int linux_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    int limited = setrlimit(RLIMIT_CORE, &none);
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? limited : -1;
}

// Which thread this is, as a number that a signal handler may ask for too.
#include <pthread.h>
static inline uint64_t linux_thread(void) { return (uint64_t)pthread_self(); }

// A word in memory that another process may read after this one has crashed: written in the order
// of the program, whole.
static inline void linux_store(uint64_t *words, long index, uint64_t value) {
    __atomic_store_n(words + index, value, __ATOMIC_RELEASE);
}
static inline uint64_t linux_load(const uint64_t *words, long index) {
    return __atomic_load_n(words + index, __ATOMIC_ACQUIRE);
}

// Notes in two words, before this process dies of a fault of its own, which signal it was and
// which thread. Only what a signal handler may do is done; whoever handled the signal before, such
// as Swift's backtracer, gets it next. A signal that another process sent is noted as number 255.
#include <signal.h>
#include <unistd.h>
struct linux_crash_notes {
    uint64_t *words;
    struct sigaction before[32];
};
static inline struct linux_crash_notes *linux_crash_notes(void) {
    // Inside a function: a header's own variable would be nobody's.
    static struct linux_crash_notes notes;
    return &notes;
}
static inline void linux_note_crash(int number, siginfo_t *info, void *context) {
    (void)context;
    struct linux_crash_notes *notes = linux_crash_notes();
    int is_sent = info->si_code <= 0;
    int is_foreign = is_sent && info->si_pid != getpid();
    linux_store(notes->words, 1, linux_thread());
    linux_store(notes->words, 0, is_foreign ? 255 : (uint64_t)number);
    sigaction(number, &notes->before[number], 0);
    // A fault happens again when the handler returns; a signal that was sent does not.
    if (is_sent) raise(number);
}
static inline void linux_note_crashes(uint64_t *words) {
    int numbers[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    struct linux_crash_notes *notes = linux_crash_notes();
    notes->words = words;
    for (int index = 0; index < 6; index++) {
        struct sigaction action = {.sa_sigaction = linux_note_crash,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        sigaction(numbers[index], &action, &notes->before[numbers[index]]);
    }
}

// Gives memory that was freed back to the system, so that what a process has is what it uses.
#include <malloc.h>
static inline void linux_return_freed_memory(void) { malloc_trim(0); }
