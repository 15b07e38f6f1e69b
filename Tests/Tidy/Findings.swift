import Glibc
import Testing

/// Files that were untidy before the rule was there; an entry goes with its repair.
enum Known {
    /// Lines of more than 100 characters.
    static let longLines: Set<String> = []
    /// `try?` without its reason.
    static let unexplained: Set<String> = []
}

/// Gathers what is untidy, one `path:line: message` each, and fails a test with all of it.
struct Findings {
    private var lines: [String] = []

    /// Notes something untidy; the line counts from 0.
    mutating func add(_ path: String, _ line: Int, _ message: String) {
        lines.append("\(path):\(line + 1): \(message)")
    }

    /// Notes something untidy about a whole file or folder.
    mutating func add(_ path: String, _ message: String) { lines.append("\(path): \(message)") }

    /// Fails the test if anything was found.
    func report(_ location: SourceLocation = #_sourceLocation) {
        guard !lines.isEmpty else { return }
        Issue.record(
            "\(lines.count) findings:\n\(lines.joined(separator: "\n"))",
            sourceLocation: location)
    }
}

/// Looks for words in a file's code.
enum Search {
    /// The numbers of the code lines that hold a word: not inside a longer name.
    static func lines(with word: String, in file: SourceTree.File) -> [Int] {
        // Most files hold no such word: look at the whole before looking at each line.
        guard has(word, in: file.code) else { return [] }
        return file.codeLines.indices.filter { holds(word, in: file.codeLines[$0]) }
    }

    /// Whether a text holds some bytes; C's search, as the tests run unoptimised.
    static func has(_ bytes: String, in text: String) -> Bool { unsafe strstr(text, bytes) != nil }

    /// Whether a line holds a word that does not continue a name before it, nor after it if the
    /// word ends like one.
    static func holds(_ word: String, in line: String) -> Bool {
        // Searching for Swift's ranges takes microseconds; most lines hold no such word.
        has(word, in: line)
            && line.ranges(of: word).contains { range in
                let before =
                    range.lowerBound == line.startIndex
                    ? nil : line[line.index(before: range.lowerBound)]
                let after = range.upperBound == line.endIndex ? nil : line[range.upperBound]
                let continues = word.first.map(isNamePart) == true && before.map(isNamePart) == true
                let goesOn =
                    word.last.map(isNamePart) == true && word.last != "_"
                    && after.map(isNamePart) == true
                return !continues && !goesOn
            }
    }

    /// Whether a comment stands on the line or on one of those directly above.
    static func isExplained(_ file: SourceTree.File, _ line: Int, above: Int = 3) -> Bool {
        (max(0, line - above)...line).contains { file.lines[$0].contains("//") }
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }
}
