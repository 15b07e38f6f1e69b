import Conversation

/// A passage before it is embedded.
struct PassageDraft: Hashable, Sendable {
    var id: PassageID
    var ordinal: Int
    var headings: [String]
    var page: Int?
    var sheet: String?
    var text: String
    var contentHash: String
    /// The questions that it is the typed answer to.
    var asked: [String]?

    /// What is embedded: the headings tell what the text is about.
    var embeddedText: String { below(text) }

    /// Sentences embedded besides, at most: what holds more is a list.
    static let mostSentences = 16

    /// The sentences and rows that are embedded besides; none where there is only one.
    ///
    /// One that says what is asked is nearer to the question than all that stands around it.
    var embeddedSentences: [String] {
        // What is asked is nearest to how it was asked before.
        if let asked { return Array(asked.prefix(Self.mostSentences)) }
        let sentences = text.split(whereSeparator: \.isNewline).flatMap {
            SentenceSplitter.sentences(of: String($0))
        }
        return sentences.count > 1 ? sentences.prefix(Self.mostSentences).map { below($0) } : []
    }

    private func below(_ text: String) -> String {
        headings.isEmpty ? text : headings.joined(separator: " › ") + "\n" + text
    }
}

/// Cuts a document's parts into passages: long enough to make sense alone, short enough to be
/// cited, never through a sentence, a list item or a table row.
enum PassageSplitter {
    /// A passage is closed once it holds this many characters.
    static let wanted = 450
    /// A passage never holds more than this, unless a single sentence does.
    static let longest = 900
    /// A sentence longer than this is cut at white space: it is no sentence.
    static let longestSentence = 1_800
    /// A passage shorter than this joins the one before it.
    static let shortest = 80

    /// The passages of a document, in its order.
    static func drafts(of sections: [DocumentSection], document: DocumentID) -> [PassageDraft] {
        var drafts: [PassageDraft] = []
        var repeats: [String: Int] = [:]
        for section in sections.flatMap(PageTitles.lift) {
            for text in passages(of: section.text) {
                let position = "\(section.page ?? 0)\u{1f}\(section.sheet ?? "")"
                let hash = NameHash.hex(
                    section.headings.joined(separator: "\u{1f}") + "\u{1e}\(position)\u{1e}" + text)
                let nth = repeats[hash, default: 0]
                repeats[hash] = nth + 1
                let id = PassageID(String(NameHash.hex("\(document)/\(hash)/\(nth)").prefix(24)))
                drafts.append(
                    PassageDraft(
                        id: id, ordinal: drafts.count, headings: section.headings,
                        page: section.page, sheet: section.sheet, text: text, contentHash: hash))
            }
        }
        return drafts
    }

    /// The passages of one part's text.
    static func passages(of text: String) -> [String] {
        var passages: [String] = []
        var current = ""
        for block in blocks(of: text) {
            for (index, piece) in block.pieces.enumerated() {
                let joint = current.isEmpty ? "" : index == 0 ? "\n\n" : block.joint
                let grown = current.count + joint.count + piece.count
                if !current.isEmpty, grown > longest || (index == 0 && current.count >= wanted) {
                    passages.append(current)
                    current = piece
                } else {
                    current += joint + piece
                }
            }
        }
        if current.isEmpty { return passages }
        if current.count < shortest, let last = passages.last, last.count + current.count < longest
        {
            passages[passages.count - 1] = last + "\n\n" + current
        } else {
            passages.append(current)
        }
        return passages
    }

    /// A paragraph of sentences, or a list or table of lines.
    private struct Block {
        var pieces: [String]
        var joint: String
    }

    private static func blocks(of text: String) -> [Block] {
        var blocks: [Block] = []
        var lines: [String] = []
        func close(_ lines: inout [String], into blocks: inout [Block]) {
            if let block = block(of: lines) { blocks.append(block) }
            lines = []
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            if line.isEmpty { close(&lines, into: &blocks) } else { lines.append(line) }
        }
        close(&lines, into: &blocks)
        return blocks
    }

    private static func block(of lines: [String]) -> Block? {
        guard !lines.isEmpty else { return nil }
        if lines.count > 1, lines.contains(where: isItem) || lines.allSatisfy(isRow) {
            return Block(pieces: items(of: lines).flatMap(cut), joint: "\n")
        }
        // Lines of running text were wrapped by whoever laid it out.
        let paragraph = lines.joined(separator: " ")
        return Block(
            pieces: SentenceSplitter.sentences(of: paragraph).flatMap(cut), joint: " ")
    }

    /// List items and rows; a line that begins no item goes on with the one before.
    private static func items(of lines: [String]) -> [String] {
        let listed = lines.contains(where: isItem)
        var items: [String] = []
        for line in lines {
            if listed, !isItem(line), let last = items.last {
                items[items.count - 1] = last + " " + line
            } else {
                items.append(line)
            }
        }
        return items
    }

    private static func isItem(_ line: String) -> Bool {
        guard let first = line.first else { return false }
        if "-*•–·▪◦".contains(first) { return line.dropFirst().first?.isWhitespace == true }
        let digits = line.prefix(while: \.isNumber)
        guard !digits.isEmpty, digits.count <= 3 else { return false }
        let rest = line.dropFirst(digits.count)
        return rest.first.map { ".)".contains($0) } == true
            && rest.dropFirst().first?.isWhitespace == true
    }

    /// Rows of tables are rendered as `Header: value` pairs, or with bars or tabs.
    private static func isRow(_ line: String) -> Bool {
        line.contains(": ") || line.contains("|") || line.contains("\t")
    }

    private static func cut(_ sentence: String) -> [String] {
        guard sentence.count > longestSentence else { return [sentence] }
        var pieces: [String] = []
        var current = ""
        for word in sentence.split(whereSeparator: \.isWhitespace) {
            if current.count + word.count + 1 > longest, !current.isEmpty {
                pieces.append(current)
                current = ""
            }
            current += (current.isEmpty ? "" : " ") + word
        }
        if !current.isEmpty { pieces.append(current) }
        // A text without any white space is cut by length, so that nothing is unbounded.
        return pieces.flatMap { piece -> [String] in
            guard piece.count > longestSentence else { return [piece] }
            let characters = Array(piece)
            return stride(from: 0, to: characters.count, by: longest).map {
                String(characters[$0..<min($0 + longest, characters.count)])
            }
        }
    }
}
