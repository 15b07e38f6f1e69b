import Conversation
import JSON
import Records
import TenantKeys

/// What must hold for the bytes of a record that the log gives back, whoever wrote them, and for
/// the words of customers within: they choose these, and know the form of what is sealed.
enum SealingProperties {
    private static let personal: [FieldPath] = ["contact", "text"]
    private static let record = SealingContext.record(
        "r", type: "t", at: Timestamp(milliseconds: 0), personal: personal)
    private static let state = SealingContext.state(stage: "s", key: "k")

    /// Seals by one key that is always the same.
    private static let sealing: PersonalSealing? = {
        let table = KeyTable()
        // Without memory there is nothing to try.
        let key = try? TenantKey(
            id: "0011223344556677", tenant: "t", from: Timestamp(milliseconds: 0),
            secret: [UInt8](repeating: 7, count: TenantKey.length))
        guard let key else { return nil }
        table.put(key)
        return PersonalSealing(table) { _ in }
    }()

    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        guard let sealing else { return }
        do {
            try opened(bytes, sealing)
            try value(bytes, sealing)
            try words(bytes, sealing)
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            throw PropertyViolation(description: "what was sealed is refused: \(error)")
        }
    }

    /// Whatever the log gives back is opened, is what it is, or is refused as broken.
    private static func opened(
        _ bytes: [UInt8], _ sealing: PersonalSealing
    ) throws(PropertyViolation) {
        for context in [record, state] {
            let isPlain = context == state ? bytes.first != 1 : !hasMember(bytes)
            let found: Result<[UInt8], RecordError>
            do { found = .success(try sealing.opened(bytes, at: context)) } catch {
                found = .failure(error)
            }
            switch found {
            case .success(let opened):
                try hold(opened == bytes || !isPlain, "what is not sealed became something else")
            case .failure(let error):
                let isOther = context == state || hasMember(bytes) || !isObject(bytes)
                try hold(isOther, "what is not sealed is refused: \(error)")
            }
        }
    }

    private static func isObject(_ bytes: [UInt8]) -> Bool {
        (try? JSONTape(bytes))?.root.isObject ?? false
    }

    private static func hasMember(_ bytes: [UInt8]) -> Bool {
        // What is no JSON may be taken for anything.
        guard let tape = try? JSONTape(bytes) else { return true }
        return tape.root["personal"] != nil
    }

    /// Any JSON object is the same after it was sealed, or it is refused with a reason.
    private static func value(_ bytes: [UInt8], _ sealing: PersonalSealing) throws {
        guard isObject(bytes), !hasMember(bytes) else { return }
        let sealed: [UInt8]
        do throws(RecordError) {
            sealed = try sealing.sealed(bytes, of: "t", at: record)
        } catch {
            return try hold(bytes.contains(UInt8(ascii: "\\")), "an object is refused: \(error)")
        }
        let again = try sealing.sealed(bytes, of: "t", at: record)
        try hold(sealed == again, "the same became two")
        let opened = try sealing.opened(sealed, at: record)
        let (before, after) = (Self.fields(bytes), Self.fields(opened))
        try hold(before == after, "\(before) became \(after)")
    }

    private static func fields(_ bytes: [UInt8]) -> [String] {
        var fields: [String] = []
        let json = JSONFields(bytes: bytes)
        json.visit(json.whole) { name, value in
            let name = String(decoding: bytes[name], as: UTF8.self)
            fields.append("\(name):\(String(decoding: bytes[value], as: UTF8.self))")
            return true
        }
        return fields.sorted()
    }

    /// Any words that a customer writes come back, and so do those that a stage remembers.
    private static func words(_ bytes: [UInt8], _ sealing: PersonalSealing) throws {
        let text = JSONString.quoted(String(decoding: bytes, as: UTF8.self))
        for record in [#"{"text":\#(text)}"#, #"{"a":\#(text),"text":\#(text)}"#] {
            let bytes = Array(record.utf8)
            let sealed = try sealing.sealed(bytes, of: "t", at: Self.record)
            let opened = try sealing.opened(sealed, at: Self.record)
            try hold(opened == bytes, "\(record) became \(String(decoding: opened, as: UTF8.self))")
            let plain = Array(#"{"a":\#(text)}"#.utf8)
            try hold(try sealing.opened(plain, at: Self.record) == plain, "\(text) looks sealed")
        }
        let sealed = try sealing.sealed(Array(text.utf8), of: "t", at: state)
        try hold(try sealing.opened(sealed, at: state) == Array(text.utf8), "a state is another")
    }
}
