import Dispatch
import Glibc

/// A blocking TCP client that sends and reads exactly what a test says.
package struct RawClient: ~Copyable {
    private let descriptor: Int32

    /// Connects to this machine.
    ///
    /// - Throws: ``ConnectFailure``.
    package init(port: Int, receiveTimeoutSeconds: Int = 5) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: receiveTimeoutSeconds, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout,
            socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ConnectFailure(number: errno) }
    }

    deinit { close(descriptor) }

    /// Sends bytes; false if the peer is gone.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends text as UTF-8.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that no more will be sent.
    package func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads once; nil at the end or after the time-out.
    package func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Whether the peer has closed in an orderly way, with nothing left to read; waits for it.
    package func isAtEnd() -> Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, 0) == 0
    }

    /// Reads until the peer closes.
    package func readToEnd() -> String {
        var all: [UInt8] = []
        while let bytes = read() { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    /// Reads until `count` responses with their bodies are here, or the peer closes.
    package func readResponses(_ count: Int = 1) -> [ReadResponse] {
        var all: [UInt8] = []
        var found: [ReadResponse] = []
        while found.count < count {
            if let response = ReadResponse(&all) {
                found.append(response)
            } else if let bytes = read() {
                all += bytes
            } else {
                break
            }
        }
        return found
    }
}

/// No connection could be made.
package struct ConnectFailure: Error {
    /// The number of the error.
    package let number: Int32
}

/// A response as a client reads it.
package struct ReadResponse: Equatable {
    /// Its status.
    package let status: Int
    /// Its first line and its header lines.
    package let head: String
    /// Its body.
    package let body: String

    /// Takes one response off the front, if it is whole.
    package init?(_ bytes: inout [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        guard let split = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            return nil
        }
        let text = String(decoding: bytes[..<split], as: UTF8.self)
        let code = Int(text.dropFirst(9).prefix(3)) ?? 0
        let lengthLine = text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        let length = lengthLine.flatMap { Int($0.dropFirst(16)) } ?? 0
        let start = split + 4
        guard bytes.count >= start + length else { return nil }
        status = code
        head = text
        body = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
        bytes.removeFirst(start + length)
    }
}

/// Runs blocking work on a thread of its own.
package func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws
    -> Value
{
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test client").async {
            continuation.resume(with: Result { try work() })
        }
    }
}
