package import FoundationEssentials
import Synchronization

/// Writes one JSON object a line: `ts`, `level`, `service`, `message`, then the fields.
///
/// Identical lines within ten seconds are written once; the next one says how many were left
/// out. Messages are literals and values are ``LogValue``s, so no customer's words get in.
package struct Logger: Sendable {
    private final class Output: Sendable {
        let sink: LogSink
        let now: @Sendable () -> Date
        let repeated = Mutex(RepeatedLines())

        init(sink: @escaping LogSink, now: @escaping @Sendable () -> Date) {
            self.sink = sink
            self.now = now
        }
    }

    /// The name of the process: its stage.
    package let service: String
    /// Lines below this level are dropped.
    package var threshold: LogLevel
    private var fields: [(key: LogKey, value: LogValue)] = []
    private let output: Output

    /// Makes a logger of one process.
    package init(
        service: String, threshold: LogLevel = .info,
        to sink: @escaping LogSink = LogSinks.standardError,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.service = service
        self.threshold = threshold
        self.output = Output(sink: sink, now: now)
    }

    /// A logger whose lines carry these fields as well.
    package func with(_ fields: KeyValuePairs<LogKey, LogValue>) -> Self {
        var logger = self
        logger.fields = merged(fields)
        return logger
    }

    /// Whether lines of this level are written: to save the work of gathering fields.
    package func isEnabled(_ level: LogLevel) -> Bool { level >= threshold }

    /// Writes a line.
    package func log(
        _ level: LogLevel, _ message: StaticString, _ fields: KeyValuePairs<LogKey, LogValue> = [:]
    ) {
        guard isEnabled(level) else { return }
        let line = LogLine(
            level: level, service: service, message: message.description, fields: merged(fields))
        let now = output.now()
        // Written inside the lock: lines stay whole and in order.
        output.repeated.withLock { repeated in
            for (line, suppressed) in repeated.admit(line, at: now) {
                output.sink(line.json(at: now, suppressed: suppressed))
            }
        }
    }

    /// Writes what was left out so far; called when the process ends.
    package func flush() {
        let now = output.now()
        output.repeated.withLock { repeated in
            for (line, suppressed) in repeated.flush() {
                output.sink(line.json(at: now, suppressed: suppressed))
            }
        }
    }

    /// Writes a line that only helps whoever changes the code.
    package func debug(_ message: StaticString, _ fields: KeyValuePairs<LogKey, LogValue> = [:]) {
        log(.debug, message, fields)
    }

    /// Writes a line about what normally happens.
    package func info(_ message: StaticString, _ fields: KeyValuePairs<LogKey, LogValue> = [:]) {
        log(.info, message, fields)
    }

    /// Writes a line about what is normal but worth knowing.
    package func notice(_ message: StaticString, _ fields: KeyValuePairs<LogKey, LogValue> = [:]) {
        log(.notice, message, fields)
    }

    /// Writes a line about what went wrong and is being dealt with.
    package func warning(_ message: StaticString, _ fields: KeyValuePairs<LogKey, LogValue> = [:]) {
        log(.warning, message, fields)
    }

    /// Writes a line about what a person has to look at.
    package func error(_ message: StaticString, _ fields: KeyValuePairs<LogKey, LogValue> = [:]) {
        log(.error, message, fields)
    }

    /// The logger's fields with these added; a key given again replaces the earlier value.
    private func merged(
        _ more: KeyValuePairs<LogKey, LogValue>
    ) -> [(key: LogKey, value: LogValue)] {
        var merged = fields
        for (key, value) in more {
            if let position = merged.firstIndex(where: { $0.key == key }) {
                merged[position].value = value
            } else {
                merged.append((key, value))
            }
        }
        return merged
    }
}
