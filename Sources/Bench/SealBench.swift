import Conversation
import Foundation
import JSON
import Records
import TenantKeys

/// Measures what it takes to seal and to open a record and a state, beside what it takes to write
/// and to read their JSON: all in one process and by turns, so that the ratios hold on a machine
/// that does other things, too.
struct SealBench: Sendable {
    /// Values in each measurement.
    var count = 100_000

    /// How often each measurement is repeated; the quickest counts.
    private static let rounds = 5

    func run() throws -> SealReport {
        let table = KeyTable()
        table.put(try IngestServer.key())
        let sealing = PersonalSealing(table) { _ in }
        var report = SealReport(count: count)
        for size in [200, 600, 2_000] {
            report.figures.append(try record(of: size, sealing))
        }
        report.figures.append(try state(of: 2_000, sealing))
        return report
    }

    private func record(
        of size: Int, _ sealing: PersonalSealing
    ) throws -> SealReport.Figures {
        let message = try Self.message(of: size)
        let json = try message.json()
        let context = SealingContext.record(
            RecordID(message.message.rawValue), type: InboundMessage.type,
            at: message.receivedAt, personal: InboundMessage.personal)
        let sealed = try sealing.sealed(json, of: message.tenant, at: context)
        return try measure(
            "a message", json, sealed,
            [
                { try message.json().count },
                { try InboundMessage.read(json).number.rawValue.utf8.count },
                { try sealing.sealed(json, of: message.tenant, at: context).count },
                { try sealing.opened(sealed, at: context).count },
            ])
    }

    private func state(
        of size: Int, _ sealing: PersonalSealing
    ) throws -> SealReport.Figures {
        let message = try Self.message(of: size)
        let json = try message.json()
        let context = SealingContext.state(
            stage: "handoff", key: message.conversation.rawValue)
        let sealed = try sealing.sealed(json, of: message.tenant, at: context)
        return try measure(
            "a state", json, sealed,
            [
                { try message.json().count },
                { try InboundMessage.read(json).number.rawValue.utf8.count },
                { try sealing.sealed(json, of: message.tenant, at: context).count },
                { try sealing.opened(sealed, at: context).count },
            ])
    }

    /// Runs four pieces of work by turns: writing, reading, sealing, opening.
    private func measure(
        _ what: String, _ json: [UInt8], _ sealed: [UInt8], _ works: [() throws -> Int]
    ) throws -> SealReport.Figures {
        var best = [Double](repeating: .infinity, count: works.count)
        var bytes = 0
        for _ in 0..<Self.rounds {
            for (index, work) in works.enumerated() {
                let start = ContinuousClock.now
                for _ in 0..<count { bytes &+= try work() }
                let spent = (ContinuousClock.now - start) / Double(count)
                best[index] = min(best[index], spent / .microseconds(1))
            }
        }
        return SealReport.Figures(
            what: what, bytes: json.count, sealedBytes: sealed.count, writing: best[0],
            reading: best[1], sealing: best[2], opening: best[3], isSound: bytes > 0)
    }

    /// A customer's message whose JSON has about so many bytes.
    private static func message(of size: Int) throws -> InboundMessage {
        func make(_ words: Int) -> InboundMessage {
            let text = String(repeating: "Do you open on Sunday? ", count: words / 23 + 1)
            return InboundMessage(
                tenant: IngestServer.tenant, conversation: "c3e6e3503531a0f2f8c2a9b64f0621c3",
                number: "106540352242922", message: "39df191a8e5c4c0f9a4f6f0d0a7b1c2d",
                contact: Contact(
                    userID: "US.13491208655302741918", phone: "16505551234", name: "Sheena Nelson"),
                sentAt: Timestamp(seconds: 1_795_000_000),
                receivedAt: Timestamp(milliseconds: 1_795_000_000_123),
                content: .text(String(text.prefix(words))))
        }
        return make(max(1, try size - make(0).json().count))
    }
}

/// What sealing takes.
struct SealReport: BenchReport {
    /// Of one kind of value and size, in microseconds each.
    struct Figures: Encodable {
        var what: String
        var bytes: Int
        var sealedBytes: Int
        var writing: Double
        var reading: Double
        var sealing: Double
        var opening: Double
        var isSound: Bool
    }

    /// Values in each measurement.
    var count: Int
    /// What was found.
    var figures: [Figures] = []

    var isSound: Bool { figures.allSatisfy(\.isSound) }

    /// The report for people.
    var lines: [String] {
        figures.map { figures in
            func text(_ value: Double) -> String { String(format: "%.2f", value) }
            return
                "\(figures.what) of \(figures.bytes) bytes, \(figures.sealedBytes) sealed: "
                + "sealed in \(text(figures.sealing)) µs "
                + "(\(text(figures.sealing / figures.writing)) of writing its JSON), opened in "
                + "\(text(figures.opening)) µs (\(text(figures.opening / figures.reading)) of "
                + "reading it)"
        }
    }
}
