import Cryptography
import Foundation
import Testing

@Suite("Key ring")
struct KeyRingTests {
    /// Calls with the path of a key file in a folder of its own, which is removed afterwards.
    func withKeyFile<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "key-ring-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch {
                Issue.record(error)
            }
        }
        return try await body(folder.appending(path: "keys").path)
    }

    func key(_ byte: UInt8) -> String {
        Base64.encode(Array(repeating: byte, count: 32))
    }

    func permissions(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("the file is made on first start, private, and read again")
    func firstStart() async throws {
        try await withKeyFile { path in
            let ring = try KeyRing(fileAt: path)
            #expect(try permissions(of: path) == 0o600)
            let sealed = try ring.seal("secret", context: "a")
            #expect(try KeyRing(fileAt: path).open(sealed, context: "a") == "secret")
            let folder = URL(filePath: path).deletingLastPathComponent()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files == ["keys"])
        }
    }

    @Test("processes that start at once agree on one key")
    func race() async throws {
        try await withKeyFile { path in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 {
                    group.addTask { @concurrent in try KeyRing(fileAt: path).newestKeyID }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test("a file that others may read is refused", arguments: [0o640, 0o604, 0o644, 0o620])
    func readableByOthers(_ mode: Int) async throws {
        try await withKeyFile { path in
            _ = try KeyRing(fileAt: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let expected = KeyRingError.readableByOthers(path: path, mode: UInt32(mode))
            #expect(throws: expected) { try KeyRing(fileAt: path) }
            #expect(expected.description.contains("chmod 600"))
        }
    }

    @Test("after a rotation old secrets open and are resealed under the new key")
    func rotation() async throws {
        try await withKeyFile { path in
            let old = try KeyRing(fileAt: path)
            let sealed = try old.seal("secret", context: "tenant/1")
            let new = try KeyRing.rotate(fileAt: path)
            #expect(new.keyIDs.count == 2)
            #expect(new.keyIDs.last == old.newestKeyID)
            #expect(try KeyRing(fileAt: path).keyIDs == new.keyIDs)
            #expect(try permissions(of: path) == 0o600)
            let resealed = try new.reseal(sealed, context: "tenant/1")
            #expect(resealed.keyID == new.newestKeyID)
            #expect(try new.open(resealed, context: "tenant/1") == "secret")
            #expect(try new.open(sealed, context: "tenant/1") == "secret")
            #expect(try new.reseal(resealed, context: "tenant/1") == resealed)
            #expect(
                throws: KeyRingError.unknownKey(id: new.newestKeyID, known: old.keyIDs)
            ) { try old.open(resealed, context: "tenant/1") }
        }
    }

    @Test("a process that runs on opens what was sealed under a key that came later")
    func store() async throws {
        try await withKeyFile { path in
            let (console, sender) = (
                try KeyRingStore(fileAt: path), try KeyRingStore(fileAt: path)
            )
            #expect(try console.addKey())
            let sealed = try console.current.seal("secret", context: "tenant/1")
            let old = sender.current.keyIDs
            #expect(throws: KeyRingError.unknownKey(id: sealed.keyID, known: old)) {
                try sender.current.open(sealed, context: "tenant/1")
            }
            #expect(try sender.reload())
            #expect(try sender.current.open(sealed, context: "tenant/1") == "secret")
            let fixed = KeyRingStore(sender.current)
            #expect(try !fixed.addKey() && !fixed.reload())
        }
    }

    @Test("a rotation that was killed is no hindrance, one that is under way is told of")
    func interruptedRotation() async throws {
        try await withKeyFile { path in
            let old = try KeyRing(fileAt: path).keyIDs
            try Data("half a li".utf8).write(to: URL(filePath: path + ".new"))
            let grown = try KeyRing.rotate(fileAt: path).keyIDs
            #expect(grown.count == 2 && Array(grown.suffix(1)) == old)
            #expect(!FileManager.default.fileExists(atPath: path + ".new"))

            let other = unsafe open(path + ".new", O_WRONLY | O_CREAT, 0o600)
            defer { close(other) }
            #expect(flock(other, LOCK_EX) == 0)
            #expect(throws: KeyRingError.rotationInProgress(temporaryPath: path + ".new")) {
                try KeyRing.rotate(fileAt: path)
            }
            #expect(try KeyRing(fileAt: path).keyIDs == grown)
        }
    }

    @Test("a secret opens only in its own context and unchanged")
    func context() throws {
        let ring = try KeyRing(text: "one \(key(1))", source: "a test")
        let sealed = try ring.seal("secret", context: "tenant/1")
        #expect(throws: KeyRingError.damaged(context: "tenant/2", keyID: "one")) {
            try ring.open(sealed, context: "tenant/2")
        }
        var changed = sealed
        changed.payload = Base64.encode([1, 2, 3])
        #expect(throws: KeyRingError.damaged(context: "tenant/1", keyID: "one")) {
            try ring.open(changed, context: "tenant/1")
        }
        #expect(!sealed.payload.contains("secret"))
    }

    @Test("comments, blank lines and commas are understood")
    func textForm() throws {
        let text = "# the first, the newest\n\nb \(key(2)) # since May\na \(key(1)),c \(key(3))\n"
        #expect(try KeyRing(text: text, source: "PARLEY_KEYS").keyIDs == ["b", "a", "c"])
    }

    @Test("an empty or malformed text is refused with its line")
    func malformed() {
        #expect(throws: KeyRingError.noKeys(source: "s")) {
            try KeyRing(text: "# nothing\n", source: "s")
        }
        let wrong = ["a", "a b", "a \(key(1)) c", "ä \(key(1))", "a AAAA"]
        for line in wrong {
            #expect(throws: KeyRingError.malformed(source: "s", line: 2)) {
                try KeyRing(text: "ok \(key(1))\n\(line)", source: "s")
            }
        }
        #expect(throws: KeyRingError.malformed(source: "s", line: 2)) {
            try KeyRing(text: "a \(key(1))\na \(key(2))", source: "s")
        }
    }

    @Test("a sealed secret is two fields of JSON")
    func codable() throws {
        let sealed = SealedSecret(keyID: "one", payload: "AAAA")
        let data = try JSONEncoder().encode(sealed)
        #expect(try JSONDecoder().decode(SealedSecret.self, from: data) == sealed)
    }
}
