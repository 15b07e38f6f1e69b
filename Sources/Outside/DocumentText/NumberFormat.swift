import Glibc

/// How Excel shows a number (ECMA-376, part 1, 18.8.30 and 18.8.31), in words that are read the
/// same way everywhere: dates with the year first, no date for what is a time.
struct NumberFormat {
    private let code: String
    private let isFrom1904: Bool

    /// A cell's format by its code.
    init(_ code: String, isFrom1904: Bool) {
        self.code = code
        self.isFrom1904 = isFrom1904
    }

    /// The codes that a file does not write down.
    static func builtIn(_ number: Int) -> String {
        switch number {
        case 1: "0"
        case 2: "0.00"
        case 3, 37, 38: "#,##0"
        case 4, 39, 40: "#,##0.00"
        case 9: "0%"
        case 10: "0.00%"
        case 11: "0.00E+00"
        case 12: "# ?/?"
        case 13: "# ??/??"
        // Also the numbers that stand for dates in East Asian and Thai versions.
        case 14...17, 27...31, 36, 50...54, 57, 58, 71...74: "yyyy-mm-dd"
        case 18...21, 32...35, 55, 56, 75, 76: "h:mm"
        case 22, 77: "yyyy-mm-dd h:mm"
        case 45, 47: "mm:ss"
        case 46: "[h]:mm:ss"
        case 49: "@"
        default: "General"
        }
    }

    /// A number as it is shown; `nil` where the format hides it.
    func text(_ value: Double) -> String? {
        guard value.isFinite else { return nil }
        let section = section(for: value)
        if section.code.allSatisfy(\.isWhitespace) { return code.isEmpty ? plain(value) : nil }
        let parts = FormatParts(section.code)
        if parts.isDate { return date(value, parts) }
        if parts.isGeneral { return parts.prefix + plain(value) + parts.suffix }
        return parts.number(section.isAbsolute ? abs(value) : value)
    }

    /// A text as it is shown.
    func text(_ words: String) -> String? {
        let sections = FormatParts.sections(code)
        guard sections.count == 4 else { return code == ";;;" ? nil : words }
        return sections[3].contains("@") ? words : nil
    }

    private func section(for value: Double) -> (code: String, isAbsolute: Bool) {
        let sections = FormatParts.sections(code)
        for (index, section) in sections.enumerated() {
            if let holds = FormatParts.condition(section, value), holds {
                return (section, index > 0)
            }
        }
        if sections.contains(where: { FormatParts.condition($0, value) != nil }) {
            let other = sections.last { FormatParts.condition($0, value) == nil }
            return (other ?? "General", false)
        }
        switch sections.count {
        case 0: return ("General", false)
        case 1: return (sections[0], false)
        case 2: return value < 0 ? (sections[1], true) : (sections[0], false)
        default:
            if value < 0 { return (sections[1], true) }
            return (value == 0 ? sections[2] : sections[0], false)
        }
    }

    /// As much of a number as a person would write: Excel counts with 15 digits.
    private func plain(_ value: Double) -> String { Self.plain(value) }

    static func plain(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        let digits = 15 - Int(log10(abs(value)).rounded(.down)) - 1
        guard (0...15).contains(digits) else { return "\(value)" }
        var text = decimal(value, digits: min(digits, 10))
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }

    /// A number with so many digits after the point, rounded as Excel rounds: half away from zero.
    static func decimal(_ value: Double, digits: Int) -> String {
        let factor = pow(10, Double(digits))
        // 1.005 is stored a little lower: Excel sees 15 digits of it.
        let scaled = (abs(value) * factor * (1 + 1e-15)).rounded(.toNearestOrAwayFromZero)
        guard scaled < 9e18 else { return "\(value)" }
        let whole = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + padded }
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    // MARK: Dates

    private func date(_ value: Double, _ parts: FormatParts) -> String {
        // Excel's last day is the end of the year 9999.
        guard abs(value) < 2_958_466 else { return plain(value) }
        let seconds = Int64((value * 86_400).rounded())
        if let unit = parts.elapsed { return Self.elapsed(seconds, unit, parts) }
        var day = Int(seconds.quotientAndRemainder(dividingBy: 86_400).quotient)
        var rest = Int(seconds % 86_400)
        guard value >= 0 else { return plain(value) }
        let time = Self.time(&rest, parts)
        guard parts.hasDay || parts.hasMonth || parts.hasYear else { return time }
        if isFrom1904 {
            day += 1_462
        } else if day < 60 {
            // Excel's 1900 has a 29 February, which it had not.
            day += 1
        }
        // Days from 1899-12-30 to 1970-01-01.
        let (year, month, date) = Self.civil(day - 25_569)
        let isMonth = parts.hasMonth && !parts.hasDay && date == 1
        var text = Self.padded(year, 4) + "-" + Self.padded(month, 2)
        if parts.hasYear, !parts.hasMonth, !parts.hasDay {
            text = Self.padded(year, 4)
        } else if !isMonth || !parts.hasYear {
            text += "-" + Self.padded(date, 2)
        }
        if time.isEmpty || (rest == 0 && !parts.hasTime) { return text }
        return parts.hasTime ? text + " " + time : text
    }

    private static func time(_ seconds: inout Int, _ parts: FormatParts) -> String {
        guard parts.hasTime else { return "" }
        let text = padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2)
        return seconds % 60 == 0 || !parts.hasSeconds ? text : text + ":" + padded(seconds % 60, 2)
    }

    private static func elapsed(_ seconds: Int64, _ unit: Character, _ parts: FormatParts) -> String
    {
        let seconds = Int(clamping: seconds)
        switch unit {
        case "h":
            let text = "\(seconds / 3_600):" + padded(abs(seconds) / 60 % 60, 2)
            return parts.hasSeconds && seconds % 60 != 0
                ? text + ":" + padded(abs(seconds) % 60, 2) : text
        case "m": return "\(seconds / 60):" + padded(abs(seconds) % 60, 2)
        default: return "\(seconds)"
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The date of a day counted from 1970-01-01 (Howard Hinnant, chrono-compatible algorithms).
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * ofYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, ofYear - (153 * part + 2) / 5 + 1)
    }
}

/// One section of a format's code, taken apart.
struct FormatParts {
    private(set) var prefix = ""
    private(set) var suffix = ""
    private(set) var isGeneral = false
    private(set) var hasDay = false
    private(set) var hasMonth = false
    private(set) var hasYear = false
    private(set) var hasTime = false
    private(set) var hasSeconds = false
    /// `h`, `m` or `s` where time is counted beyond a day.
    private(set) var elapsed: Character?
    private var wholeDigits = 0
    private var decimals = 0
    private var hasDigits = false
    private var isGrouped = false
    private var percents = 0
    private var thousands = 0
    private var isFraction = false
    private var isScientific = false

    var isDate: Bool { hasDay || hasMonth || hasYear || hasTime || elapsed != nil }

    /// Takes a section apart.
    init(_ code: String) {
        if code.lowercased().contains("general") {
            isGeneral = true
            let range = code.lowercased().firstRange(of: "general")
            prefix = Self.literal(range.map { String(code[..<$0.lowerBound]) } ?? "")
            suffix = Self.literal(range.map { String(code[$0.upperBound...]) } ?? "")
            return
        }
        read(Array(code))
    }

    private mutating func read(_ code: [Character]) {
        var index = 0
        var afterPoint = false
        var sawHour = false
        while index < code.count {
            let character = code[index]
            let next = index + 1 < code.count ? code[index + 1] : nil
            index += 1
            if readLiteral(character, next, code, &index) { continue }
            switch character {
            case "0", "#", "?":
                hasDigits = true
                if afterPoint { decimals += 1 } else if character == "0" { wholeDigits += 1 }
            case "." where hasDigits || next == "0" || next == "#": afterPoint = true
            case "," where hasDigits:
                if let next, "0#?".contains(next) { isGrouped = true } else { thousands += 1 }
            case "/" where hasDigits: isFraction = true
            case "E" where next == "+" || next == "-", "e" where next == "+" || next == "-":
                isScientific = true
                index += 1
            case "e", "E", "y", "Y", "b", "B": hasYear = true
            case "d", "D": hasDay = true
            case "h", "H": (hasTime, sawHour) = (true, true)
            case "s", "S": (hasTime, hasSeconds) = (true, true)
            case "m", "M": readMonthOrMinute(code, &index, &sawHour)
            case "a", "A":
                // AM/PM or A/P: the time is told by 24 hours.
                while index < code.count, "aApPmM/".contains(code[index]) { index += 1 }
            case "@": isGeneral = true
            default: add(String(character))
            }
        }
    }

    private mutating func add(_ literal: String) {
        if hasDigits { suffix += literal } else { prefix += literal }
    }

    /// Takes what stands for itself, or only fills; `false` where it is something else.
    private mutating func readLiteral(
        _ character: Character, _ next: Character?, _ code: [Character], _ index: inout Int
    ) -> Bool {
        switch character {
        case "\"":
            let end = code[index...].firstIndex(of: "\"") ?? code.count
            add(String(code[index..<end]))
            index = min(end + 1, code.count)
        case "\\":
            if let next { add(String(next)) }
            index += 1
        case "_":
            add(" ")
            index += 1
        case "*": index += 1
        case "[":
            let end = code[index...].firstIndex(of: "]") ?? code.count
            bracket(String(code[index..<end]))
            index = min(end + 1, code.count)
        case "%":
            percents += 1
            add("%")
        default: return false
        }
        return true
    }

    /// `m` is a minute beside an hour or a second, else a month.
    private mutating func readMonthOrMinute(
        _ code: [Character], _ index: inout Int, _ sawHour: inout Bool
    ) {
        let start = index
        while index < code.count, code[index] == "m" || code[index] == "M" { index += 1 }
        let follows = code[index...].first { $0 != ":" && $0 != " " }
        let isBeside = sawHour || follows == "s" || follows == "S" || elapsed != nil
        if index - start < 2, isBeside {
            hasTime = true
            sawHour = false
        } else {
            hasMonth = true
        }
    }

    private mutating func bracket(_ words: String) {
        if words.hasPrefix("$") {
            // `[$€-407]`: a currency's sign, then the country.
            add(String(words.dropFirst().prefix { $0 != "-" }))
        } else if let first = words.lowercased().first, "hms".contains(first),
            words.lowercased().allSatisfy({ $0 == first })
        {
            elapsed = first
        }
    }

    /// A number in this format.
    func number(_ value: Double) -> String {
        guard hasDigits else { return (prefix + suffix).withSingleSpaces }
        var value = value
        for _ in 0..<min(percents, 2) { value *= 100 }
        for _ in 0..<min(thousands, 4) { value /= 1_000 }
        var text: String
        if isFraction || isScientific {
            text = NumberFormat.plain(value)
        } else {
            text = NumberFormat.decimal(abs(value), digits: min(decimals, 15))
            let point = text.firstIndex(of: ".") ?? text.endIndex
            var whole = String(text[..<point])
            if whole.count < wholeDigits, wholeDigits <= 30 {
                whole = String(repeating: "0", count: wholeDigits - whole.count) + whole
            }
            if isGrouped { whole = Self.grouped(whole) }
            text = whole + text[point...]
            let isZero = !text.contains { $0.isNumber && $0 != "0" }
            if value < 0, !isZero { text = "-" + text }
        }
        return (prefix + text + suffix).withSingleSpaces
    }

    private static func grouped(_ digits: String) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }

    private static func literal(_ code: String) -> String {
        var parts = FormatParts("")
        parts.read(Array(code))
        return parts.prefix + parts.suffix
    }

    /// The sections of a code: semicolons part them, but for quoted ones.
    static func sections(_ code: String) -> [String] {
        var sections = [""]
        var isQuoted = false
        var isEscaped = false
        for character in code {
            if character == ";", !isQuoted, !isEscaped {
                sections.append("")
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            sections[sections.count - 1].append(character)
        }
        return sections
    }

    /// Whether a section's own condition holds, as of `[<1]`; `nil` where it has none.
    static func condition(_ section: String, _ value: Double) -> Bool? {
        for part in section.split(separator: "[", omittingEmptySubsequences: false).dropFirst() {
            let words = part.prefix { $0 != "]" }
            let sign = words.prefix { "<>=".contains($0) }
            guard !sign.isEmpty, let limit = Double(words.dropFirst(sign.count)) else { continue }
            switch sign {
            case "<": return value < limit
            case "<=": return value <= limit
            case ">": return value > limit
            case ">=": return value >= limit
            case "=": return value == limit
            case "<>": return value != limit
            default: continue
            }
        }
        return nil
    }
}
