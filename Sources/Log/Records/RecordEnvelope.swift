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
    private static let specVersion: HeaderList = [RecordHeader(HeaderName.specVersion, "1.0")]
    private static let contentType: HeaderList = [
        RecordHeader(HeaderName.contentType, "application/json")
    ]
    /// Room for the headers of most records, in bytes.
    private static let usualRoom = 640

    /// The headers as the log keeps them.
    package static func encoded(_ headers: RecordHeaders) -> HeaderList {
        var list = HeaderList()
        list.reserve(bytes: usualRoom)
        list.append(specVersion)
        list.append(HeaderName.id, headers.id.rawValue)
        list.append(HeaderName.type, headers.type)
        list.append(HeaderName.source, headers.source)
        list.append(HeaderName.time, headers.time.rfc3339)
        list.append(HeaderName.subject, headers.subject)
        list.append(contentType)
        list.append(HeaderName.correlation, headers.correlation.rawValue)
        list.append(HeaderName.causation, headers.causation.rawValue)
        list.append(HeaderName.tenant, headers.tenant.rawValue)
        if let trace = headers.traceParent { list.append(HeaderName.traceParent, trace) }
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
        var places: [HeaderList.Place] = []
        places.reserveCapacity(usualNames.count)
        for place in list.places {
            guard places.count < usualNames.count,
                list.isNamed(usualNames[places.count], at: place)
            else { return nil }
            places.append(place)
        }
        guard places.count >= usualNames.count - 1 else { return nil }
        func text(_ index: Int) -> String { list.text(at: places[index]) }
        return RecordHeaders(
            id: RecordID(text(1)), type: text(2), source: text(3),
            time: Timestamp(milliseconds: record.timestamp), subject: text(5),
            correlation: RecordID(text(7)), causation: RecordID(text(8)),
            tenant: TenantID(text(9)), traceParent: places.count > 10 ? text(10) : nil)
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
