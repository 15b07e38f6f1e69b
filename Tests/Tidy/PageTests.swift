import Testing

/// The console's pages: their words, and what none of them does.
@Suite("Pages")
struct PageTests {
    /// A file of pages.
    private struct File {
        let path: String
        let lines: [String]

        var isScript: Bool { path.hasSuffix(".js") }
        var isCatalogue: Bool { path.contains("/words/") }
    }

    private static let longestFile = 400
    /// What stands in scripts as it is: names of keys, of headers, and of ourselves.
    private static let names: Set<String> = [
        "Parley", "Enter", "Escape", "Tab", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight",
        "Home", "End", "Ctrl", "Esc", "Authorization", "Content-Type", "If-Match",
        "Idempotency-Key", "X-Request-Id", "Retry-After", "AbortError", "Bearer", "Arrow",
    ]
    /// Files whose texts are no words of ours: names of languages, and made-up people.
    private static let samples = [
        "/base/languages.js", "/Parts/Pages/samples.js", "/Simulator/Pages/samples.js",
    ]

    private let files: [File] = SourceTree.paths(under: "Sources/Capabilities")
        .filter { $0.contains("/Pages/") }
        .compactMap { path in
            SourceTree.text(of: path).map { text in
                File(
                    path: path,
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false)
                        .map(String.init))
            }
        }

    // MARK: Words

    /// A line of a catalogue: a key with one text, or with the forms for one and for others.
    private static func entry(
        _ line: String
    ) -> Regex<(Substring, Substring, Substring?, Substring?, Substring?)>.Match? {
        line.wholeMatch(
            of:
                #/
            \s\s'([\w.\-]+)':\s
            (?: '((?:[^'\\]|\\.)*)'
                | \{\ one:\ '((?:[^'\\]|\\.)*)',\ other:\ '((?:[^'\\]|\\.)*)'\ \} )
            ,
            /#)
    }

    /// The forms of each text of a catalogue, by its key; what is written otherwise is a finding.
    private static func words(
        of file: File, _ findings: inout Findings
    ) -> [String: [String]] {
        var words: [String: [String]] = [:]
        guard let first = file.lines.firstIndex(of: "export const words = {") else {
            findings.add(file.path, "no words")
            return [:]
        }
        for (number, line) in file.lines.enumerated().dropFirst(first + 1) {
            if line.isEmpty || line == "};" || line.hasPrefix("  // ") { continue }
            guard let match = Self.entry(line) else {
                findings.add(file.path, number, "no text of a key")
                continue
            }
            let key = String(match.output.1)
            if words[key] != nil { findings.add(file.path, number, "\(key) twice") }
            let forms = [match.output.2, match.output.3, match.output.4]
            words[key] = forms.compactMap { $0.map(String.init) }
        }
        return words
    }

    /// The places of a text that are filled.
    private static func places(_ forms: [String]) -> Set<String> {
        Set(forms.flatMap { $0.matches(of: /\{(\w+)\}/).map { String($0.output.1) } })
    }

    @Test("every text is there in every language, with the same places to fill")
    func languages() {
        var findings = Findings()
        let folders = Set(files.filter(\.isCatalogue).map { Self.folder($0.path) })
        let languages = files.filter { $0.path.contains("/Look/Pages/words/") }
            .compactMap { $0.path.split(separator: "/").last.map(String.init) }
        #expect(languages.contains("en.js") && languages.contains("es.js"))
        for folder in folders {
            let all = languages.map { name in
                (name, files.first { $0.path == "\(folder)/\(name)" })
            }
            guard let whole = all.first(where: { $0.0 == "en.js" })?.1 else {
                findings.add(folder, "there is no en.js")
                continue
            }
            let expected = Self.words(of: whole, &findings)
            for (name, file) in all where name != "en.js" {
                // A language may hold the words of all rooms in its own file.
                guard let file else { continue }
                let words = Self.words(of: file, &findings)
                for key in Set(expected.keys).union(words.keys).sorted() {
                    guard let here = words[key], let there = expected[key] else {
                        findings.add(file.path, "\(key) is in one language only")
                        continue
                    }
                    if here.contains(where: \.isEmpty) {
                        findings.add(file.path, "\(key) is empty")
                    }
                    if here.count != there.count || Self.places(here) != Self.places(there) {
                        findings.add(file.path, "\(key) has other places than in English")
                    }
                }
            }
        }
        findings.report()
    }

    private static func folder(_ path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    @Test("every text that a page asks for is in the catalogues")
    func known() {
        var findings = Findings()
        var ignored = Findings()
        var keys: Set<String> = []
        for file in files where file.path.hasSuffix("/words/en.js") {
            keys.formUnion(Self.words(of: file, &ignored).keys)
        }
        #expect(keys.count > 200)
        for file in files where file.isScript && !file.isCatalogue {
            for (number, line) in file.lines.enumerated() {
                for match in line.matches(of: /\b(?:t|rich)\('([\w.\-]+)'[,)]/)
                where !keys.contains(String(match.output.1)) {
                    findings.add(file.path, number, "there are no words for \(match.output.1)")
                }
            }
        }
        findings.report()
    }

    @Test("no sentence stands in a page itself")
    func sentences() {
        var findings = Findings()
        for file in files where file.isScript && !file.isCatalogue {
            guard !Self.samples.contains(where: { file.path.hasSuffix($0) }) else { continue }
            for (number, line) in file.lines.enumerated() {
                for text in Self.texts(in: line) where Self.isSentence(text) {
                    findings.add(file.path, number, "a text outside the catalogues: \(text)")
                }
            }
        }
        for file in files where file.path.hasSuffix(".html") {
            for (number, line) in file.lines.enumerated() where !line.contains("<noscript>") {
                let text = line.replacing(/<title>Parley<\/title>/, with: "")
                    .replacing(/<[^>]*>/, with: "")
                if text.contains(where: \.isLetter) {
                    findings.add(file.path, number, "a text outside the catalogues")
                }
            }
        }
        findings.report()
    }

    /// The texts in quotation marks of a line of a script, without its comment.
    private static func texts(in line: String) -> [String] {
        let start = line.drop { $0 == " " }
        guard !["//", "*", "/*"].contains(where: { start.hasPrefix($0) }) else { return [] }
        let code = line.replacing(/\s\/\/ .*$/, with: "").replacing(/\/\* .* \*\//, with: "")
        return code.matches(of: /'((?:[^'\\]|\\.)*)'|`([^`]*)`/)
            .map { String($0.output.1 ?? $0.output.2 ?? "") }
    }

    private static func isSentence(_ text: String) -> Bool {
        let bare = text.replacing(/\$\{[^}]*\}?/, with: "")
            .split(separator: " ").joined(separator: " ")
        guard !names.contains(bare), !bare.hasSuffix("· Parley") else { return false }
        // A capital and small letters after it; or several words that end as a sentence does.
        return bare.firstMatch(of: /^[\p{Lu}¿¡]\p{Ll}{2,}/) != nil
            || bare.firstMatch(of: /\p{Ll}+ \p{Ll}+.*[.?!…]$/) != nil
    }

    // MARK: What no page does

    @Test("files are short, and nothing makes markup of text or runs it")
    func harmless() {
        let banned = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "new Function", "setAttribute('style'", " style=\"", "javascript:",
        ]
        var findings = Findings()
        #expect(files.count > 40)
        for file in files {
            let count = file.lines.count - 1
            if count > Self.longestFile { findings.add(file.path, "\(count) lines") }
            for (number, line) in file.lines.enumerated() {
                for word in banned where Search.has(word, in: line) {
                    findings.add(file.path, number, "\(word) is nowhere")
                }
                // Names of XML, and patterns of addresses.
                let named = line.replacing("http://www.w3.org/", with: "")
                if named.contains(/https?:\/\/\w/) {
                    findings.add(file.path, number, "an address elsewhere")
                }
            }
        }
        findings.report()
    }

    @Test("styles know no left and right, so that pages turn round with the language")
    func logical() {
        let physical =
            #/
            (?:^|[;{\s])
            (?: (?:margin|padding|border|inset)-(?:left|right|top|bottom)\s*:
            | (?:left|right|top|bottom|float)\s*: | text-align:\s*(?:left|right) )
            /#
        var findings = Findings()
        for file in files where file.path.hasSuffix(".css") {
            for (number, line) in file.lines.enumerated() {
                // What has no logical name is turned by a rule of its own.
                let bare = line.replacing(#//\*.*?\*//#, with: "")
                    .replacing(#/background-position: [^;]*;/#, with: "")
                if let match = bare.firstMatch(of: physical) {
                    findings.add(file.path, number, "\(match.output) is physical")
                }
            }
        }
        findings.report()
    }
}
