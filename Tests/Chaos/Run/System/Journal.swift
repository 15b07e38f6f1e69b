import Glibc
import Synchronization

/// Tells what happens, when: for machines as JSON lines, for people as sentences.
enum Journal {
    /// The file that the lines go into as well; below 0 before there is one.
    private static let file = Mutex<Int32>(-1)
    private static let begun = ContinuousClock.now

    static func open(_ path: String) {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        file.withLock { $0 = descriptor }
    }

    /// Seconds since the start.
    static var seconds: Double {
        let elapsed = ContinuousClock.now - begun
        return (elapsed / .milliseconds(1)).rounded() / 1000
    }

    static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        file.withLock { descriptor in
            _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
            if descriptor >= 0 { _ = unsafe write(descriptor, bytes, bytes.count) }
        }
    }

    /// One event as a JSON line.
    static func event(_ name: String, _ details: [String: String] = [:]) {
        let rest = details.sorted { $0.key < $1.key }
            .map { ",\(quoted($0.key)):\(quoted($0.value))" }.joined()
        say("{\"at\":\(seconds),\"time\":\(Time.now),\"event\":\(quoted(name))\(rest)}")
    }

    private static func quoted(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(safe)\""
    }
}
