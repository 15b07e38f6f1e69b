import Glibc

/// Blocking calls on TCP sockets of 127.0.0.1.
enum Socket {
    /// More than all that a topic of a test holds; a longer one is taken for nonsense.
    private static let longest: Int32 = 2_000_000_000

    static func listen(on port: UInt16) throws(RelayError) -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        var address = loopback(port)
        let status = unsafe withAddress(&address) { pointer, size in
            var size = size
            return unsafe bind(descriptor, pointer, size) | Glibc.listen(descriptor, 512)
                | getsockname(descriptor, pointer, &size)
        }
        guard status == 0 else {
            let problem = errno
            close(descriptor)
            throw RelayError(reason: "cannot listen on port \(port): error \(problem)")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    static func connect(to port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        let status = unsafe withAddress(&address) { pointer, size in
            unsafe Glibc.connect(descriptor, pointer, size)
        }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Small messages must not wait for an acknowledgement.
    static func sendAtOnce(_ descriptor: Int32) {
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// A message without its length; `nil` at the connection's end.
    static func readFrame(_ descriptor: Int32) -> [UInt8]? {
        guard let head = read(4, from: descriptor) else { return nil }
        var fields = Fields(head)
        guard let length = fields.int32(), (0...longest).contains(length) else { return nil }
        return read(Int(length), from: descriptor)
    }

    private static func read(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe recv(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, 0)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
        return bytes.count == count ? bytes : nil
    }

    static func writeFrame(_ message: [UInt8], to descriptor: Int32) -> Bool {
        let bytes = [UInt8](Int32(message.count)) + message
        return unsafe bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let put = unsafe send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent,
                    Int32(MSG_NOSIGNAL))
                if put < 0, errno == EINTR { continue }
                guard put > 0 else { return false }
                sent += put
            }
            return true
        }
    }
}
