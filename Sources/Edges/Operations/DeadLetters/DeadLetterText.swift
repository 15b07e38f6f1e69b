package import Conversation
import EventLog
package import Records

/// Dead letters for terminals and programs.
package struct DeadLetterText: Sendable {
    private let envelope: RecordEnvelope

    /// Reads letters with an envelope.
    package init(_ envelope: RecordEnvelope) {
        self.envelope = envelope
    }

    /// A line a letter.
    package func table(_ letters: [DeadLetterView]) -> String {
        guard !letters.isEmpty else { return "no dead letters" }
        return Columns.table(
            ["PLACE", "SET ASIDE", "STAGE", "TENANT", "CLASS", "TYPE", "STANDING", "REASON"],
            letters.map {
                [
                    $0.position.description, $0.at.rfc3339, $0.stage, $0.tenant.rawValue, $0.kind,
                    $0.type, Self.standing($0), String($0.reason.prefix(100)),
                ]
            })
    }

    /// All that is known of a letter; its content only if wanted.
    package func details(_ letter: DeadLetterView, content: Bool) -> String {
        var lines = [
            "dead letter   \(letter.position)",
            "set aside     \(letter.at.rfc3339) by \(letter.stage) after "
                + "\(letter.attempts) attempt\(letter.attempts == 1 ? "" : "s") (\(letter.kind))",
            "reason        \(letter.reason)",
            "comes from    \(letter.origin)",
            "key           \(letter.key)",
            "standing      \(Self.standing(letter))",
        ]
        for header in letter.record.headers where !header.name.hasPrefix("parley_dead_") {
            lines.append("\(Columns.pad(header.name, 14))\(header.text)")
        }
        // One of them may not pass for two.
        lines = lines.map(VisibleText.line)
        let bytes = letter.record.value?.count ?? 0
        guard content, let value = words(of: letter) else {
            return (lines + ["value         \(bytes) bytes (--content shows them)"])
                .joined(separator: "\n")
        }
        return (lines + [VisibleText.line(value)])
            .joined(separator: "\n")
    }

    /// The letters as JSON; their content only if wanted.
    ///
    /// - Throws: `RecordError` if they cannot be written.
    package func json(
        _ letters: [DeadLetterView], content: Bool
    ) throws(RecordError) -> [UInt8] {
        try RecordCodec.encode(
            Listing(deadLetters: letters.map { Entry($0, content: content ? words(of: $0) : nil) }))
    }

    /// What the record says; as it stands, where it cannot be opened.
    private func words(of letter: DeadLetterView) -> String? {
        let value = (try? envelope.json(of: letter.record)) ?? letter.record.value
        return value.map { String(decoding: $0, as: UTF8.self) }
    }

    private struct Listing: Encodable {
        var deadLetters: [Entry]
    }

    private struct Entry: Encodable {
        var position: String
        var at: String
        var stage: String
        var tenant: String
        var error: String
        var type: String
        var standing: String
        var reason: String
        var origin: String
        var key: String
        var attempts: Int
        var headers: [String: String]
        var bytes: Int?
        var value: String?

        init(_ letter: DeadLetterView, content: String?) {
            position = letter.position.description
            at = letter.at.rfc3339
            stage = letter.stage
            tenant = letter.tenant.rawValue
            error = letter.kind
            type = letter.type
            standing = DeadLetterText.standing(letter)
            reason = letter.reason
            origin = letter.origin
            key = letter.key
            attempts = letter.attempts
            headers = [:]
            for header in letter.record.headers { headers[header.name] = header.text }
            bytes = letter.record.value?.count
            value = content
        }
    }

    /// Why a letter that was named is left alone.
    package static func leftAlone(_ letter: DeadLetterView) -> String {
        guard !letter.isOpen || !letter.isTimer else {
            return "\(letter.position) is left alone: a timer cannot be redriven; discard it"
        }
        guard !letter.isOpen || !letter.isWithoutValue else {
            return
                "\(letter.position) is left alone: it has not the record's value, which was too "
                + "large beside the reasons and stands at \(letter.origin); discard it"
        }
        return letter.isOpen
            ? "\(letter.position) is left alone: the other options do not mean it"
            : "\(letter.position) is left alone: it was \(standing(letter))"
    }

    /// What has been done about a letter.
    static func standing(_ letter: DeadLetterView) -> String {
        switch letter.standing {
        case .open: "open"
        case .redriven(let id, let actor, let at): "redriven by \(actor) at \(at.rfc3339) as \(id)"
        case .discarded(let reason, let actor, let at):
            "discarded by \(actor) at \(at.rfc3339): \(reason)"
        }
    }
}
