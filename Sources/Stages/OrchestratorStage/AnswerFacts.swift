import Conversation

/// What an answer states that must stand in its passages to the letter: numbers, times, prices,
/// dates, phone numbers, e-mail and web addresses.
struct AnswerFacts: Hashable {
    /// One fact, with the readings that count as the same.
    struct Fact: Hashable {
        /// As the text has it.
        var text: String
        /// What it may mean: `9 am` is `9:00`.
        var readings: Set<String>
    }

    /// The numbers.
    var numbers: [Fact]
    /// The addresses, in lower case.
    var addresses: [String]
    /// All digits in a row, for phone numbers that are grouped otherwise.
    var digits: String

    /// Finds the facts of a text.
    init(_ text: String) {
        let folded = TextFolding.fold(text)
        digits = folded.filter { $0.isASCII && $0.isNumber }
        addresses = folded.split { $0.isWhitespace || "()<>[]\"“”,;".contains($0) }.compactMap {
            let word = $0.trimmingMarks
            let isAddress =
                word.contains("@") && word.contains(".") || word.contains("://")
                || word.hasPrefix("www.")
            return isAddress ? word : nil
        }
        numbers = Self.numbers(in: folded)
    }

    /// The facts of this text that another does not hold.
    func missing(from other: AnswerFacts) -> [String] {
        let known = other.numbers.reduce(into: Set<String>()) { $0.formUnion($1.readings) }
        let strange = numbers.filter { fact in
            guard fact.readings.isDisjoint(with: known) else { return false }
            let digits = fact.text.filter(\.isNumber)
            // Seven digits and more are a phone or order number, whatever its grouping.
            return digits.count < 7 || !other.digits.contains(digits)
        }
        let lost = addresses.filter { !other.addresses.contains($0) }
        return strange.map(\.text) + lost
    }

    private static func numbers(in text: String) -> [Fact] {
        let characters = Array(text)
        var facts: [Fact] = []
        var index = 0
        while index < characters.count {
            guard isDigit(characters[index]) else {
                index += 1
                continue
            }
            let start = index
            while index < characters.count, continues(characters, index) { index += 1 }
            let run = String(characters[start..<index])
            let after = String(characters[index...].prefix(6))
            if isListNumber(characters, start, index) { continue }
            facts.append(Fact(text: run, readings: readings(run, after)))
        }
        return facts
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    /// Digits, and `.`, `,` or `:` between digits.
    private static func continues(_ text: [Character], _ index: Int) -> Bool {
        if isDigit(text[index]) { return true }
        guard ".,:".contains(text[index]), index + 1 < text.count else { return false }
        return isDigit(text[index + 1])
    }

    /// `1.` at a line's start numbers a list.
    private static func isListNumber(_ text: [Character], _ start: Int, _ end: Int) -> Bool {
        guard end - start <= 2, end + 1 < text.count, ".)".contains(text[end]),
            text[end + 1] == " "
        else { return false }
        return start == 0 || text[start - 1].isNewline
    }

    private static func readings(_ run: String, _ after: String) -> Set<String> {
        let parts = run.split { ".,:".contains($0) }.map(String.init)
        guard let head = parts.first else { return [run] }
        var readings: Set<String> = [run]
        if parts.count == 1 {
            readings = [plain(head)]
        } else if parts.count == 2, !run.contains(":"), parts[1].count != 3 {
            let cents = parts[1].trimmingZeros
            readings.insert(cents.isEmpty ? plain(head) : "\(plain(head)).\(cents)")
        } else if !run.contains(":"), parts.dropFirst().allSatisfy({ $0.count == 3 }) {
            readings.insert(plain(parts.joined()))
        }
        readings.formUnion(times(parts, run, after))
        return readings
    }

    /// The readings as a time of day.
    private static func times(_ parts: [String], _ run: String, _ after: String) -> Set<String> {
        guard let hour = Int(parts[0]), hour <= 24, parts.count <= 2 else { return [] }
        let minutes = parts.count == 2 ? parts[1] : "00"
        guard minutes.count == 2, let minute = Int(minutes), minute < 60 else { return [] }
        let mark = after.filter { $0.isLetter }
        var hours = [hour]
        if mark.hasPrefix("pm") { hours = [hour % 12 + 12] }
        if mark.hasPrefix("am") { hours = [hour % 12] }
        guard parts.count == 2 || hour != 0 else { return [] }
        return Set(hours.flatMap { ["\($0):\(minutes)"] + (minute == 0 ? ["\($0)"] : []) })
    }

    private static func plain(_ digits: String) -> String {
        let rest = digits.drop { $0 == "0" }
        return rest.isEmpty ? "0" : String(rest)
    }
}

extension StringProtocol {
    /// Without punctuation at the end.
    fileprivate var trimmingMarks: String {
        var rest = self[...]
        while let last = rest.last, ".,;:!?)".contains(last) { rest = rest.dropLast() }
        return String(rest)
    }

    /// Without zeros at the end.
    fileprivate var trimmingZeros: String {
        var rest = self[...]
        while rest.last == "0" { rest = rest.dropLast() }
        return String(rest)
    }
}
