import Conversation
package import EventLog
package import Records

/// A record as a line: for people or for programs; personal content only where it is asked for.
package struct RecordLine: Sendable {
    private let envelope: RecordEnvelope

    /// Reads records with an envelope.
    package init(_ envelope: RecordEnvelope) {
        self.envelope = envelope
    }

    /// Time, position, type, tenant, key and what the record says in a few words.
    package func text(_ consumed: ConsumedRecord, content: Bool) -> String {
        let record = consumed.record
        var line = "\(Timestamp(milliseconds: record.timestamp).rfc3339)  "
        line += "\(consumed.partition)@\(consumed.offset)  "
        line += "\(record.header(HeaderName.type) ?? "-")  "
        line += "\(record.header(HeaderName.tenant) ?? "-")  "
        line += "\(String(decoding: record.key, as: UTF8.self))  \(summary(record))"
        if content, let value = words(of: record) {
            line += "  " + String(decoding: value, as: UTF8.self)
        }
        return VisibleText.line(line)
    }

    /// One JSON object; with `content` the value as it stands.
    ///
    /// - Throws: `RecordError` if a header is no text.
    package func json(_ consumed: ConsumedRecord, content: Bool) throws -> String {
        let record = consumed.record
        var headers: [String: String] = [:]
        for header in record.headers { headers[header.name] = header.text }
        let line = Line(
            topic: consumed.partition.topic, partition: consumed.partition.partition,
            offset: consumed.offset, time: Timestamp(milliseconds: record.timestamp).rfc3339,
            key: String(decoding: record.key, as: UTF8.self), headers: headers,
            bytes: record.value?.count, summary: summary(record))
        var text = String(decoding: try RecordCodec.encode(line), as: UTF8.self)
        guard content, let value = words(of: record) else { return text }
        text.removeLast()
        let isObject = value.first == UInt8(ascii: "{")
        let json =
            isObject
            ? value : try RecordCodec.encode(String(decoding: value, as: UTF8.self))
        return text + ",\"value\":" + String(decoding: json, as: UTF8.self) + "}"
    }

    private struct Line: Encodable {
        var topic: String
        var partition: Int32
        var offset: Int64
        var time: String
        var key: String
        var headers: [String: String]
        var bytes: Int?
        var summary: String
    }

    /// The record's value; as it stands, where it cannot be opened.
    private func words(of record: Record) -> [UInt8]? {
        (try? envelope.json(of: record)) ?? record.value
    }

    /// What a record says, without a customer's words.
    func summary(_ record: Record) -> String {
        if let stage = record.header(HeaderName.deadStage) {
            return "set aside by \(stage): \(record.header(HeaderName.deadReason) ?? "-")"
        }
        do throws(RecordError) {
            return RecordSummary.text(try envelope.decode(record).value)
        } catch {
            return "cannot be read: \(error.problem)"
        }
    }
}
