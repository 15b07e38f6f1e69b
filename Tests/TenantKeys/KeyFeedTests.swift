import Conversation
import Cryptography
import Foundation
import PipelineTesting
import Testing

@testable import TenantKeys

@Suite("What a process knows of keys")
struct KeyFeedTests {
    private func key(of tenant: TenantID, in scene: KeyScene) async throws -> KeyRecord {
        try await scene.keeping { keeper in
            try await keeper.ensureKey(of: tenant)
            return try #require(keeper.feed.records.first { $0.tenant == tenant })
        }
    }

    private func isLiving(_ id: KeyID, _ feed: KeyFeed) -> Bool {
        if case .living = feed.table.knowledge(of: id) { true } else { false }
    }

    private func isDestroyed(_ id: KeyID, _ feed: KeyFeed) -> Bool {
        if case .destroyed = feed.table.knowledge(of: id) { true } else { false }
    }

    @Test("a key that was destroyed stays so, whatever comes after it")
    func destroyed() async throws {
        let scene = try await KeyScene()
        let living = try await key(of: "sol", in: scene)
        let follower = scene.feed()
        let following = Task { try await follower.run() }
        await follower.awaitKnown([living.id])
        #expect(isLiving(living.id, follower))

        var gone = living
        gone.standing = .destroyed(at: Timestamp(milliseconds: 5))
        try await scene.append(gone)
        // As an older copy would bring it back.
        try await scene.append(living)
        try await follower.awaitEnd()
        #expect(isDestroyed(living.id, follower) && follower.table.isErased("sol"))
        following.cancel()
        _ = await following.result
        #expect(isDestroyed(living.id, try await scene.read()))
        // A read in flight that has opened it before puts nothing back.
        follower.table.put(
            try TenantKey(
                id: living.id, tenant: "sol", from: living.from,
                secret: [UInt8](repeating: 1, count: 32)))
        #expect(isDestroyed(living.id, follower))
    }

    @Test("a record of an epoch that is gone is no trouble where a later one of the key opens")
    func laterRecord() async throws {
        let scene = try await KeyScene()
        let old = try await key(of: "sol", in: scene)
        try await scene.keeping { _ = try await $0.turnEpoch() }
        #expect(try scene.folder.tableKeys()?.epochs == [2])
        let feed = try await scene.read()
        #expect(feed.problems.isEmpty && isLiving(old.id, feed))
        #expect(try await scene.written().filter { $0 is KeyRecord }.count == 2)
    }

    @Test("a key that cannot be opened is told of, and opens once its table key is there")
    func unknownEpoch() async throws {
        let scene = try await KeyScene()
        let key = try await key(of: "sol", in: scene)
        let hidden = scene.folder.path + ".hidden"
        try FileManager.default.moveItem(atPath: scene.folder.path, toPath: hidden)
        let feed = try await scene.read()
        #expect(feed.problems == [key.id: .missing(path: scene.folder.tableKeysFile)])
        #expect(!isLiving(key.id, feed) && !isDestroyed(key.id, feed))
        try FileManager.default.moveItem(atPath: hidden, toPath: scene.folder.path)
        await feed.awaitKnown([key.id])
        #expect(feed.problems.isEmpty && isLiving(key.id, feed))
    }

    @Test("a key ring that got another key is read again")
    func ringReload() async throws {
        let scene = try await KeyScene()
        let key = try await key(of: "sol", in: scene)
        let path = scene.temporary.path + "/ring"
        try SecretFile(path: path).replace(with: KeyScene.ringLine("other", 3) + "\n")
        let store = try KeyRingStore(fileAt: path)
        #expect(!(try await scene.read(store).problems.isEmpty))
        try SecretFile(path: path).replace(
            with: KeyScene.ringLine("other", 3) + "\n" + KeyScene.ringLine("k1", 7) + "\n")
        let feed = try await scene.read(store)
        #expect(feed.problems.isEmpty && isLiving(key.id, feed))
    }

    @Test("whoever may have missed a destruction waits before it opens anything more")
    func unreliable() async throws {
        let scene = try await KeyScene()
        let key = try await key(of: "sol", in: scene)
        let feed = try await scene.read()
        #expect(feed.table.isSettled(key.id))
        feed.table.rely(until: .now - .seconds(1))
        #expect(!feed.table.isSettled(key.id) && !feed.table.isReliable)
        // A process that follows the topic finds its end, and goes on.
        let follower = scene.feed()
        #expect(!follower.table.isReliable)
        let following = Task { try await follower.run() }
        await follower.awaitKnown([key.id])
        #expect(follower.table.isSettled(key.id))
        following.cancel()
        _ = await following.result
    }

    @Test("a key that nobody ever made is waited for to the topic's end, and no longer")
    func unknownKey() async throws {
        let scene = try await KeyScene()
        _ = try await key(of: "sol", in: scene)
        let feed = scene.feed()
        let following = Task { try await feed.run() }
        await feed.awaitKnown(["ffffffffffffffff"])
        #expect(feed.table.hasKey("sol"))
        following.cancel()
        _ = await following.result
    }

    @Test("an older copy of the log opens with the snapshot of today's keys, and holds them again")
    func olderCopy() async throws {
        let scene = try await KeyScene()
        let old = try await key(of: "sol", in: scene)
        try await scene.keeping { _ = try await $0.turnEpoch() }
        // The copy, and the folder of keys of today.
        let restored = try await KeyScene()
        try await restored.append(old)
        try FileManager.default.copyItem(
            atPath: scene.folder.path, toPath: restored.folder.path)
        let feed = try await restored.read()
        #expect(feed.problems.isEmpty && isLiving(old.id, feed))
        try await restored.keeping { _ in }
        #expect(try await restored.epochs() == [2])
        try FileManager.default.removeItem(atPath: restored.folder.livingKeysFile)
        #expect(isLiving(old.id, try await restored.read()))
    }
}
