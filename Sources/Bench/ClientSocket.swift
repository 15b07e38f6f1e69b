import CLinux
import Glibc

/// A non-blocking connection to a port of this machine, for generating load.
struct ClientSocket: ~Copyable {
    /// Why there is no connection.
    struct Failure: Error, CustomStringConvertible {
        let call: String
        let number: Int32
        var description: String { "\(call) failed with error \(number)" }
    }

    let descriptor: Int32

    init(port: Int) throws(Failure) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK.bigEndian)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, length)
            }
        }
        guard result == 0 else { throw Failure(call: "connect", number: errno) }
        var one: Int32 = 1
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one,
            socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Sends a range of bytes; how many were taken, or `nil` if the peer is gone.
    func send(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            let part = unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
            return unsafe Glibc.send(
                descriptor, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Reads what is there into the buffer; how much, 0 for nothing yet, `nil` if the peer is gone.
    func receive(into buffer: inout [UInt8]) -> Int? {
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return count }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : nil
    }
}

/// Waits for descriptors to become ready.
@safe struct ReadinessSet: ~Copyable {
    private let poller: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: 512)

    init() {
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
    }

    deinit { close(poller) }

    func add(_ descriptor: Int32, index: Int) {
        _ = linux_epoll_set(
            poller, EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, UInt64(index))
    }

    /// The indices that can be read, after at most some milliseconds.
    mutating func wait(milliseconds: Int32, _ body: (Int) -> Void) {
        let count = unsafe epoll_wait(poller, &events, Int32(events.count), milliseconds)
        for target in 0..<max(0, Int(count)) { body(unsafe Int(events[target].data.u64)) }
    }
}
