import CLinux
import Glibc

/// System calls on non-blocking stream sockets; the only place that knows socket addresses.
enum Socket {
    /// What one read or write did.
    enum Transfer: Equatable {
        case count(Int)
        /// The peer sent its last octet (reads only).
        case end
        /// Nothing can be moved now.
        case wouldBlock
        /// The connection is gone.
        case failed
    }

    /// A listening socket on the first address of `host` that can be had.
    ///
    /// - Throws: `addressInUse` or `cannotListen`, naming host and port.
    static func listen(host: String, port: Int) throws(HTTPServerError) -> Int32 {
        guard (0...65_535).contains(port) else {
            throw .cannotListen(host: host, port: port, reason: "no such port")
        }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = unsafe list else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw .cannotListen(host: host, port: port, reason: "unknown host: \(reason)")
        }
        defer { unsafe freeaddrinfo(first) }
        var failure: Int32 = 0
        var entry: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let address = unsafe entry {
            let descriptor = unsafe listen(address.pointee)
            if descriptor >= 0 { return descriptor }
            failure = -descriptor
            unsafe entry = address.pointee.ai_next
        }
        if failure == EADDRINUSE { throw .addressInUse(host: host, port: port) }
        throw .cannotListen(host: host, port: port, reason: systemErrorText(failure))
    }

    /// A descriptor, or a negative error number.
    private static func listen(_ address: addrinfo) -> Int32 {
        let kind = unsafe address.ai_socktype | Self.nonBlocking
        let descriptor = unsafe socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { return -errno }
        // A restart must not wait for connections of the last run that are in TIME_WAIT.
        set(descriptor, SOL_SOCKET, SO_REUSEADDR)
        guard unsafe bind(descriptor, address.ai_addr, address.ai_addrlen) == 0,
            Glibc.listen(descriptor, SOMAXCONN) == 0
        else {
            let failure = errno
            Glibc.close(descriptor)
            return -failure
        }
        return descriptor
    }

    /// The port that a socket is bound to, or 0.
    static func boundPort(_ descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        // The port has the same place in both families' addresses.
        return result == 0
            ? unsafe withUnsafeBytes(of: storage) { unsafe Int($0[2]) << 8 | Int($0[3]) } : 0
    }

    /// What `accept` gave.
    enum Accepted {
        case connection(Int32, address: String)
        case none
        /// Too many descriptors or too little memory: try again later.
        case exhausted
    }

    /// Takes one waiting connection.
    static func accept(_ listener: Int32) -> Accepted {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe accept4(listener, $0, &length, nonBlocking)
                }
            }
            if descriptor >= 0 {
                set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
                return .connection(descriptor, address: numericAddress(storage, length))
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .none
            }
        }
    }

    private static func numericAddress(_ storage: sockaddr_storage, _ length: socklen_t) -> String {
        var storage = storage
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getnameinfo(
                    $0, length, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
            }
        }
        guard code == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Reads what is there, up to the buffer's size.
    @inline(__always)
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        while true {
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .count(count) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    /// Writes what the socket takes, without a signal if the peer is gone.
    @inline(__always)
    static func write(_ descriptor: Int32, _ bytes: [UInt8], from start: Int) -> Transfer {
        while true {
            let count = unsafe bytes.withUnsafeBytes {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: $0[start...])
                return unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return .count(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    /// Tells the peer that no more octets will come.
    static func finishWriting(_ descriptor: Int32) {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    private static var nonBlocking: Int32 {
        Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var one: Int32 = 1
        unsafe setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }
}
