import CLinux
import Glibc

/// Owns an epoll descriptor and the event counter that wakes it from other threads.
@safe
final class Poller {
    /// Tokens below this are the poller's and the listener's own.
    static let wakeToken: UInt64 = 0
    static let listenerToken: UInt64 = 1

    /// What a descriptor is ready for.
    struct Readiness {
        let token: UInt64
        let events: UInt32
        var canRead: Bool { events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 }
        var canWrite: Bool { events & EPOLLOUT.rawValue != 0 }
        var isBroken: Bool { events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    }

    static let read: UInt32 = EPOLLIN.rawValue
    static let write: UInt32 = EPOLLOUT.rawValue

    private let poller: Int32
    private let counter: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(HTTPServerError) {
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poller >= 0 else {
            throw .systemResources(call: "epoll_create1", reason: systemErrorText(errno))
        }
        counter = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard counter >= 0 else {
            let failure = errno
            close(poller)
            throw .systemResources(call: "eventfd", reason: systemErrorText(failure))
        }
        _ = add(counter, Self.read, token: Self.wakeToken)
    }

    deinit {
        close(counter)
        close(poller)
    }

    /// Watches a descriptor; false if the system has no room for it.
    func add(_ descriptor: Int32, _ interest: UInt32, token: UInt64) -> Bool {
        linux_epoll_set(poller, EPOLL_CTL_ADD, descriptor, interest, token) == 0
    }

    /// Changes what a descriptor is watched for.
    func change(_ descriptor: Int32, _ interest: UInt32, token: UInt64) {
        _ = linux_epoll_set(poller, EPOLL_CTL_MOD, descriptor, interest, token)
    }

    /// Stops watching a descriptor.
    func remove(_ descriptor: Int32) {
        _ = linux_epoll_set(poller, EPOLL_CTL_DEL, descriptor, 0, 0)
    }

    /// Waits up to `milliseconds` (-1: for ever); how many descriptors are ready.
    func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(poller, &events, Int32(events.count), milliseconds)
        return max(0, Int(count))
    }

    /// The readiness of one descriptor of the last `wait`.
    func readiness(_ index: Int) -> Readiness {
        unsafe Readiness(token: events[index].data.u64, events: events[index].events)
    }

    /// Makes the current or next `wait` return; from any thread.
    nonisolated func wake() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(counter, &one, 8)
    }

    /// Takes notice of a wake.
    func acknowledgeWake() {
        var value: UInt64 = 0
        _ = unsafe Glibc.read(counter, &value, 8)
    }
}
