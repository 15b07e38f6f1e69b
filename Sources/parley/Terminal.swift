import Glibc
import Synchronization

/// Lines for the person at the terminal.
enum Terminal {
    private static let turn = Mutex(())

    /// Writes a line to standard output.
    static func say(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

    private static func write(_ line: String, to file: Int32) {
        let bytes = Array((line + "\n").utf8)
        turn.withLock { _ in
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(
                        file, buffer.baseAddress.map { unsafe $0 + sent }, bytes.count - sent)
                }
                // Nobody reads any more: there is nobody to tell.
                guard count > 0 || errno == EINTR else { return }
                sent += max(0, count)
            }
        }
    }
}
