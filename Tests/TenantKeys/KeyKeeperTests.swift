import Conversation
import EventLog
import Foundation
import PipelineTesting
import Records
import Testing

@testable import TenantKeys

@Suite("Keeping tenants' keys")
struct KeyKeeperTests {
    @Test("each tenant gets one key, however many ask, and from the beginning of time on")
    func oneKey() async throws {
        let scene = try await KeyScene()
        try await scene.append("sol", "sol", to: .tenants)
        try await scene.keeping { first in
            try await scene.keeping { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for keeper in [first, second, first, second] {
                        for tenant: TenantID in ["sol", "luna"] {
                            group.addTask { try await keeper.ensureKey(of: tenant) }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(first.feed.table.hasKey("luna") && second.feed.table.hasKey("luna"))
            }
        }
        let keys = try await scene.read().records
        #expect(keys.map(\.tenant) == ["luna", "sol"])
        #expect(keys.allSatisfy { $0.from == Timestamp(milliseconds: 0) })
    }

    @Test("who had conversations before there were keys keeps their names, said before the key")
    func upgrade() async throws {
        let scene = try await KeyScene()
        for (tenant, conversation) in [("sol", "c1"), ("sol", "c2"), ("gone", "c3"), ("sol", "c1")]
        {
            try await scene.append(TenantID(tenant), conversation, to: .messagesInbound)
        }
        try await scene.append("sol", "sol", to: .tenants)
        try await scene.append("new", "new", to: .tenants)
        try await scene.keeping { keeper in
            let table = keeper.feed.table
            #expect(table.isFormer("c1", of: "sol") && table.isFormer("c2", of: "sol"))
            // Of one that was removed something may be under way still.
            #expect(table.isFormer("c3", of: "gone") && table.hasKey("gone"))
            #expect(!table.hasFormer("new") && table.hasKey("new"))
        }
        let written = try await scene.written()
        let former = written.firstIndex { ($0 as? FormerConversations)?.tenant == "sol" }
        let key = written.firstIndex { ($0 as? KeyRecord)?.tenant == "sol" }
        #expect(try #require(former) < #require(key))
        // Once is enough: what came under a key needs no former name.
        try await scene.append("sol", "c9", to: .messagesInbound)
        try await scene.keeping { #expect(!$0.feed.table.isFormer("c9", of: "sol")) }
        #expect(try await scene.written().count == written.count)
    }

    @Test("a tenant that is being erased gets no key, and one whose keys are gone none by itself")
    func erased() async throws {
        let scene = try await KeyScene()
        try await scene.append("sol", "sol", to: .tenants)
        try await scene.keeping { keeper in
            #expect(try await keeper.destroyKeys(of: "sol").count == 1)
            try await keeper.feed.awaitEnd()
            #expect(keeper.feed.table.isErased("sol"))
        }
        try await scene.keeping(isFenced: { $0 == "luna" }) { keeper in
            #expect(keeper.feed.table.isErased("sol") && !keeper.feed.table.hasKey("sol"))
            await #expect(throws: KeyProblem.erased("luna")) {
                try await keeper.ensureKey(of: "luna")
            }
        }
        #expect(try String(contentsOfFile: scene.folder.livingKeysFile, encoding: .utf8).isEmpty)
    }

    @Test("without its table keys a log with keys is not served, and nothing is made anew")
    func missing() async throws {
        let scene = try await KeyScene()
        try await scene.keeping { try await $0.ensureKey(of: "sol") }
        try FileManager.default.removeItem(atPath: scene.folder.tableKeysFile)
        await #expect(throws: KeyProblem.missing(path: scene.folder.tableKeysFile)) {
            try await scene.keeping { _ in }
        }
        #expect(try scene.folder.tableKeys() == nil)
    }

    @Test("a key that cannot be opened is not replaced by another, and keeps no other waiting")
    func notReplaced() async throws {
        let scene = try await KeyScene()
        let damaged = KeyRecord(
            id: "0011223344556677", tenant: "sol", from: Timestamp(milliseconds: 0),
            standing: .living(epoch: 1, wrapped: "AAAA"))
        // Of the same installation: it has its table key.
        try await scene.keeping { _ in }
        let other = try await KeyScene()
        try FileManager.default.copyItem(atPath: scene.folder.path, toPath: other.folder.path)
        for tenant in ["sol", "luna"] {
            try await other.append(TenantID(tenant), tenant, to: .tenants)
        }
        try await other.append(damaged)
        try await other.keeping { keeper in
            #expect(keeper.feed.problems == [damaged.id: .damaged(damaged.id)])
            #expect(keeper.feed.table.hasKey("luna") && !keeper.feed.table.hasKey("sol"))
            await #expect(throws: KeyProblem.damaged(damaged.id)) {
                try await keeper.ensureKey(of: "sol")
            }
        }
    }

    /// Where a rotation of the table key may be killed.
    private enum Kill: CaseIterable {
        case beforeSealing, afterSealing, afterBeginning, afterWrapping
    }

    @Test("a new epoch that is killed anywhere is finished by the next start", arguments: 0..<4)
    func killed(at index: Int) async throws {
        let scene = try await KeyScene()
        try await scene.keeping { keeper in
            for tenant: TenantID in ["sol", "luna", "mar"] {
                try await keeper.ensureKey(of: tenant)
            }
        }
        let before = try await scene.read().table.living.map { $0.message("wamid.1") }
        let kill = Kill.allCases[index]
        try await scene.keeping { keeper in
            if kill == .beforeSealing { return }
            try await keeper.perform(.seal)
            if kill == .afterSealing { return }
            try await keeper.perform(.begin)
            guard kill == .afterWrapping else { return }
            let keys = try keeper.feed.reload()
            let fresh = try keeper.feed.stale(under: keys).map { try keys.rewrapped($0) }
            // Not even all of them.
            try await keeper.append(Array(fresh.dropLast()))
        }
        try await scene.keeping { _ in }
        let epoch = kill == .afterBeginning || kill == .afterWrapping ? 2 : 1
        #expect(try scene.folder.tableKeys()?.epochs == [epoch])
        #expect(try await scene.epochs() == [epoch, epoch, epoch])
        let feed = try await scene.read()
        #expect(feed.problems.isEmpty)
        #expect(feed.table.living.map { $0.message("wamid.1") } == before)
        #expect(LivingKeys.read(scene.folder).count == 3)
    }

    @Test("a key is made while the epoch turns, and none is lost")
    func underLoad() async throws {
        let scene = try await KeyScene()
        try await scene.keeping { keeper in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask { try await keeper.ensureKey(of: TenantID("t\(number)")) }
                }
                for _ in 0..<3 { group.addTask { _ = try await keeper.turnEpoch() } }
                try await group.waitForAll()
            }
        }
        let feed = try await scene.read()
        #expect(feed.problems.isEmpty && feed.table.living.count == 40)
        #expect(try scene.folder.tableKeys()?.epochs == [4])
        #expect(Set(try await scene.epochs()) == [4])
    }
}
