import Conversation
import EventLog
import FoundationEssentials
import PipelineTesting
import PurgeRecords
import SQLiteEventLog
import TenantKeys
import TenantPurging
import Testing
import Views

/// A tenant that is removed for good, and another that is not.
@Suite("Purge")
struct PurgeServiceTests {
    /// Waits until a purge is complete.
    private func completed(_ purge: PurgeID, from service: PurgeService) async throws
        -> PurgeReceipt
    {
        try await eventually(
            "the purge is complete; \(String(describing: service.status(of: purge)))"
        ) {
            guard let receipt = service.status(of: purge), receipt.isComplete else { return nil }
            return receipt
        }
    }

    private func request(_ service: PurgeService) async throws -> PurgeID {
        try #require(
            await service.request("sun", isConnected: true, by: "key/1", because: .request))
    }

    @Test("leaves nothing of the tenant in any file, and all of the other")
    func wholly() async throws {
        let premises = try await Premises()
        try await premises.fill()
        try await premises.letStageRead()
        #expect(try premises.holds("sun") && premises.holds("moon"))
        try await premises.process { service, view in
            let purge = try await request(service)
            let receipt = try await completed(purge, from: service)
            #expect(receipt.steps.map(\.step) == TenantPurge.Step.allCases)
            #expect(receipt.keys == ["key-of-sun"])
            #expect(receipt.checks.allSatisfy(\.isTrue) && !receipt.checks.isEmpty)
            let counts = Dictionary(receipt.counts.map { ($0.of, $0.count) }) { $1 }
            #expect(counts["notes"] == 5 && counts["view notes"] == 5 && counts["files"] == 5)
            #expect(receipt.removesRecords == true && receipt.unsealed.isEmpty)
            #expect(receipt.before == "" && receipt.finalAt != nil)
            #expect(try await view.rows(of: "sun") == 0)
            #expect(try await view.rows(of: "moon") == 5)
        }
        #expect(try !premises.holds("sun"))
        #expect(try premises.holds("moon"))
        let copies = try premises.ledger.read(of: "installation")
        #expect(copies.first == copies.second)
        #expect(copies.first.ledger?.entries.map(\.keys) == [["key-of-sun"]])
        // A view that is built anew has nothing of it either.
        try FileManager.default.removeItem(atPath: premises.folder.path + "/views")
        try await premises.process { (_, view) async throws in
            #expect(try await view.rows(of: "sun") == 0)
            #expect(try await view.rows(of: "moon") == 5)
        }
        await premises.log.close()
    }

    @Test("a stage that has not read so far holds it, and the status says which")
    func drains() async throws {
        let premises = try await Premises()
        try await premises.fill()
        try await premises.process { service, _ in
            let purge = try await request(service)
            try await eventually("it waits for the stage") {
                service.status(of: purge)?.waitingFor?.contains("reader") == true
            }
            #expect(service.status(of: purge)?.next == .drained)
            #expect(service.isBeingErased("sun") && !service.isBeingErased("moon"))
            try await premises.letStageRead()
            _ = try await completed(purge, from: service)
            #expect(!service.isBeingErased("sun"))
        }
        await premises.log.close()
    }

    @Test("killed anywhere, it goes on: one receipt, the same counts")
    func kills() async throws {
        var expected: PurgeReceipt?
        // Each append but the first is a place to die at, before it.
        for appends in 1...(TenantPurge.Step.allCases.count + 4) {
            let premises = try await Premises()
            try await premises.fill()
            try await premises.letStageRead()
            let purge = try await premises.process(dyingAfter: appends) { service, _ in
                let purge = try await request(service)
                try await eventually("it stands still or is done") {
                    guard let status = service.status(of: purge) else { return false }
                    return status.isComplete || status.waitingFor?.contains("killed") == true
                }
                return purge
            }
            let receipt = try await premises.process { service, _ in
                // Whoever asks again hears of the same one.
                let again = try await service.request(
                    "sun", isConnected: false, by: "key/2", because: .other)
                #expect(again == purge)
                return try await completed(purge, from: service)
            }
            #expect(try !premises.holds("sun"), "after \(appends) appends")
            #expect(try premises.holds("moon"), "after \(appends) appends")
            #expect(try premises.ledger.read(of: nil).first.ledger?.entries.count == 1)
            let first = expected ?? receipt
            expected = first
            #expect(receipt.counts == first.counts, "after \(appends) appends")
            #expect(receipt.keys == first.keys && receipt.checks == first.checks)
            #expect(receipt.steps.map(\.step) == first.steps.map(\.step))
            await premises.log.close()
        }
    }

    @Test("a second request is the same purge, until the tenant is there anew")
    func again() async throws {
        let premises = try await Premises()
        try await premises.fill()
        try await premises.letStageRead()
        try await premises.process { service, _ in
            let nobody = try await service.request(
                "nobody", isConnected: false, by: "key/1", because: .other)
            #expect(nobody == nil)
            let purge = try await request(service)
            let first = try await completed(purge, from: service)
            let same = try await service.request(
                "sun", isConnected: false, by: "key/2", because: .other)
            #expect(same == purge)
            // The tenant is connected anew, under another key.
            try await premises.append(
                KeyRecord(
                    id: "fresh", tenant: "sun", from: premises.now,
                    standing: .living(epoch: 2, wrapped: "w")),
                Note(tenant: "sun", key: "sun-0", text: "something new"))
            try await premises.letStageRead()
            let other = try #require(
                await service.request("sun", isConnected: true, by: "key/1", because: .trial))
            #expect(other != purge)
            let second = try await completed(other, from: service)
            #expect(second.keys == ["fresh"])
            // Receipts are chained.
            #expect(first.before == "" && second.before?.count == 64)
        }
        await premises.log.close()
    }
}
