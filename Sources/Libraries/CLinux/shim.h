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
