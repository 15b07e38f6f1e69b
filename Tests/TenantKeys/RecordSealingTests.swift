import AuditRecords
import Conversation
import Foundation
import JSON
import Records
import Testing

@testable import TenantKeys

/// All types of records, as they come.
@Suite("Sealing of each record type")
struct RecordSealingTests {
    /// One record that is kept for the fuzzer: its type in a line, then its value.
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let type: any Payload.Type
        let value: [UInt8]
        var testDescription: String { name }

        init?(fileAt path: String) {
            guard let data = FileManager.default.contents(atPath: path) else { return nil }
            let lines = Array(data).split(separator: 10, maxSplits: 1)
            guard lines.count == 2,
                let type = RecordSealingTests.types[
                    type: String(decoding: lines[0], as: UTF8.self)],
                // Some are broken on purpose.
                let value = try? type.read(Array(lines[1])).json()
            else { return nil }
            name = String(path.split(separator: "/").last ?? "")
            self.type = type
            self.value = value
        }
    }

    static let types = RecordTypes(
        ConversationRecords.types + [AuditEntry.self] + KeyRecords.types)

    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        + "/Fuzz/seeds/record-values"

    static let samples: [Sample] =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))
        .map { $0.sorted().compactMap { Sample(fileAt: "\(folder)/\($0)") } } ?? []

    @Test("most types are tried")
    func tried() {
        #expect(Set(Self.samples.map { $0.type.type }).count >= 16)
    }

    @Test(
        "nothing of a personal field stands in the log, and all is there when it is opened",
        arguments: samples)
    func roundTrip(_ sample: Sample) throws {
        let sealing = PersonalSealingTests.sealing(try PersonalSealingTests.key())
        let personal = sample.type.personal
        let context = SealingContext.record(
            "r", type: sample.type.type, at: Timestamp(milliseconds: 1), personal: personal)
        let sealed = try sealing.sealed(sample.value, of: "sol", at: context)
        #expect(try sealing.sealed(sample.value, of: "sol", at: context) == sealed)
        let opened = try sealing.opened(sealed, at: context)
        #expect(try Self.same(sample.type, sample.value, opened))
        guard !personal.isEmpty else {
            #expect(sealed == sample.value)
            return
        }
        let names = Set(personal.map(\.outermost))
        var open: Set<[UInt8]> = []
        let isWhole = JSONFields(bytes: sealed).visitAll { name, _ in
            open.insert(Array(sealed[name]))
            return true
        }
        #expect(isWhole && open.isDisjoint(with: names))
        let bytes = String(decoding: sealed, as: UTF8.self)
        // What is sealed may be the same as what is not, such as a tenant that was changed.
        let known = Set(Self.texts(sample.value, open))
        for text in Self.texts(sample.value, names)
        where text.utf8.count > 3 && !known.contains(text) {
            #expect(!bytes.contains(text), "\(text)")
        }
    }

    private static func same<P: Payload>(
        _ type: P.Type, _ left: [UInt8], _ right: [UInt8]
    ) throws -> Bool {
        try type.read(left) == type.read(right)
    }

    /// The text values of some fields, as JSON writes them.
    private static func texts(_ value: [UInt8], _ names: Set<[UInt8]>) -> [String] {
        var texts: [String] = []
        let json = JSONFields(bytes: value)
        json.visit(json.whole) { name, field in
            if names.contains(Array(value[name])) {
                texts.append(String(decoding: value[field], as: UTF8.self))
            }
            return true
        }
        return texts
    }

    @Test("a reader gets each type through an envelope that seals", arguments: samples)
    func envelope(_ sample: Sample) throws {
        let key = try PersonalSealingTests.key()
        let envelope = RecordEnvelope(
            Self.types, sealing: PersonalSealingTests.sealing(key))
        let payload = try sample.type.read(sample.value)
        let headers = RecordHeaders(
            id: "r", type: sample.type.type, source: "test", time: Timestamp(milliseconds: 5),
            subject: "s", correlation: "r", causation: "r", tenant: "sol")
        let record = try envelope.record(payload, headers: headers)
        guard case .payload(let read) = try envelope.decode(record).value else {
            Issue.record("it is no payload")
            return
        }
        #expect(try read.json() == sample.value)
    }
}
