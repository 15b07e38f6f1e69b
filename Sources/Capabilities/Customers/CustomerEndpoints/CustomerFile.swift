package import Conversation
package import CustomerRecords

/// A file with customers, read line by line: what is wrong with it is said in words of whoever
/// keeps a shop, and nothing of it is taken before all of it is right.
package struct CustomerFile: Sendable {
    /// Lines of a file.
    package static let mostLines = 20_000
    /// Problems that are told of one file.
    static let mostProblems = 100
    /// Fields of the business's own.
    static let mostFields = 20

    /// What is wrong with a line.
    package struct Problem: Hashable, Sendable {
        /// The line of the file, from 1; 0 where it is the whole file.
        package var line: Int
        /// A word for programs.
        package var code: String
        /// What stands there, or is meant.
        package var value: String
        /// A sentence.
        package var words: String
    }

    /// A line that is right.
    package struct Line: Hashable, Sendable {
        /// Its number in the file.
        package var number: Int
        /// Who it is about.
        package var identity: CustomerIdentity
        /// What it says.
        package var profile: CustomerProfile
    }

    /// The lines that are right.
    package private(set) var lines: [Line] = []
    /// What is wrong, of all of it at most 100.
    package private(set) var problems: [Problem] = []
    /// How much is.
    package private(set) var problemCount = 0

    private var seen: [CustomerIdentity: Int] = [:]

    /// Reads a file: `labels` are those in use, by their names as words are compared.
    package init(
        _ bytes: [UInt8], country: String?, labels: [String: RecordID], at now: Timestamp
    ) {
        let file: CSVFile
        do throws(CSVFile.Problem) {
            file = try CSVFile(bytes)
        } catch {
            switch error {
            case .noText:
                report(0, "not_text", "", "this is no table of text; save it as CSV (UTF-8)")
            case .openQuote(let line):
                report(
                    line, "open_quote", "\"", "a quotation mark (\") begins here and never ends")
            }
            return
        }
        guard let head = file.rows.first else {
            report(0, "empty", "", "the file is empty")
            return
        }
        let columns = head.cells.map { Column($0) }
        for needed in [Column.phone, .consent] where !columns.contains(needed) {
            report(
                head.line, "no_column", needed.title,
                "the first line names no column \"\(needed.title)\"")
        }
        for (index, column) in columns.enumerated()
        where column != .skipped && columns[..<index].contains(column) {
            report(
                head.line, "column_twice", head.cells[index],
                "two columns are called \"\(head.cells[index])\"")
        }
        let own = columns.filter { if case .own = $0 { true } else { false } }
        if own.count > Self.mostFields {
            report(
                head.line, "too_many_columns", "\(own.count)",
                "there are \(own.count) columns of your own; \(Self.mostFields) can be kept")
        }
        guard problemCount == 0 else { return }
        let rows = file.rows.dropFirst()
        guard !rows.isEmpty else {
            report(0, "empty", "", "there is no customer in it")
            return
        }
        guard rows.count <= Self.mostLines else {
            report(
                0, "too_many_lines", "\(rows.count)",
                "there are \(rows.count) customers; divide them into files of \(Self.mostLines)")
            return
        }
        for row in rows { read(row, columns, country, labels, now) }
    }

    private mutating func report(_ line: Int, _ code: String, _ value: String, _ words: String) {
        problemCount += 1
        guard problems.count < Self.mostProblems else { return }
        problems.append(
            Problem(line: line, code: code, value: String(value.prefix(80)), words: words))
    }

    private mutating func read(
        _ row: CSVFile.Row, _ columns: [Column], _ country: String?,
        _ labels: [String: RecordID], _ now: Timestamp
    ) {
        let before = problemCount
        if row.cells.count > columns.count {
            report(
                row.line, "cells", "\(row.cells.count)",
                "there are \(row.cells.count) values and \(columns.count) columns; a value with a "
                    + "comma in it stands in quotation marks")
            return
        }
        var values: [Column: String] = [:]
        for (column, cell) in zip(columns, row.cells) {
            let value = Self.plain(cell)
            if !value.isEmpty { values[column] = value }
        }
        var profile = CustomerProfile()
        let identity = identity(values[.phone], country, row.line)
        profile.name = bounded(values[.name], 100, Column.name, row.line)
        profile.email = email(values[.email], row.line)
        profile.language = language(values[.language], row.line)
        profile.note = bounded(values[.note], 2_000, Column.note, row.line)
        profile.labels = self.labels(values[.labels], labels, row.line)
        profile.consent = consent(values[.consent], values[.source], row.line, now)
        for column in columns {
            guard case .own(let name) = column, let value = values[column] else { continue }
            if let value = bounded(value, 200, column, row.line) {
                profile.fields.append(.init(name, value))
            }
        }
        guard let identity, problemCount == before else { return }
        lines.append(Line(number: row.line, identity: identity, profile: profile))
    }

    /// A cell without the apostrophe by which a table says that it is no formula.
    private static func plain(_ cell: String) -> String {
        var text = cell.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        if text.first == "'", let next = text.dropFirst().first, "=+-@".contains(next) {
            text.removeFirst()
        }
        return String(text)
    }

    private mutating func identity(
        _ text: String?, _ country: String?, _ line: Int
    ) -> CustomerIdentity? {
        guard let text else {
            report(line, "no_phone", "", "the phone number is missing")
            return nil
        }
        switch PhoneReading.digits(of: text, in: country) {
        case .failure(let failure):
            report(
                line, failure.problem.rawValue, text,
                failure.problem == .noCountry
                    ? "\"\(text)\" has no country code; write +34 600 111 222, or say which code "
                        + "numbers without one have" : "\"\(text)\" is no phone number")
            return nil
        case .success(let digits):
            let identity = CustomerIdentity(phone: digits)
            if let other = seen[identity] {
                report(
                    line, "duplicate", "\(other)",
                    "the number \(text) stands in line \(other), too")
                return nil
            }
            seen[identity] = line
            return identity
        }
    }

    private mutating func bounded(
        _ text: String?, _ limit: Int, _ column: Column, _ line: Int
    ) -> String? {
        guard let text else { return nil }
        guard text.count <= limit else {
            report(
                line, "too_long", column.title,
                "\"\(column.title)\" has \(text.count) characters; \(limit) can be kept")
            return nil
        }
        return text
    }

    private mutating func email(_ text: String?, _ line: Int) -> String? {
        guard let text else { return nil }
        // Why it is none is told in one sentence for all.
        guard let address = try? EmailAddress(text) else {
            report(line, "bad_email", text, "\"\(text)\" is no e-mail address")
            return nil
        }
        return address.text
    }

    private mutating func language(_ text: String?, _ line: Int) -> String? {
        guard let text = text?.lowercased() else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (2...12).contains(text.count),
            parts.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(\.isASCII) })
        else {
            report(
                line, "bad_language", text, "\"\(text)\" is no language; write a code such as es")
            return nil
        }
        return text
    }

    private mutating func labels(
        _ text: String?, _ known: [String: RecordID], _ line: Int
    ) -> [RecordID] {
        let names = (text ?? "").split(whereSeparator: { "|;,".contains($0) })
            .map { Self.plain(String($0)) }.filter { !$0.isEmpty }
        var found: [RecordID] = []
        for name in names {
            guard let label = known[TextFolding.fold(name)] else {
                report(
                    line, "unknown_label", name,
                    "there is no label \"\(name)\"; add it under Agents’ tools first")
                continue
            }
            if !found.contains(label) { found.append(label) }
        }
        return found
    }

    private mutating func consent(
        _ text: String?, _ source: String?, _ line: Int, _ now: Timestamp
    ) -> CustomerProfile.Consent? {
        guard let text else {
            report(
                line, "no_consent", "",
                "consent is missing: write yes if they agreed to receive messages, no if not")
            return nil
        }
        let yes: Set = ["yes", "y", "si", "s", "true", "1", "x", "in"]
        let no: Set = ["no", "n", "false", "0", "out"]
        let word = TextFolding.fold(text)
        guard yes.contains(word) || no.contains(word) else {
            report(line, "bad_consent", text, "consent is yes or no, and \"\(text)\" is neither")
            return nil
        }
        let isGiven = yes.contains(word)
        if isGiven, source == nil {
            report(
                line, "no_source", "",
                "consent is yes: say in \"consent_source\" where they gave it, such as \"form in "
                    + "the shop\"")
            return nil
        }
        return .init(
            isGiven: isGiven, source: bounded(source, 200, .source, line) ?? "", at: now)
    }
}

/// What a column of a file holds.
enum Column: Hashable, Sendable {
    case phone, name, email, language, note, labels, consent, source
    /// What an export says besides, which is nobody's wish.
    case skipped
    /// Something of the business's own.
    case own(String)

    private static let words: [String: Column] = [
        "phone": .phone, "telefono": .phone, "number": .phone, "numero": .phone, "mobile": .phone,
        "movil": .phone, "whatsapp": .phone, "tel": .phone, "name": .name, "nombre": .name,
        "email": .email, "e-mail": .email, "correo": .email, "language": .language,
        "idioma": .language, "note": .note, "notes": .note, "nota": .note, "notas": .note,
        "labels": .labels, "etiquetas": .labels, "consent": .consent,
        "consentimiento": .consent, "opt-in": .consent, "consent_source": .source,
        "consent source": .source, "origen": .source, "origen_consentimiento": .source,
        "consent_date": .skipped, "has_written": .skipped, "user_id": .skipped,
        "username": .skipped, "": .skipped,
    ]

    init(_ head: String) {
        let name = head.drop(while: \.isWhitespace).prefix(40)
        let word = TextFolding.fold(String(name)).split(separator: " ").joined(separator: " ")
        self = Self.words[word] ?? .own(String(name))
    }

    var title: String {
        switch self {
        case .phone: "phone"
        case .name: "name"
        case .email: "email"
        case .language: "language"
        case .note: "note"
        case .labels: "labels"
        case .consent: "consent"
        case .source: "consent_source"
        case .skipped: ""
        case .own(let name): name
        }
    }
}
