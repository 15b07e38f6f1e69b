import Configuration
import Conversation
import FoundationEssentials
import Glibc
import Synchronization

/// Lines for the person at the terminal: the only way out of the program.
///
/// All that is written here is a ``TerminalLine``, in which what came from outside is harmless, a
/// report whose fields are, or JSON.
enum Terminal {
    /// Whose turn it is to write; it holds why standard output first could not be written
    /// (`errno`).
    private static let turn = Mutex<Int32?>(nil)

    /// Writes a line to standard output.
    static func say(_ line: TerminalLine) { write([line], to: STDOUT_FILENO) }

    /// Writes lines to standard output.
    static func say(_ lines: [TerminalLine]) { write(lines, to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    static func complain(_ line: TerminalLine) { write([line], to: STDERR_FILENO) }

    /// Writes what went wrong to standard error.
    static func complain(_ error: any Error) {
        write(TerminalLine.lines(of: error), to: STDERR_FILENO)
    }

    /// Writes a question to standard error, without a line break.
    static func ask(_ question: TerminalLine) {
        put(render(question, on: STDERR_FILENO) + " ", to: STDERR_FILENO)
    }

    /// Writes a report of several lines to standard output; with a `heading`, its first names
    /// columns.
    static func say(report: String, heading: Bool = false) {
        var lines = TerminalLine.lines(of: report)
        if heading, lines.count > 1 { lines[0].style = .heading }
        write(lines, to: STDOUT_FILENO)
    }

    /// Writes JSON to standard output.
    static func say(json: [UInt8]) { put(VisibleText.json(json) + "\n", to: STDOUT_FILENO) }

    /// The exit code of a program that ends with `code`: not 0 where its output was lost, which is
    /// told.
    ///
    /// A reader that went away (`parley … | head`) wanted no more: nothing was lost.
    static func exitCode(after code: Int32) -> Int32 {
        guard let failure = turn.withLock({ $0 }), failure != EPIPE else { return code }
        let reason = unsafe String(cString: strerror(failure))
        complain(
            ("parley: standard output cannot be written: \(reason)" as TerminalLine)
                .styled(.problem))
        return code == 0 ? 1 : code
    }

    private static func write(_ lines: [TerminalLine], to file: Int32) {
        put(lines.map { render($0, on: file) + "\n" }.joined(), to: file)
    }

    private static func render(_ line: TerminalLine, on file: Int32) -> String {
        line.rendered(
            inColour: colours(
                isTerminal: isatty(file) == 1, ProcessInfo.processInfo.environment))
    }

    /// Whether to write in colour: to a terminal that knows how, unless the person wants none
    /// (no-color.org).
    static func colours(isTerminal: Bool, _ environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
            && environment["TERM"] != nil
    }

    private static func put(_ text: String, to file: Int32) {
        let bytes = Array(text.utf8)
        turn.withLock { failure in
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(
                        file, buffer.baseAddress.map { unsafe $0 + sent }, bytes.count - sent)
                }
                guard count > 0 || errno == EINTR else {
                    // Told at the end, by the exit code.
                    if file == STDOUT_FILENO, failure == nil { failure = errno }
                    return
                }
                sent += max(0, count)
            }
        }
    }
}

/// A line that a terminal may show: words of ours, and values made harmless.
///
/// A literal is ours. Whatever is put into it passes ``VisibleText``, so that no name, text or
/// error from outside can move the cursor, or pass for a line of its own. There is no other way to
/// make a line of a text, so new code cannot forget it.
struct TerminalLine: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// How a line looks, where colours are wanted.
    enum Style: String, Sendable {
        case plain = ""
        /// Names columns.
        case heading = "1"
        /// Tells what went wrong.
        case problem = "31"
        /// Wants to be looked at.
        case warning = "33"
    }

    /// Gathers the parts of a line.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// Takes a line as it is.
        mutating func appendInterpolation(_ line: TerminalLine) { text += line.text }

        /// Takes any value, made harmless.
        mutating func appendInterpolation(_ value: some Any) {
            text += VisibleText.line("\(value)")
        }
    }

    /// The text, without colours.
    private(set) var text: String
    /// How it looks.
    var style = Style.plain

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// The line in a style.
    func styled(_ style: Style) -> Self {
        var line = self
        line.style = style
        return line
    }

    /// The line as it is written.
    func rendered(inColour: Bool) -> String {
        inColour && style != .plain ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// The lines of a text that was put together elsewhere, whose own line breaks are meant.
    static func lines(of text: String) -> [Self] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)" }
    }

    /// What went wrong, after the program's name.
    static func lines(of error: any Error) -> [Self] {
        // Only configuration errors have lines of their own: others may quote the outside.
        let lines: [Self] =
            error is ConfigurationError ? lines(of: "\(error)") : ["\(error)"]
        return lines.enumerated().map { index, line in
            index == 0 ? ("parley: \(line)" as Self).styled(.problem) : line
        }
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.text += right.text
        return sum
    }
}

extension Sequence<TerminalLine> {
    /// The lines as one, with words of ours between them.
    func joined(separator: StaticString) -> TerminalLine {
        var sum: TerminalLine = ""
        for (index, line) in enumerated() {
            if index > 0 { sum = sum + TerminalLine(stringLiteral: "\(separator)") }
            sum = sum + line
        }
        return sum
    }
}

/// Lines of columns, each as wide as its widest value; the last is as wide as it is.
enum TextTable {
    /// The rows as lines, under their headings if there are any; the cells may come from outside.
    static func lines(_ rows: [[String]], under headings: [String] = []) -> [TerminalLine] {
        let all = (headings.isEmpty ? [] : [headings]) + rows.map { $0.map(VisibleText.line) }
        let columns = all.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        var lines = all.map { row -> TerminalLine in
            let text = row.enumerated().map { column, value in
                column == row.count - 1
                    ? value
                    : value + String(repeating: " ", count: widths[column] - value.count + 2)
            }.joined()
            return "\(text)"
        }
        if !headings.isEmpty { lines[0].style = .heading }
        return lines
    }
}
