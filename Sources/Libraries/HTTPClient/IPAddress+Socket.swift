import CLibcurl
import Glibc
import NetworkAddress

extension IPAddress {
    /// The address in a socket address of either family, or nil for another family.
    init?(_ socketAddress: UnsafePointer<sockaddr>) {
        let raw = unsafe UnsafeRawPointer(socketAddress)
        // The family comes first (POSIX, <sys/socket.h>). The field itself counts as Glibc's or as
        // CLibcurl's, whichever module a clean build happens to read first.
        switch Int32(unsafe raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let address = unsafe raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: unsafe Swift.withUnsafeBytes(of: address) { unsafe Array($0) })
        case AF_INET6:
            let address = unsafe raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: unsafe Swift.withUnsafeBytes(of: address) { unsafe Array($0) })
        default:
            return nil
        }
    }
}
