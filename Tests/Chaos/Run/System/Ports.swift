import Glibc

/// Free ports of this machine.
enum Ports {
    /// What an installation opens counts up from its base to here, and ours after it.
    static let width = 40
    /// Below the ports that Linux gives to outgoing connections (32768 to 60999).
    private static let range = 10_000..<32_000

    /// A base such that it and the ports after it are free; `nil` if none was found.
    static func base() -> Int? {
        for _ in 0..<200 {
            let base = Int.random(in: range) / width * width
            if (base..<base + width).allSatisfy(isFree) { return base }
        }
        return nil
    }

    static func isFree(_ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
