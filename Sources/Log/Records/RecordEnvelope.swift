package import Conversation
package import EventLog

/// Turns published types into records of the log, and records into published types.
///
/// Every personal word passes here on its way into the log and out of it: the values of all
/// records, what stages remember, their timers, the calls and answers that decisions record, and
/// what operators look at. So one place can seal it.
package struct RecordEnvelope: Sendable {
    /// The types that are known.
    package let types: RecordTypes
    private let sealing: any Sealing
    /// Whether the log keeps values as they are.
    package let sealsNothing: Bool

    /// Reads and writes records of some types.
    package init(_ types: RecordTypes, sealing: any Sealing = NothingSealed()) {
        self.types = types
        self.sealing = sealing
        sealsNothing = sealing is NothingSealed
    }

    /// Knows the types of conversations alone, without those of capabilities, and seals nothing.
    package static let conversation = RecordEnvelope(.conversation)

    /// The record of a payload.
    ///
    /// - Throws: ``RecordError`` if the payload cannot be written as JSON, or not be sealed.
    package func record(
        _ payload: any Payload, headers: RecordHeaders
    ) throws(RecordError) -> Record {
        try record(
            topic: type(of: payload).topic, key: payload.key,
            value: payload.json(), headers: headers)
    }

    /// The record of a value that is already JSON.
    ///
    /// - Throws: ``RecordError`` if it cannot be sealed.
    package func record(
        topic: Topic, key: String, value: [UInt8], headers: RecordHeaders
    ) throws(RecordError) -> Record {
        var value = value
        // Of a type that is not known nothing is sealed.
        if !sealsNothing, let payload = types[type: headers.type] {
            value = try sealing.sealed(
                RecordKind.told(in: value, by: payload.kindField), of: headers.tenant,
                at: .record(
                    headers.id, type: headers.type, at: headers.time, personal: payload.personal))
        }
        return Record(
            topic: topic.rawValue, key: Array(key.utf8), value: value,
            headers: Self.encoded(headers), timestamp: headers.time.milliseconds)
    }

    /// The record that says that a key's value is gone.
    package func tombstone(topic: Topic, key: String, headers: RecordHeaders) -> Record {
        Record(
            topic: topic.rawValue, key: Array(key.utf8), value: nil,
            headers: Self.encoded(headers), timestamp: headers.time.milliseconds)
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
    ///
    /// What is the same in `earlier` ones, or said twice, is not copied.
    private static func usualHeaders(
        of record: Record, after earlier: RecordHeaders?
    ) -> RecordHeaders? {
        let list = record.headers
        var fields: [HeaderList.Field] = []
        fields.reserveCapacity(usualNames.count)
        for field in list.fields {
            guard fields.count < usualNames.count,
                list.isNamed(usualNames[fields.count], at: field)
            else { return nil }
            fields.append(field)
        }
        guard fields.count >= usualNames.count - 1 else { return nil }
        func text(_ index: Int, like known: String?) -> String {
            list.text(at: fields[index], like: known)
        }
        let id = list.text(at: fields[1])
        let correlation = text(7, like: id)
        return RecordHeaders(
            id: RecordID(id), type: text(2, like: earlier?.type),
            source: text(3, like: earlier?.source),
            time: Timestamp(milliseconds: record.timestamp), subject: list.text(at: fields[5]),
            correlation: RecordID(correlation), causation: RecordID(text(8, like: correlation)),
            tenant: TenantID(text(9, like: earlier?.tenant.rawValue)),
            traceParent: fields.count > 10 ? list.text(at: fields[10]) : nil)
    }

    /// What a record's headers say.
    ///
    /// - Throws: ``RecordError`` naming the header that is missing.
    package static func headers(
        of record: Record, after earlier: RecordHeaders? = nil
    ) throws(RecordError) -> RecordHeaders {
        if let headers = usualHeaders(of: record, after: earlier) { return headers }
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

    /// What a record says.
    ///
    /// - Throws: ``RecordError`` saying what is wrong with headers or value.
    package func decode(
        _ record: Record
    ) throws(RecordError) -> (headers: RecordHeaders, value: RecordValue) {
        try decode(record, as: types)
    }

    /// What a record says to someone who knows only some types.
    ///
    /// - Throws: ``RecordError`` saying what is wrong with headers or value.
    package func decode(
        _ record: Record, as types: RecordTypes, after earlier: RecordHeaders? = nil
    ) throws(RecordError) -> (headers: RecordHeaders, value: RecordValue) {
        let headers = try Self.headers(of: record, after: earlier)
        let value = try read(
            record, type: headers.type, as: types, id: headers.id, tenant: headers.tenant)
        return (headers, value)
    }

    /// What a record's value is, whose other headers do not matter.
    ///
    /// - Throws: ``RecordError`` naming the type and the field that is wrong.
    package func read(
        _ record: Record, type: String, as types: RecordTypes? = nil
    ) throws(RecordError) -> RecordValue {
        try read(
            record, type: type, as: types ?? self.types, id: Self.id(of: record),
            tenant: Self.tenant(of: record))
    }

    private func read(
        _ record: Record, type: String, as types: RecordTypes, id: @autoclosure () -> RecordID,
        tenant: @autoclosure () -> TenantID?
    ) throws(RecordError) -> RecordValue {
        guard let stored = record.value else {
            return .tombstone(key: String(decoding: record.key, as: UTF8.self))
        }
        // What nobody here can read stays closed.
        guard let payload = types[type: type] else { return .unknown(type: type) }
        guard !sealsNothing, !stored.isEmpty else { return .payload(try payload.read(stored)) }
        let json: [UInt8]
        do throws(RecordError) {
            json = try open(
                stored, payload, id: id(), at: Timestamp(milliseconds: record.timestamp),
                of: tenant())
        } catch {
            guard error.kind == .erased else { throw error }
            return .erased(type: type)
        }
        return .payload(try payload.read(json))
    }

    private static func id(of record: Record) -> RecordID {
        RecordID(record.header(HeaderName.id) ?? "")
    }

    private static func tenant(of record: Record) -> TenantID? {
        record.header(HeaderName.tenant).map { TenantID($0) }
    }

    /// A record's value as JSON, whatever it is, or `nil` if it has none.
    ///
    /// - Throws: ``RecordError`` if it cannot be opened.
    package func json(of record: Record) throws(RecordError) -> [UInt8]? {
        // Of a dead letter that was too large nothing is left to open; in what nobody knows,
        // nothing is sealed.
        guard !sealsNothing, let value = record.value, !value.isEmpty,
            let payload = types[type: record.header(HeaderName.type) ?? ""]
        else { return record.value }
        return try open(
            value, payload, id: Self.id(of: record),
            at: Timestamp(milliseconds: record.timestamp), of: Self.tenant(of: record))
    }

    /// Opens a value of a type that is known.
    ///
    /// What was never sealed of a tenant that was erased since is refused: where records cannot be
    /// taken out one by one, it stands in the log until it expires.
    private func open(
        _ value: [UInt8], _ payload: any Payload.Type, id: RecordID, at time: Timestamp,
        of tenant: @autoclosure () -> TenantID?
    ) throws(RecordError) -> [UInt8] {
        let (type, personal) = (payload.type, payload.personal)
        let opened = try sealing.opened(
            value, at: .record(id, type: type, at: time, personal: personal))
        if !personal.isEmpty, let tenant = tenant(), sealing.isErased(tenant, at: time),
            opened == value
        {
            throw RecordError(type: type, problem: "its tenant was erased", kind: .erased)
        }
        return payload.kindField == nil ? opened : RecordKind.untold(opened)
    }

    /// Waits until the keys of records are known here, or known to be destroyed: whoever reads
    /// records does so before it decodes them.
    package func prepare(for records: [ConsumedRecord]) async {
        guard !sealsNothing else { return }
        await sealing.prepare(for: records.compactMap(\.record.value))
    }

    /// Waits until the keys of what stages remember, their states and timers, are known here.
    package func prepare(forStored values: [[UInt8]]) async {
        guard !sealsNothing else { return }
        await sealing.prepare(for: values)
    }

    /// The headers that ``json(of:)`` looks at.
    package var headersToOpen: [String] {
        sealsNothing ? [] : [HeaderName.id, HeaderName.type]
    }

    /// A record with its value as JSON, for those who look into it themselves.
    ///
    /// - Throws: ``RecordError`` if it cannot be opened.
    package func opened(_ record: ConsumedRecord) throws(RecordError) -> ConsumedRecord {
        guard !sealsNothing else { return record }
        var opened = record
        opened.record.value = try json(of: record.record)
        return opened
    }

    // MARK: What stages remember

    /// A stage's own value as the log keeps it: its state or a timer.
    ///
    /// - Throws: ``RecordError`` if it cannot be sealed.
    package func sealed(
        _ json: [UInt8], of tenant: TenantID, at context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        sealsNothing ? json : try sealing.sealed(json, of: tenant, at: context)
    }

    /// The value of what the log keeps of a stage: its state or a timer.
    ///
    /// - Throws: ``RecordError`` if it cannot be opened.
    package func opened(
        _ bytes: [UInt8], at context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        sealsNothing ? bytes : try sealing.opened(bytes, at: context)
    }
}
