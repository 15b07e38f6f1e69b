import Blobs
import Conversation
import Cryptography
import Foundation
import HTTPClient
import PipelineTesting
import Testing

/// A kind of store, opened empty.
enum StoreKind: String, CaseIterable, Sendable {
    case folder, bucket

    static var available: [StoreKind] {
        allCases.filter { $0 == .folder || MotoServer.isAvailable }
    }

    func with(_ body: (any BlobStore) async throws -> Void) async throws {
        switch self {
        case .folder:
            let folder = try TemporaryFolder()
            try await body(BlobFolder(folder.path + "/blobs"))
            _ = folder
        case .bucket: try await body(try await MotoServer.running().store())
        }
    }
}

@Suite("Blobs", .timeLimit(.minutes(5)))
struct BlobStoreTests {
    private let sol = TenantID("sol")
    private let luna = TenantID("luna")

    @Test("are there whole after they were put, once however often", arguments: StoreKind.available)
    func roundTrip(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let hash = try await store.put(bytes, of: sol)
            #expect(hash == SHA256.hex(bytes))
            #expect(try await store.put(bytes, of: sol) == hash)
            #expect(try await store.get(hash, of: sol) == bytes)
            #expect(try await store.usage(of: sol) == BlobUsage(count: 1, bytes: 300_000))
            let empty = try await store.put([], of: sol)
            #expect(try await store.get(empty, of: sol).isEmpty)
        }
    }

    @Test("are each tenant's own, also those of the same bytes", arguments: StoreKind.available)
    func apart(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let hash = try await store.put(Array("hours".utf8), of: sol)
            await #expect(throws: BlobError.self) { try await store.get(hash, of: luna) }
            _ = try await store.put(Array("hours".utf8), of: luna)
            _ = try await store.put(Array("prices".utf8), of: luna)
            // A tenant whose name begins as another's does.
            _ = try await store.put(Array("other".utf8), of: TenantID("sol-2"))
            #expect(try await store.erase(sol) == BlobUsage(count: 1, bytes: 5))
            #expect(try await store.usage(of: sol) == BlobUsage())
            #expect(try await store.usage(of: luna) == BlobUsage(count: 2, bytes: 11))
            #expect(try await store.usage(of: TenantID("sol-2")).count == 1)
            #expect(try await store.get(hash, of: luna) == Array("hours".utf8))
            #expect(try await store.erase(sol) == BlobUsage())
        }
    }

    @Test("stand on shelves that know nothing of each other", arguments: StoreKind.available)
    func shelves(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let bytes = Array("a file that was sent and put in".utf8)
            let hash = try await store.put(bytes, of: sol, on: .documents)
            await #expect(throws: BlobError.self) {
                try await store.get(hash, of: sol, on: .media)
            }
            #expect(try await store.put(bytes, of: sol, on: .media) == hash)
            #expect(try await store.usage(of: sol).count == 2)
            try await store.remove(hash, of: sol, on: .media)
            #expect(try await store.get(hash, of: sol) == bytes)
            _ = try await store.put(bytes, of: sol, on: .media)
            #expect(try await store.erase(sol).count == 2)
            #expect(try await store.usage(of: sol) == BlobUsage())
        }
    }

    @Test("can be removed one by one", arguments: StoreKind.available)
    func removal(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let hash = try await store.put([1, 2, 3], of: sol)
            try await store.remove(hash, of: sol)
            try await store.remove(hash, of: sol)
            do {
                _ = try await store.get(hash, of: sol)
                Issue.record("the blob is still there")
            } catch BlobError.missing {}
        }
    }

    @Test("are known to be there without being read", arguments: StoreKind.available)
    func presence(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let hash = SHA256.hex(Array("part".utf8))
            #expect(try await store.has(hash, of: "sol", on: .media) == false)
            _ = try await store.put(Array("part".utf8), of: "sol", on: .media)
            #expect(try await store.has(hash, of: "sol", on: .media))
            #expect(try await store.has(hash, of: "sol", on: .documents) == false)
            #expect(try await store.has(hash, of: "luna", on: .media) == false)
            await #expect(throws: BlobError.self) {
                try await store.has("../etc", of: "sol", on: .media)
            }
        }
    }

    @Test("are never found by what is no hash or no tenant", arguments: StoreKind.available)
    func names(_ kind: StoreKind) async throws {
        try await kind.with { store in
            for hash in ["", "../../../etc/passwd", String(repeating: "A", count: 64)] {
                await #expect(throws: BlobError.self) { try await store.get(hash, of: sol) }
            }
            for tenant in ["", "..", "a/b", "a%2Fb", "é"] {
                await #expect(throws: BlobError.self) {
                    try await store.put([1], of: TenantID(tenant))
                }
            }
        }
    }
}

@Suite("Blobs in a folder")
struct BlobFolderTests {
    private let sol = TenantID("sol")

    @Test("from before tenants had folders of their own are found, and stay for others")
    func older() async throws {
        let folder = try TemporaryFolder()
        let bytes = Array("an older document".utf8)
        let hash = SHA256.hex(bytes)
        let place = "\(folder.path)/\(hash.prefix(2))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: "\(place)/\(hash)"))
        let store = BlobFolder(folder.path)
        #expect(try await store.get(hash, of: sol) == bytes)
        #expect(try await store.usage(of: sol) == BlobUsage(count: 1, bytes: Int64(bytes.count)))
        #expect(try await store.get(hash, of: TenantID("luna")) == bytes)
        _ = try await store.erase(sol)
        #expect(try await store.usage(of: TenantID("luna")).count == 1)
    }

    @Test("whose file was damaged are told as such, and mended by the same bytes")
    func damage() async throws {
        let folder = try TemporaryFolder()
        let store = BlobFolder(folder.path)
        let hash = try await store.put(Array("whole".utf8), of: sol)
        let path = "\(folder.path)/tenants/sol/\(hash.prefix(2))/\(hash)"
        try Data("who".utf8).write(to: URL(filePath: path))
        await #expect(throws: BlobError.damaged(path)) { try await store.get(hash, of: sol) }
        _ = try await store.put(Array("whole".utf8), of: sol)
        #expect(try await store.get(hash, of: sol) == Array("whole".utf8))
    }

    @Test("leave nothing behind when the disk takes no more")
    func full() async throws {
        let store = BlobFolder("/dev/full/blobs")
        do {
            _ = try await store.put([1], of: sol)
            Issue.record("stored where nothing can be")
        } catch {
            #expect(error.isTransient)
            #expect(error.description.hasPrefix("cannot create the folder"))
        }
    }
}

@Suite("Blobs in a bucket", .enabled(if: MotoServer.isAvailable), .timeLimit(.minutes(5)))
struct S3BlobStoreTests {
    @Test("need the right secret: each request's signature is checked")
    func signature() async throws {
        let store = try await MotoServer.running().store(secret: "wrong")
        do {
            _ = try await store.put([1], of: TenantID("sol"))
            Issue.record("a wrong secret was taken")
        } catch {
            #expect(!error.isTransient)
            #expect(error.description.contains("403"))
            #expect(!error.description.contains("wrong"))
        }
    }

    @Test("are counted and erased page by page")
    func pages() async throws {
        let store = try await MotoServer.running().store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // One page has a thousand at most.
            for part in 0..<8 {
                group.addTask {
                    for number in 0..<130 {
                        _ = try await store.put(
                            Array("\(part)/\(number)".utf8), of: TenantID("sol"))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.usage(of: TenantID("sol")).count == 1_040)
        #expect(try await store.erase(TenantID("sol")).count == 1_040)
        #expect(try await store.usage(of: TenantID("sol")).count == 0)
    }

    @Test("of a bucket that is not there are refused with its name, not taken for missing")
    func noBucket() async throws {
        let moto = try await MotoServer.running()
        let store = try BlobLocation("s3:\(moto.url)/no-such-bucket").open(
            over: try HTTPClient(),
            environment: ["AWS_ACCESS_KEY_ID": moto.key, "AWS_SECRET_ACCESS_KEY": moto.secret])
        let hash = SHA256.hex([1])
        do {
            _ = try await store.get(hash, of: TenantID("sol"))
            Issue.record("found in a bucket that is not there")
        } catch {
            #expect(error.description.contains("NoSuchBucket"))
        }
    }
}

@Suite("Where blobs stand")
struct BlobLocationTests {
    @Test(
        "is a folder or a bucket",
        arguments: [
            "/data/blobs", "s3:https://s3.example.com/documents?region=eu-central-1",
            "s3:http://127.0.0.1:9000/documents",
        ])
    func right(_ text: String) throws {
        _ = try BlobLocation(text)
    }

    @Test(
        "is refused with its reason where it is neither",
        arguments: [
            "", "https://example.com/x", "s3:example.com/x", "s3:https://example.com",
            "s3:https://key:secret@example.com/documents", "s3:https://example.com/Up",
            "s3:https://example.com/a/b", "s3:https://example.com/abc?zone=x",
            "s3:https://example.com/abc?region=x&y=z",
        ])
    func wrong(_ text: String) {
        #expect(throws: BlobLocation.Slip.self) { try BlobLocation(text) }
    }

    @Test("needs keys for a bucket, which stand in the environment")
    func keys() throws {
        let http = try HTTPClient()
        #expect(throws: BlobLocation.Slip.self) {
            try BlobLocation("s3:https://example.com/abc").open(over: http, environment: [:])
        }
    }
}
