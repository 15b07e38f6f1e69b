import Testing

@Suite("Style")
struct StyleTests {
    private static let longestLine = 100
    private static let longestFile = 400
    private static let longestFunction = 70

    private let tree = SourceTree.shared

    @Test("lines have 100 characters at most, files 400 lines, functions 70")
    func sizes() {
        var findings = Findings()
        for file in tree.sources + tree.tests {
            for (number, line) in file.lines.enumerated()
            where line.utf8.count > Self.longestLine && line.count > Self.longestLine {
                if Known.longLines.contains(file.path) || Self.isSample(file, number) { continue }
                findings.add(file.path, number, "\(line.count) characters")
            }
            let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
            if count > Self.longestFile { findings.add(file.path, "\(count) lines") }
            for (line, length) in Functions.lengths(in: file) where length > Self.longestFunction {
                findings.add(file.path, line, "a function of \(length) lines")
            }
        }
        findings.report()
    }

    @Test("nothing is left to do, and nothing traps on what comes from outside")
    func bannedEverywhere() {
        var findings = Findings()
        for file in tree.sources {
            for word in ["try!", "fatalError", "as!", "assertionFailure"] {
                for line in Search.lines(with: word, in: file) {
                    findings.add(file.path, line, "\(word) is nowhere")
                }
            }
        }
        // Put together here, so that this file is not found.
        let marks = ["FIX" + "ME", "TO" + "DO", "XX" + "X:"]
        for file in tree.sources + tree.tests {
            for mark in marks where Search.has(mark, in: file.text) {
                for (number, line) in file.lines.enumerated() where Search.holds(mark, in: line) {
                    findings.add(file.path, number, mark)
                }
            }
        }
        findings.report()
    }

    @Test("libraries do not print")
    func printing() {
        var findings = Findings()
        for file in tree.sources where file.module.name != "parley" {
            for line in Search.lines(with: "print(", in: file)
            where !file.codeLines[line].contains("func print(")
                && !file.codeLines[line].contains("await print(")
            {
                findings.add(file.path, line, "print( in a library")
            }
        }
        findings.report()
    }

    @Test("what the program says goes through its terminal, which makes it harmless")
    func terminal() {
        var findings = Findings()
        let ways = [
            "print(", "debugPrint(", "dump(", "fputs(", "puts(", "putchar(", "fwrite(", "perror(",
            "standardOutput", "standardError", "stdout", "stderr", "STDOUT_FILENO",
        ]
        for file in tree.sources
        where file.module.name == "parley" && !file.path.hasSuffix("/Terminal.swift") {
            for word in ways {
                for line in Search.lines(with: word, in: file) {
                    findings.add(file.path, line, "\(word) passes the terminal by")
                }
            }
            // Only what stands in our source is taken as it is.
            for line in Search.lines(with: "TerminalLine(stringLiteral", in: file)
            where !Search.isExplained(file, line) {
                findings.add(file.path, line, "a line made of a text, without its reason")
            }
        }
        findings.report()
    }

    @Test("no message for people names a call of HTTP")
    func messages() {
        var findings = Findings()
        for file in tree.sources where !file.path.hasPrefix("Sources/Bench/") {
            for (number, line) in file.lines.enumerated() {
                let text = line.drop { $0 == " " }
                guard !text.hasPrefix("//"), !text.hasPrefix("#") else { continue }
                for call in ["GET /", "POST /", "PUT /", "DELETE /"]
                where Search.has(call, in: line) && Search.has("\"", in: line) {
                    findings.add(file.path, number, "a message names \(call)")
                }
            }
        }
        findings.report()
    }

    @Test("what switches a check off says why")
    func explained() {
        var findings = Findings()
        for file in tree.sources {
            for word in ["try?", "@preconcurrency", "nonisolated(unsafe)"] {
                for line in Search.lines(with: word, in: file)
                where !Search.isExplained(file, line) && !Known.unexplained.contains(file.path) {
                    findings.add(file.path, line, "\(word) without its reason")
                }
            }
            // The reason stands in the type's documentation.
            for line in Search.lines(with: "@unchecked", in: file)
            where !Search.isExplained(file, line, above: 8) {
                findings.add(file.path, line, "@unchecked without its reason")
            }
        }
        findings.report()
    }

    @Test("each precondition has a sentence")
    func preconditions() {
        var findings = Findings()
        for file in tree.sources {
            for word in ["precondition(", "preconditionFailure("] {
                for line in Search.lines(with: word, in: file) {
                    // The sentence is a string: on the line or on one of the next few.
                    let last = min(line + 4, file.lines.count - 1)
                    if !file.lines[line...last].contains(where: { $0.contains("\"") }) {
                        findings.add(file.path, line, "\(word) without a sentence")
                    }
                }
            }
        }
        findings.report()
    }

    @Test("every package declaration has a documentation comment")
    func documentation() {
        var findings = Findings()
        for file in tree.sources where Search.has("package ", in: file.code) {
            for (number, line) in file.codeLines.enumerated() where Self.declares(line) {
                if !Self.isDocumented(file, number) {
                    let words = file.lines[number].split(separator: " ").joined(separator: " ")
                    findings.add(file.path, number, "no /// above \(words.prefix(60))")
                }
            }
        }
        findings.report()
    }

    /// Whether a test's line is long by the text of a string only: a sample is easier to read
    /// whole.
    private static func isSample(_ file: SourceTree.File, _ number: Int) -> Bool {
        guard file.path.hasPrefix("Tests/") else { return false }
        let code = file.codeLines[number].split(separator: " ").joined(separator: " ")
        let isComment = file.lines[number].drop { $0 == " " }.hasPrefix("//")
        return code.count <= longestLine && !isComment
    }

    /// What fulfils a protocol that says once for all what it means: `Payload`, `Stage`, `Actor`,
    /// `Described`, `EndpointBody`, `EndpointAnswer`.
    private static let requirements = [
        "static let type = ", "static let topic = ", "static let personal: ",
        "static let kindField: ", "typealias State = ",
        "typealias Call = ", "typealias Answer = ", "let name = \"", "let reads: ",
        "func begin(", "func resume(", "func giveUp(",
        "func retryPolicy(", "nonisolated var unownedExecutor", "static let schema = ",
        "static var schema: ", "static let media = ", "static var media: ",
    ]

    /// Whether a line of code begins a `package` declaration.
    private static func declares(_ line: String) -> Bool {
        guard Search.has("package ", in: line) else { return false }
        var words = line.split(separator: " ")[...]
        while let word = words.first, word.hasPrefix("@") { words.removeFirst() }
        guard words.first == "package", words.dropFirst().first != "import" else { return false }
        return !requirements.contains { Search.has($0, in: line) }
    }

    /// Whether `///` stands above, past attributes.
    private static func isDocumented(_ file: SourceTree.File, _ number: Int) -> Bool {
        for line in file.lines[..<number].reversed() {
            let start = line.drop { $0 == " " }
            if start.hasPrefix("///") { return true }
            guard start.hasPrefix("@") || start.hasPrefix("//") else { return false }
        }
        return false
    }
}

/// Finds functions and their lengths in code.
enum Functions {
    private static let openers = ["func ", "init(", "init?(", "init<", "deinit", "subscript"]

    /// Each function's first line, from 0, and its length in lines.
    static func lengths(in file: SourceTree.File) -> [(line: Int, length: Int)] {
        // A shorter file has no long function.
        guard file.codeLines.count > 70 else { return [] }
        return file.codeLines.indices.compactMap { number in
            guard opens(file.codeLines[number]) else { return nil }
            return length(from: number, file.codeLines).map { (number, $0) }
        }
    }

    private static func opens(_ line: String) -> Bool {
        openers.contains { opener in
            Search.holds(opener, in: line) && !Search.has(".\(opener)", in: line)
                && (opener == "func " || !Search.has("=", in: line))
        }
    }

    /// The lines from a declaration to the end of its body; `nil` if it has none.
    private static func length(from start: Int, _ lines: [String]) -> Int? {
        var parentheses = 0
        var braces = 0
        for number in start..<lines.count {
            for byte in lines[number].utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}"):
                    guard parentheses == 0 || braces > 0 else { continue }
                    braces -= 1
                    if braces <= 0 { return braces == 0 ? number - start + 1 : nil }
                default: break
                }
            }
            // A protocol's function has no body: what follows is another declaration.
            if braces == 0, parentheses == 0, number + 1 < lines.count {
                let next = lines[number + 1].drop { $0 == " " }
                let goesOn =
                    next.hasPrefix("{") || next.hasPrefix("where ")
                    || next.hasPrefix(")") || next.hasPrefix("->") || next.hasPrefix("throws")
                    || next.hasPrefix("async")
                if !goesOn { return nil }
            }
        }
        return nil
    }
}
