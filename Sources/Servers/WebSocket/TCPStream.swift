import Glibc

/// A blocking TCP connection for clients; reads and writes may come from two threads.
final class TCPStream: Sendable {
    private let descriptor: Int32

    /// Connects to the first address of a host that answers.
    ///
    /// - Throws: `WebSocketError.cannotConnect` with the system's reason.
    init(host: String, port: Int) throws(WebSocketError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = unsafe list else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw .cannotConnect(host: host, port: port, reason: reason)
        }
        defer { unsafe freeaddrinfo(first) }
        var failure: Int32 = 0
        var entry: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let address = unsafe entry {
            let kind = unsafe address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
            let candidate = unsafe socket(
                address.pointee.ai_family, kind, address.pointee.ai_protocol)
            if unsafe connect(candidate, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
                descriptor = candidate
                return
            }
            failure = errno
            close(candidate)
            unsafe entry = address.pointee.ai_next
        }
        let reason = unsafe String(cString: strerror(failure))
        throw .cannotConnect(host: host, port: port, reason: reason)
    }

    deinit { close(descriptor) }

    /// Bytes as they come, or nil at the end.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { return Array(buffer[..<count]) }
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    /// Writes all bytes; false if the peer is gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: $0[sent...])
                return unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends the connection in both directions, which also ends a `read` in progress.
    func cut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Limits how long one `read` may take; nil for ever.
    func setReadDeadline(seconds: Int?) {
        var time = timeval(tv_sec: seconds ?? 0, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}
