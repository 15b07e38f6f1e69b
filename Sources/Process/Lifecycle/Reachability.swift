import Glibc

/// Looks whether somebody listens at an address, before a protocol takes its own long time to say
/// so.
package enum Reachability {
    /// Why no connection to the address can be made within a time; `nil` if one can.
    ///
    /// Nothing is sent: the connection is closed at once.
    package static func problem(
        host: String, port: Int, within limit: Duration
    ) async -> String? {
        let found = OneTimeValue<String?>()
        let milliseconds =
            limit.components.seconds * 1_000 + limit.components.attoseconds / 1_000_000_000_000_000
        let isRunning = DetachedThread.run {
            found.set(connect(host: host, port: port, milliseconds: Int32(clamping: milliseconds)))
        }
        guard isRunning else { return "the system has no thread to give" }
        // A name server may take its own time.
        guard let problem = await found.get(within: limit + .milliseconds(500)) else {
            return "the name has no address yet"
        }
        return problem
    }

    private static func connect(host: String, port: Int, milliseconds: Int32) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = unsafe list else {
            return unsafe String(cString: gai_strerror(code))
        }
        defer { unsafe freeaddrinfo(first) }
        var failure: Int32 = 0
        var entry: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let address = unsafe entry {
            failure = unsafe attempt(address, milliseconds)
            if failure == 0 { return nil }
            unsafe entry = address.pointee.ai_next
        }
        return unsafe String(cString: strerror(failure))
    }

    /// Connects to one address; answers 0 or the system's error number.
    private static func attempt(
        _ address: UnsafeMutablePointer<addrinfo>, _ milliseconds: Int32
    ) -> Int32 {
        let kind =
            unsafe address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = unsafe socket(
            address.pointee.ai_family, kind, address.pointee.ai_protocol)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        if unsafe Glibc.connect(
            descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
        {
            return 0
        }
        guard errno == EINPROGRESS else { return errno }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return ETIMEDOUT }
        var failure: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard
            unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length) == 0
        else { return errno }
        return failure
    }
}
