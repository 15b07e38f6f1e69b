import Foundation
import Testing

/// Patches that break the product rot silently, unless someone looks.
@Suite("Sabotage")
struct SabotageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let patches = ["skip-dedupe", "commit-offset-first", "ignore-fence"]

    @Test("each patch still applies, and says what should be found", arguments: patches)
    func applies(_ name: String) throws {
        let patch = Self.root.appending(path: "Tests/Chaos/Sabotage/\(name).patch")
        let text = try String(contentsOf: patch, encoding: .utf8)
        #expect(text.contains("\nExpects: ") && text.contains("\nOptions: "))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "apply", "--check", patch.path]
        process.currentDirectoryURL = Self.root
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "git apply --check \(patch.path)")
    }

    @Test("every patch is looked at")
    func all() throws {
        let folder = Self.root.appending(path: "Tests/Chaos/Sabotage").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(names) == Set(Self.patches.map { "\($0).patch" }))
    }
}
