import Cryptography
import Foundation
import PipelineTesting
import Testing

@Suite("A file of keys")
struct SecretFileTests {
    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "killed between any two steps it holds the old keys or the new ones, and then all is well",
        arguments: 0...SecretFile.Step.allCases.count)
    func killed(after steps: Int) throws {
        let folder = try TemporaryFolder()
        let file = SecretFile(path: folder.path + "/table.keys")
        try file.replace(with: "old keys\n")
        // A second name shows what becomes of the bytes of the old file.
        let witness = folder.path + "/witness"
        try FileManager.default.linkItem(atPath: file.path, toPath: witness)

        for step in SecretFile.Step.allCases.prefix(steps) { try file.perform(step, "new keys\n") }
        let replaced = steps >= 3
        #expect(try file.read() == (replaced ? "new keys\n" : "old keys\n"))
        try file.recover()
        #expect(try file.read() == (replaced ? "new keys\n" : "old keys\n"))
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
                == ["table.keys", "witness"])
        #expect(Self.text(witness)?.contains("old") == !replaced)

        try file.replace(with: "newest keys\n")
        #expect(try file.read() == "newest keys\n")
        #expect(Self.text(witness)?.contains("old") == false)
    }

    @Test("what others may read is refused")
    func readableByOthers() throws {
        let folder = try TemporaryFolder()
        let file = SecretFile(path: folder.path + "/table.keys")
        #expect(try file.read() == nil)
        try file.replace(with: "keys\n")
        #expect(unsafe chmod(file.path, 0o640) == 0)
        #expect(throws: KeyRingError.readableByOthers(path: file.path, mode: 0o640)) {
            try file.read()
        }
    }
}
