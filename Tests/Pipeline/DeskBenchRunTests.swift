import FoundationEssentials
import PipelineTesting
import Testing

/// `parley bench desk` as a person runs it, for a moment and with few of everything.
@Suite("Measuring the desk", .timeLimit(.minutes(10)))
struct DeskBenchRunTests {
    private struct Report: Decodable {
        var agents: Int
        var changes: Int
        var heard: Int
        var twice: Int
        var closed: Int
        var kilobytesPerSocket: Double
        var lists: [List]
        struct List: Decodable { var name: String }
    }

    @Test("each of few agents hears each of few changes once")
    func short() async throws {
        // How long that took is no matter here.
        let (_, output) = try await ParleyProgram.run([
            "bench", "desk", "--agents", "5", "--conversations", "200", "--seconds", "2",
            "--rate", "10", "--json",
        ])
        let json = try #require(output.firstIndex(of: "{").map { output[$0...] }, "\(output)")
        let end = try #require(json.lastIndex(of: "}"))
        let report = try JSONDecoder().decode(Report.self, from: Data(json[...end].utf8))
        #expect(report.agents == 5 && report.changes == 20 && report.heard == 100)
        #expect(report.twice == 0 && report.closed == 0)
        #expect(report.lists.contains { $0.name == "conversations.list, state open" })
        #expect(report.lists.contains { $0.name == "handoffs.list" })
    }
}
