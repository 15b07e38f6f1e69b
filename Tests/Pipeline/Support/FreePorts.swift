import Glibc
import PipelineTesting
import Synchronization

/// Ranges of free ports for installations, each given out once.
enum FreePorts {
    /// What an installation opens counts up from its base to here.
    private static let width = 26
    /// Below the ports that Linux gives to outgoing connections (32768 to 60999).
    private static let range = 10_000..<32_000
    private static let given = Mutex<Set<Int>>([])

    /// A base such that it and the 25 ports after it are free.
    static func base() throws -> Int {
        for _ in 0..<200 {
            let base = Int.random(in: range) / width * width
            let isNew = given.withLock { $0.insert(base).inserted }
            if isNew, (base..<base + width).allSatisfy(isFree) { return base }
        }
        throw NeverHappened(description: "no range of free ports was found")
    }

    private static func isFree(_ port: Int) -> Bool {
        guard let socket = listen(on: port) else { return false }
        close(socket)
        return true
    }

    /// Takes a port until the descriptor is closed; `nil` if it is taken.
    static func listen(on port: Int) -> Int32? {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, Glibc.listen(socket, 1) == 0 else {
            close(socket)
            return nil
        }
        return socket
    }
}
