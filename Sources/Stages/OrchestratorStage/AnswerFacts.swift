import Conversation

/// What an answer states that must stand in its passages to the letter: numbers, times, prices,
/// dates, codes, phone numbers, e-mail and web addresses.
struct AnswerFacts: Hashable {
    /// One number, with the readings that count as the same.
    struct Fact: Hashable {
        /// As the text has it.
        var text: String
        /// What it may mean: `9 am` is `9:00`.
        var readings: Set<String>
        /// Whether it is written as a time of day.
        var isTime: Bool
        /// What it counts, as the folded word or sign behind it: `euros`, `days`, `%`.
        var unit = ""
        /// What stands between it and the number before, folded; `nil` for the first.
        var gap: String?

        /// Whether both may mean the same.
        func agrees(with other: Fact) -> Bool { !readings.isDisjoint(with: other.readings) }

        /// Whether both count the same, however it is written.
        func counts(as other: Fact) -> Bool {
            !unit.isEmpty && !other.unit.isEmpty
                && Words.areAlike(Self.word(unit), Self.word(other.unit))
        }

        private static func word(_ unit: String) -> String {
            ["€": "euro", "eur": "euro", "$": "dollar", "usd": "dollar", "£": "pound"][unit] ?? unit
        }
    }

    /// The numbers, in their order.
    var numbers: [Fact]
    /// The addresses, in lower case and without scheme.
    var addresses: [String]
    /// What is written of letters and digits, or in capitals: `SALE90`.
    var codes: [String]
    /// The digits of phone numbers and of others as long.
    var phones: [String]

    /// Finds the facts of a text that is in a language, or in an unknown one.
    init(_ text: String, in language: String? = nil) {
        var scan = FactScan(text, language)
        scan.run()
        numbers = scan.numbers
        addresses = scan.addresses
        codes = scan.codes
        phones = scan.phones
    }

    /// Whether it states anything of the kind.
    var isEmpty: Bool {
        numbers.isEmpty && addresses.isEmpty && codes.isEmpty && phones.isEmpty
    }

    /// The facts of this text that a source does not hold.
    func missing(from source: SourceFacts) -> [String] {
        numbers.filter { !source.holds($0) }.map(\.text)
            + phones.filter { !source.holds(phone: $0) }
            + codes.filter { !source.holds(code: $0) }
            + addresses.filter { !source.addresses.contains($0) }
    }
}

/// What passages state, to be asked for single facts.
struct SourceFacts {
    /// The numbers, in their order.
    let numbers: [AnswerFacts.Fact]
    /// The addresses.
    let addresses: Set<String>
    private let readings: Set<String>
    /// Runs of digits, in their groups, as `+34 960 555 014` has.
    private let runs: [[String]]
    private let tokens: Set<String>

    /// Reads a source, which is in a language or in an unknown one.
    init(_ text: String, in language: String?) {
        var scan = FactScan(text, language)
        scan.isSource = true
        scan.run()
        numbers = scan.numbers
        addresses = Set(scan.addresses)
        readings = numbers.reduce(into: []) { $0.formUnion($1.readings) }
        runs = DigitRun.all(in: Array(TextFolding.fold(text))).map(\.groups)
        tokens = Set(scan.tokens.map(FactScan.plain)).union(Words.of(text))
    }

    /// Whether it states a number.
    func holds(_ fact: AnswerFacts.Fact) -> Bool { !fact.readings.isDisjoint(with: readings) }

    /// Whether it holds a code, whatever its hyphens and case.
    func holds(code: String) -> Bool { tokens.contains(code) }

    /// Whether some groups of digits side by side are the phone number, with or without the
    /// country's code.
    func holds(phone: String) -> Bool {
        let wanted = Self.local(phone)
        return runs.contains { groups in
            groups.indices.contains { start in
                var digits = ""
                for group in groups[start...] {
                    digits += group
                    let own = Self.local(digits)
                    if own == wanted { return true }
                    guard own.count >= 7, wanted.count >= 7 else { continue }
                    if own.hasSuffix(wanted) || wanted.hasSuffix(own) { return true }
                }
                return false
            }
        }
    }

    /// Without the zeros that stand for "from abroad" or "from elsewhere".
    private static func local(_ digits: String) -> String {
        String(digits.drop { $0 == "0" })
    }
}

/// A run of digits in groups, as phone numbers are written.
struct DigitRun {
    /// Where it begins.
    var start: Int
    /// Where it ends.
    var end: Int
    /// The groups.
    var groups: [String]
    /// Whether a `+` stands before it.
    var isInternational: Bool

    /// The digits.
    var digits: String { groups.joined() }

    /// Whether it is surely a phone or order number, not numbers side by side.
    var isPhone: Bool {
        let count = digits.count
        if isInternational { return count >= 7 }
        if groups.count == 1 { return count >= 7 }
        if isDate { return false }
        return count >= 9 && (groups[0].first == "0" || groups.contains { $0.count >= 3 })
    }

    /// `24.12.2026`.
    private var isDate: Bool {
        groups.count == 3 && groups[0].count <= 2 && groups[1].count <= 2 && groups[2].count == 4
            || groups.count == 3 && groups[0].count == 4 && groups[1].count <= 2
    }

    /// All runs of a folded text.
    static func all(in text: [Character]) -> [DigitRun] {
        var runs: [DigitRun] = []
        var index = 0
        while index < text.count {
            guard text[index].isDigit else {
                index += 1
                continue
            }
            let run = run(in: text, at: index)
            runs.append(run)
            index = run.end
        }
        return runs
    }

    /// The run that begins at a digit.
    static func run(in text: [Character], at start: Int) -> DigitRun {
        var before = start - 1
        while before >= 0, text[before] == "(" || text[before] == " " { before -= 1 }
        var groups: [String] = []
        var end = start
        while end < text.count, text[end].isDigit {
            let from = end
            while end < text.count, text[end].isDigit { end += 1 }
            groups.append(String(text[from..<end]))
            // At most two marks between two groups: `) `, ` (`.
            var next = end
            while next < text.count, next - end < 2, separators.contains(text[next]) { next += 1 }
            guard next > end, next < text.count, text[next].isDigit else { break }
            end = next
        }
        return DigitRun(
            start: start, end: end, groups: groups,
            isInternational: before >= 0 && text[before] == "+")
    }

    private static let separators: Set<Character> = [
        " ", "\u{a0}", "\u{202f}", "-", "‑", ".", "/", "(", ")",
    ]
}

extension Character {
    /// A digit of ASCII: what folding makes of all others.
    var isDigit: Bool { isASCII && isNumber }
}
