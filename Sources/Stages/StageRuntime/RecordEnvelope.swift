package import Conversation
package import EventLog

/// Turns published types into records of the log, and records into published types.
package enum RecordEnvelope {
    /// The record of a payload.
    ///
    /// - Throws: ``RecordError`` if the payload cannot be written as JSON.
    package static func record(
        _ payload: any Payload, headers: RecordHeaders
    ) throws(RecordError) -> Record {
        try record(
            topic: type(of: payload).topic, key: payload.key,
            value: payload.json(), headers: headers)
    }

    /// The record of a value that is already encoded, or of a tombstone.
    package static func record(
        topic: Topic, key: String, value: [UInt8]?, headers: RecordHeaders
    ) -> Record {
        Record(
            topic: topic.rawValue, key: Array(key.utf8), value: value,
            headers: encoded(headers), timestamp: headers.time.milliseconds)
    }

    // Made once: each record has them.
    private static let specVersion = RecordHeader(HeaderName.specVersion, "1.0")
    private static let contentType = RecordHeader(HeaderName.contentType, "application/json")

    /// The headers as the log keeps them.
    package static func encoded(_ headers: RecordHeaders) -> [RecordHeader] {
        var list = [
            specVersion,
            RecordHeader(HeaderName.id, headers.id.rawValue),
            RecordHeader(HeaderName.type, headers.type),
            RecordHeader(HeaderName.source, headers.source),
            RecordHeader(HeaderName.time, headers.time.rfc3339),
            RecordHeader(HeaderName.subject, headers.subject),
            contentType,
            RecordHeader(HeaderName.correlation, headers.correlation.rawValue),
            RecordHeader(HeaderName.causation, headers.causation.rawValue),
            RecordHeader(HeaderName.tenant, headers.tenant.rawValue),
        ]
        if let trace = headers.traceParent {
            list.append(RecordHeader(HeaderName.traceParent, trace))
        }
        return list
    }

    /// The names in the order in which ``encoded(_:)`` gives them; the last is not always there.
    private static let usualNames = [
        HeaderName.specVersion, HeaderName.id, HeaderName.type, HeaderName.source, HeaderName.time,
        HeaderName.subject, HeaderName.contentType, HeaderName.correlation, HeaderName.causation,
        HeaderName.tenant, HeaderName.traceParent,
    ]

    /// The headers of a record that is ours, without a search for each; `nil` for any other.
    private static func usualHeaders(of record: Record) -> RecordHeaders? {
        let list = record.headers
        guard list.count == usualNames.count || list.count == usualNames.count - 1 else {
            return nil
        }
        for index in list.indices where list[index].name != usualNames[index] { return nil }
        return RecordHeaders(
            id: RecordID(list[1].text), type: list[2].text, source: list[3].text,
            time: Timestamp(milliseconds: record.timestamp), subject: list[5].text,
            correlation: RecordID(list[7].text), causation: RecordID(list[8].text),
            tenant: TenantID(list[9].text), traceParent: list.count > 10 ? list[10].text : nil)
    }

    /// What a record's headers say.
    ///
    /// - Throws: ``RecordError`` naming the header that is missing.
    package static func headers(of record: Record) throws(RecordError) -> RecordHeaders {
        if let headers = usualHeaders(of: record) { return headers }
        let type = record.header(HeaderName.type) ?? ""
        func required(_ name: String) throws(RecordError) -> String {
            guard let value = record.header(name) else {
                throw RecordError(type: type, problem: "the header \(name) is missing")
            }
            return value
        }
        let id = RecordID(try required(HeaderName.id))
        return RecordHeaders(
            id: id, type: try required(HeaderName.type),
            source: record.header(HeaderName.source) ?? "",
            time: Timestamp(milliseconds: record.timestamp),
            subject: record.header(HeaderName.subject) ?? "",
            correlation: record.header(HeaderName.correlation).map { RecordID($0) } ?? id,
            causation: record.header(HeaderName.causation).map { RecordID($0) } ?? id,
            tenant: TenantID(try required(HeaderName.tenant)),
            traceParent: record.header(HeaderName.traceParent))
    }

    /// A record's payload.
    ///
    /// - Throws: ``RecordError`` saying what is wrong with headers or value.
    package static func decode(
        _ record: Record
    ) throws(RecordError) -> (headers: RecordHeaders, payload: Published) {
        let headers = try headers(of: record)
        let payload = try RecordCatalogue.decode(
            type: headers.type, key: String(decoding: record.key, as: UTF8.self),
            value: record.value)
        return (headers, payload)
    }
}
