/// What of a model's text is meant for its reader: without what it thought aloud, and without the
/// marks of its chat template.
///
/// Sources for the forms: the chat templates that DeepSeek, Qwen, Mistral, Kimi, gpt-oss, Llama,
/// Gemma and Phi publish with their models, as servers let them through where the template and
/// the model do not fit.
struct AnswerText {
    /// The words for the reader.
    private(set) var text: String
    /// Whether a thought was begun and never ended: then nobody knows where the answer ends.
    private(set) var isBroken = false

    init(_ whole: String) {
        text = whole
        // Almost no answer has any of it.
        guard whole.utf8.contains(where: { Self.starts.contains($0) }) || whole.contains("###")
        else { return }
        takeFinalChannel()
        takeThoughtsOut()
        takeMarksOut()
        if isBroken || text != whole { text = Self.trim(text) }
    }

    /// The first bytes of all marks: `<`, `[`, and those of `◁` and of other scripts' brackets.
    private static let starts: Set<UInt8> = [0x3c, 0x5b, 0xe2]

    // MARK: Channels

    /// gpt-oss thinks in channels of its own: `<|channel|>analysis<|message|>…<|end|>`, and
    /// answers in the one that is named `final`.
    private mutating func takeFinalChannel() {
        guard text.contains("<|channel|>") else { return }
        let final = text.ranges(of: "<|channel|>final<|message|>").last
        text = final.map { String(text[$0.upperBound...]) } ?? ""
        isBroken = final == nil
    }

    // MARK: Thoughts

    private static let thoughts = [
        "think", "thinking", "thought", "thoughts", "reasoning", "reflection", "analysis",
        "scratchpad", "inner_monologue", "seed:think",
    ]
    private static let pairs = [
        ("[think]", "[/think]"), ("◁think▷", "◁/think▷"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ]

    /// Drops what stands between thoughts' tags; before one that closes what was never opened,
    /// as where the template has opened it; and after one that is never closed.
    private mutating func takeThoughtsOut() {
        var kept = ""
        var depth = 0
        var rest = text[...]
        while let found = Self.nextTag(in: rest) {
            if depth == 0 { kept += rest[..<found.range.lowerBound] }
            if !found.closes {
                depth += 1
            } else if depth > 0 {
                depth -= 1
            } else {
                kept = ""
            }
            rest = rest[found.range.upperBound...]
        }
        if depth == 0 { kept += rest }
        isBroken = isBroken || depth > 0
        text = kept
    }

    private static func nextTag(
        in text: Substring
    ) -> (range: Range<Substring.Index>, closes: Bool)? {
        var index = text.startIndex
        while index < text.endIndex {
            if "<[◁".contains(text[index]), let tag = tag(in: text, at: index) {
                return (index..<tag.end, tag.closes)
            }
            index = text.index(after: index)
        }
        return nil
    }

    private static func tag(
        in text: Substring, at start: Substring.Index
    ) -> (end: Substring.Index, closes: Bool)? {
        let ahead = text[start...].prefix(80)
        let lowered = ahead.lowercased()
        for (open, close) in pairs {
            for (mark, closes) in [(open, false), (close, true)] where lowered.hasPrefix(mark) {
                return (text.index(start, offsetBy: mark.count), closes)
            }
        }
        guard ahead.first == "<" else { return nil }
        let closes = lowered.dropFirst().first == "/"
        let name = lowered.dropFirst(closes ? 2 : 1).prefix {
            $0.isLetter || $0 == "_" || $0 == ":"
        }
        let length = (closes ? 2 : 1) + name.count
        let after = ahead.dropFirst(length)
        // The end of the text may have cut the tag in half: `<thin`.
        if after.isEmpty, ahead.count < 80 {
            let isHalf = name.count >= 3 && thoughts.contains { $0.hasPrefix(name) }
            return isHalf ? (text.endIndex, closes) : nil
        }
        guard thoughts.contains(String(name)), let next = after.first else { return nil }
        if next == ">" { return (after.index(after: after.startIndex), closes) }
        // With attributes, or without its bracket.
        guard next.isWhitespace || closes else { return nil }
        let line = after.prefix { !$0.isNewline }
        guard let bracket = line.firstIndex(of: ">") else {
            return closes ? (after.startIndex, true) : nil
        }
        return (line.index(after: bracket), closes)
    }

    // MARK: Marks

    /// Marks that stand for themselves; those of the form `<|…|>` are found by their form.
    private static let marks = [
        "</s>", "<s>", "[inst]", "[/inst]", "<<sys>>", "<</sys>>", "<start_of_turn>",
        "<end_of_turn>", "<eos>", "<bos>", "<pad>", "<unk>", "[gmask]", "<sop>", "<eop>",
        "[tool_calls]", "[available_tools]", "[tool_results]", "<end_of_utterance>",
        "### instruction",
        "### response:", "### user:", "### human:", "### assistant:",
    ]
    private static let roles = ["assistant", "model", "user", "system", "bot", "chatbot"]

    /// Cuts at the first mark, behind which another turn begins; marks before the first word, and
    /// the role that they name, are passed over.
    private mutating func takeMarksOut() {
        var rest = Self.trimmed(text[...])
        while let end = Self.mark(in: rest, at: rest.startIndex) {
            rest = Self.trimmed(rest[end...])
            let word = rest.prefix { $0.isLetter }
            let next = rest[word.endIndex...]
            // `<|im_start|>assistant⏎`, `<|start_header_id|>assistant<|end_header_id|>`.
            if Self.roles.contains(word.lowercased()), next.isEmpty || Self.endsRole(next) {
                rest = Self.trimmed(next)
            }
        }
        var index = rest.startIndex
        while index < rest.endIndex {
            if Self.mark(in: rest, at: index) != nil || Self.isHalfMark(rest[index...]) {
                text = String(rest[..<index])
                return
            }
            index = rest.index(after: index)
        }
        if rest.startIndex != text.startIndex { text = String(rest) }
    }

    private static func endsRole(_ text: Substring) -> Bool {
        text.first?.isNewline == true || mark(in: text, at: text.startIndex) != nil
    }

    /// Where the mark ends that begins here.
    private static func mark(
        in text: Substring, at start: Substring.Index
    ) -> Substring.Index? {
        guard start < text.endIndex, "<[#".contains(text[start]) else { return nil }
        let ahead = text[start...].prefix(44)
        let second = ahead.dropFirst().first
        if text[start] == "<", let bar = second, bar == "|" || bar == "｜" {
            let name = ahead.dropFirst(2).prefix { $0 != bar && !$0.isNewline && $0 != "<" }
            let close = ahead[name.endIndex...]
            guard close.first == bar, close.dropFirst().first == ">" else { return nil }
            return close.index(close.startIndex, offsetBy: 2)
        }
        let lowered = ahead.lowercased()
        for mark in marks where lowered.hasPrefix(mark) {
            return text.index(start, offsetBy: mark.count)
        }
        return nil
    }

    /// Whether the text ends within a mark: `<|im_e`.
    private static func isHalfMark(_ rest: Substring) -> Bool {
        guard rest.hasPrefix("<|") || rest.hasPrefix("<｜") else { return false }
        return rest.count <= 30 && !rest.dropFirst(2).contains { $0.isWhitespace || $0 == ">" }
    }

    // MARK: Spaces

    private static func trimmed(_ text: Substring) -> Substring { text.drop { $0.isWhitespace } }

    private static func trim(_ text: String) -> String {
        var rest = trimmed(text[...])
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
