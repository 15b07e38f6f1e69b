import Glibc

/// Where log lines go: it takes one whole line with its line feed, and keeps lines apart.
package typealias LogSink = @Sendable (_ line: [UInt8]) -> Void

/// The sinks that a process uses.
package enum LogSinks {
    /// Standard error, by one `write(2)` a line; what cannot be written is lost, as there is no
    /// better place to say so.
    package static let standardError: LogSink = { line in
        var written = 0
        while written < line.count {
            let count = unsafe line.withUnsafeBytes { bytes in
                unsafe write(
                    STDERR_FILENO, bytes.baseAddress?.advanced(by: written), line.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }

    /// Nowhere.
    package static let discard: LogSink = { _ in }
}
