import FoundationEssentials
import FuzzProperties
import Testing

/// Kept inputs: seeds, and all that a fuzzer once found something with.
@Suite("Fuzzing's properties")
struct ReplayTests {
    /// One kept input.
    struct Input: Sendable, CustomTestStringConvertible {
        let target: FuzzTarget
        let path: String
        var testDescription: String { path }
    }

    private static let folder =
        URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().path + "/seeds"

    private static let inputs: [Input] = FuzzTarget.all.flatMap { target in
        // A target without seeds is told of below.
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(target.name)"))
        return (names ?? []).sorted().map { Input(target: target, path: "\(target.name)/\($0)") }
    }

    @Test("hold for a kept input, its beginnings and one changed byte", arguments: inputs)
    func replay(_ input: Input) async throws {
        let data = try #require(
            FileManager.default.contents(atPath: "\(Self.folder)/\(input.path)"))
        let bytes = Array(data)
        try input.target.check(bytes)
        try input.target.check([])
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 16)) {
            try input.target.check(Array(bytes[..<position]))
            var changed = bytes
            changed[position] ^= UInt8(1 << (position % 8))
            try input.target.check(changed)
            // Other tests' servers wait for the same few threads.
            await Task.yield()
        }
    }

    @Test("every target has seeds", arguments: FuzzTarget.all.map(\.name))
    func seeds(_ name: String) {
        #expect(Self.inputs.count { $0.target.name == name } >= 3)
    }
}
