import Conversation

/// Reads the facts out of a text, from its start to its end.
struct FactScan {
    private(set) var numbers: [AnswerFacts.Fact] = []
    private(set) var addresses: [String] = []
    private(set) var codes: [String] = []
    private(set) var phones: [String] = []
    /// All runs of letters and digits in ASCII.
    private(set) var tokens: [String] = []
    /// Whether it is a source: there, whatever may be a number counts as one too.
    var isSource = false

    private let original: String
    private let language: String?
    private let text: [Character]
    private var index = 0
    /// Where the number before ended.
    private var last: Int?

    init(_ text: String, _ language: String?) {
        original = text
        self.language = language
        self.text = Array(TextFolding.fold(text))
    }

    mutating func run() {
        takeCapitals()
        while index < text.count {
            if takeWord() { continue }
            guard text[index].isDigit else {
                index += 1
                continue
            }
            let run = DigitRun.run(in: text, at: index)
            if run.isPhone, !isSource {
                phones.append(run.digits)
                index = run.end
                last = nil
                continue
            }
            takeNumber()
        }
    }

    // MARK: Words

    /// Takes an address, a code, or a number written as a word, if a word begins here.
    private mutating func takeWord() -> Bool {
        guard index == 0 || !isWordPart(text[index - 1]), isWordPart(text[index]) else {
            return false
        }
        var end = index
        while end < text.count, !text[end].isWhitespace, !Self.enclosing.contains(text[end]) {
            end += 1
        }
        let whole = String(text[index..<end]).trimmingMarks
        if let address = Address.read(whole) {
            addresses.append(address)
            index += max(1, whole.count)
            return true
        }
        var tokenEnd = index
        while tokenEnd < text.count, isTokenPart(tokenEnd) { tokenEnd += 1 }
        let token = String(text[index..<tokenEnd])
        guard !token.isEmpty else {
            return takeOtherWord()
        }
        tokens.append(token)
        if isCode(token) {
            codes.append(Self.plain(token))
            // A source's `A4` is no 4, but may be looked for as one: `42a`.
            if isSource, text[index].isDigit { return false }
            index = tokenEnd
            return true
        }
        if text[index].isDigit { return false }
        takeNumberWord(token, to: tokenEnd)
        index = tokenEnd
        return true
    }

    /// Passes over a word of another script; numbers written in it count too.
    private mutating func takeOtherWord() -> Bool {
        guard text[index].isLetter else { return false }
        var end = index
        while end < text.count, text[end].isLetter { end += 1 }
        takeNumberWord(String(text[index..<end]), to: end)
        index = end
        return true
    }

    /// Takes a number that is written as a word, which begins at `index`: `nine` may be 9:00.
    private mutating func takeNumberWord(_ word: String, to end: Int) {
        guard let value = NumberWords.value(of: word, in: language) else { return }
        var readings: Set<String> = ["\(value)"]
        if value <= 24 { readings.insert("\(value):00") }
        let unit = unit(at: end)
        add(
            AnswerFacts.Fact(
                text: word, readings: readings, isTime: false,
                unit: FunctionWords.all.contains(unit) ? "" : unit), from: index, to: end)
    }

    private static let enclosing: Set<Character> = [
        "(", ")", "<", ">", "[", "]", "\"", "“", "”", ",", ";",
    ]

    private func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isDigit
    }

    /// Letters and digits of ASCII, and hyphens between them.
    private func isTokenPart(_ position: Int) -> Bool {
        let character = text[position]
        if character.isASCII, character.isLetter || character.isDigit { return true }
        guard character == "-" || character == "_", position > index, position + 1 < text.count
        else {
            return false
        }
        let next = text[position + 1]
        return next.isASCII && (next.isLetter || next.isDigit)
    }

    /// Letters and digits together, other than a number with its unit: `SALE90`, not `9am`.
    private func isCode(_ token: String) -> Bool {
        guard token.contains(where: \.isDigit), token.contains(where: \.isLetter) else {
            return false
        }
        let parts = token.split { $0 == "-" || $0 == "_" }
        // `e-bike-2`, `24-hour`: each part is one or the other, and a number is checked as such.
        let isMixed = parts.contains { part in
            part.contains(where: \.isDigit) && part.contains(where: \.isLetter)
                && !Self.isNumberWithUnit(part)
        }
        guard !isMixed else { return true }
        // `AB-1234` is a code, `24-hour` and `9am-6pm` are not.
        return parts.count > 1 && parts[0].count <= 4 && parts[0].allSatisfy(\.isLetter)
            && parts.contains { $0.allSatisfy(\.isDigit) && $0.count >= 3 }
    }

    /// `9am`, `18h30`, `2nd`, `5km`.
    private static func isNumberWithUnit(_ part: Substring) -> Bool {
        guard part.first?.isDigit == true else { return false }
        let unit = part.drop(while: \.isDigit)
        let rest = unit.drop(while: \.isLetter)
        if rest.isEmpty { return unit.count <= 4 || units.contains(String(unit)) }
        return unit.first == "h" && unit.count - rest.count == 1 && rest.count == 2
            && rest.allSatisfy(\.isDigit)
    }

    private static let units: Set<String> = [
        "hours", "minutes", "uhr", "euros", "euro", "years", "meters", "metres", "stunden", "tage",
    ]

    /// A code without its hyphens.
    static func plain(_ token: String) -> String { token.filter { $0 != "-" && $0 != "_" } }

    /// Words in capitals may be codes too, where the text as a whole is not in capitals.
    private mutating func takeCapitals() {
        guard !isSource, original.contains(where: \.isLowercase) else { return }
        let words = original.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        for word in words where word.count >= 4 {
            if word.allSatisfy({ $0.isASCII && $0.isUppercase }) {
                codes.append(word.lowercased())
            }
        }
    }

    // MARK: Numbers

    private mutating func takeNumber() {
        let start = index
        while index < text.count, continues(index) { index += 1 }
        var run = String(text[start..<index])
        // `18h30`, `9時30分`.
        if index + 2 < text.count, "h時点點시".contains(text[index]) {
            let minutes = text[(index + 1)...].prefix(2)
            if minutes.count == 2, minutes.allSatisfy(\.isDigit), run.count <= 2 {
                run += ":" + String(minutes)
                index += 3
            }
        }
        if isListNumber(start, index) { return }
        let unit = unit(at: index)
        add(
            AnswerFacts.Fact(
                text: run, readings: Self.readings(run, unit),
                isTime: run.contains(":") || Self.clock.contains(unit),
                unit: FunctionWords.all.contains(unit) ? "" : unit),
            from: start, to: index)
    }

    private static let clock: Set<String> = [
        "am", "pm", "uhr", "h", "hs", "hrs", "oclock", "時", "点", "點", "시",
    ]

    /// The word that follows a number, without its stops: `p.m.` is `pm`.
    private func unit(at position: Int) -> String {
        let rest = text[position...].prefix(12).drop { $0 == " " || $0 == "\u{a0}" }
        if let sign = rest.first, "€$£%¥₹₽".contains(sign) { return String(sign) }
        let word = rest.prefix { $0.isLetter || $0 == "." || $0 == "'" || $0 == "’" }
        let letters = word.filter(\.isLetter)
        // Of scripts without spaces the first character is the word.
        if let first = letters.first, !first.isASCII, Self.clock.contains(String(first)) {
            return String(first)
        }
        return String(letters)
    }

    private mutating func add(_ fact: AnswerFacts.Fact, from start: Int, to end: Int) {
        var fact = fact
        if let last, last <= start { fact.gap = String(text[last..<start]) }
        numbers.append(fact)
        last = end
    }

    /// Digits, and `.`, `,` or `:` between digits.
    private func continues(_ position: Int) -> Bool {
        if text[position].isDigit { return true }
        guard ".,:".contains(text[position]), position + 1 < text.count else { return false }
        return text[position + 1].isDigit
    }

    /// `1.` at a line's start numbers a list.
    private func isListNumber(_ start: Int, _ end: Int) -> Bool {
        guard end - start <= 2, end + 1 < text.count, ".)".contains(text[end]),
            text[end + 1] == " "
        else { return false }
        return start == 0 || text[start - 1].isNewline
    }

    private static func readings(_ run: String, _ unit: String) -> Set<String> {
        let parts = run.split { ".,:".contains($0) }.map(String.init)
        guard let head = parts.first else { return [run] }
        var readings: Set<String> = [run]
        if parts.count == 1 {
            readings = [plainNumber(head)]
        } else if parts.count == 2, !run.contains(":"), parts[1].count != 3 {
            let cents = parts[1].trimmingZeros
            readings.insert(cents.isEmpty ? plainNumber(head) : "\(plainNumber(head)).\(cents)")
        } else if !run.contains(":"), parts.dropFirst().allSatisfy({ $0.count == 3 }) {
            readings.insert(plainNumber(parts.joined()))
        }
        // "2 pm" is 14, not 2.
        if unit == "pm", parts.count == 1 { readings = [] }
        readings.formUnion(times(parts, unit))
        return readings.isEmpty ? [run] : readings
    }

    /// The readings as a time of day.
    private static func times(_ parts: [String], _ unit: String) -> Set<String> {
        guard let hour = Int(parts[0]), hour <= 24, parts.count <= 2 else { return [] }
        let minutes = parts.count == 2 ? parts[1] : "00"
        guard minutes.count == 2, let minute = Int(minutes), minute < 60 else { return [] }
        var hours = [hour]
        if unit == "pm" { hours = [hour % 12 + 12] }
        if unit == "am" { hours = [hour % 12] }
        guard parts.count == 2 || hour != 0 else { return [] }
        return Set(hours.flatMap { ["\($0):\(minutes)"] + (minute == 0 ? ["\($0)"] : []) })
    }

    private static func plainNumber(_ digits: String) -> String {
        let rest = digits.drop { $0 == "0" }
        return rest.isEmpty ? "0" : String(rest)
    }
}

/// Addresses of the web and of e-mail.
enum Address {
    /// Endings of domains that are no words people end sentences with.
    private static let endings: Set<String> = [
        "com", "net", "org", "info", "biz", "app", "shop", "store", "online", "site", "link",
        "example", "io", "co", "me", "ly", "gl", "eu", "uk", "us", "es", "de", "fr", "nl", "ch",
        "pl", "pt", "br", "mx", "ar", "ru", "ua", "tr", "in", "id", "vn", "se", "ro", "gr", "il",
        "cn", "jp", "kr", "th", "ai", "dev", "page", "xyz", "club", "top", "ma", "eg", "ae", "sa",
    ]

    /// The address that a folded word is, without scheme, `www.` and the last slash.
    static func read(_ word: String) -> String? {
        var rest = word[...]
        for scheme in ["https://", "http://", "mailto:", "tel:"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        let hasScheme = rest.count < word.count || rest.contains("://")
        let hasName = rest.hasPrefix("www.")
        if hasName { rest = rest.dropFirst(4) }
        while rest.last == "/" { rest = rest.dropLast() }
        let isMail = rest.contains("@") && rest.contains(".")
        guard hasScheme || hasName || isMail || isDomain(rest) else { return nil }
        return rest.isEmpty ? nil : String(rest)
    }

    private static func isDomain(_ word: Substring) -> Bool {
        let host = word.prefix { $0 != "/" && $0 != "?" && $0 != ":" }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let ending = labels.last, endings.contains(String(ending)) else {
            return false
        }
        return labels.allSatisfy { label in
            label.count >= 2
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        } && labels[0].contains(where: \.isLetter)
    }
}

extension StringProtocol {
    /// Without punctuation at the end.
    fileprivate var trimmingMarks: String {
        var rest = self[...]
        while let last = rest.last, ".,;:!?)*_~".contains(last) { rest = rest.dropLast() }
        return String(rest)
    }

    /// Without zeros at the end.
    fileprivate var trimmingZeros: String {
        var rest = self[...]
        while rest.last == "0" { rest = rest.dropLast() }
        return String(rest)
    }
}
