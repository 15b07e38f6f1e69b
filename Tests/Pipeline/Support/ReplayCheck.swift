import Conversation
import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Records
import Testing

/// Does again, from the log alone, what the processes of an installation did.
struct ReplayCheck {
    private static let stages = ["retrieval", "orchestrator", "handoff", "sender", "indexer"]

    private let options: [String]
    /// When the installation began: a shared broker holds older records too.
    private let begun: Int64

    init(of installation: RunningInstallation, _ options: [String], since begun: Date) {
        self.options = options + ["--data", installation.data]
        self.begun = Int64(begun.timeIntervalSince1970)
    }

    /// Every stage's past is the same to the byte, and nobody hears of it: no topic but the
    /// shadows grows, and WhatsApp is not called.
    func replaysReachNobody(_ installation: RunningInstallation) async throws {
        let sizes = try await settled()
        let stats = try await installation.simulator.call(.get, "/api/v1/stats")
        for stage in Self.stages {
            let report = try await replay(stage)
            for count in ["different", "undecided", "doubtful", "unrecorded", "inputsGone"] {
                #expect(report[count].int == 0, "\(stage): \(report)")
            }
            #expect((report["identical"].int ?? 0) > 1, "\(stage): \(report)")
            #expect((report["outputs"].int ?? 0) > 1, "\(stage): \(report)")
        }
        #expect(try await self.sizes() == sizes, "a dry run wrote something")
        let run = "run-\(begun)"
        _ = try await replay("sender", "--shadow", run)
        let live = try await ParleyProgram.run(
            ["replay", "--stage", "sender", "--live", "--yes"] + options)
        #expect(live.exit == .code(2), "\(live.output)")
        var after = try await self.sizes()
        #expect(try #require(after["replay.\(run).messages.delivery"]) > 1)
        for topic in after.keys where topic.hasPrefix("replay.\(run).") { after[topic] = nil }
        #expect(after == sizes, "more than the shadow topics grew")
        let now = try await installation.simulator.call(.get, "/api/v1/stats")
        #expect(now == stats, "a replay reached WhatsApp")
    }

    /// The state of a stage that runs is nobody's to rebuild.
    func runningStateIsRefused() async throws {
        for stage in Self.stages {
            let (exit, output) = try await ParleyProgram.run(
                ["replay", "--stage", stage, "--rebuild-state", "--live", "--yes"] + options)
            #expect(exit == .code(1), "\(stage): \(output)")
            #expect(output.contains("the stage \(stage) runs ("), "\(output)")
        }
    }

    /// The state of every stage, stopped as they are, is what its topics say.
    func stateIsRebuilt() async throws {
        for stage in Self.stages {
            let (exit, output) = try await ParleyProgram.run(
                ["replay", "--stage", stage, "--rebuild-state"] + options,
                within: .seconds(120))
            #expect(exit == .code(0), "\(stage): \(output)")
        }
    }

    private func replay(_ stage: String, _ more: String...) async throws -> JSON {
        let (exit, output) = try await ParleyProgram.run(
            ["replay", "--stage", stage, "--json"]
                + ["--from", Self.moment(begun)] + more + options)
        try #require(exit == .code(0), "\(stage): \(output)")
        return try JSON(Array(output.utf8))
    }

    private static func moment(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// The records of each topic, once nothing more comes.
    private func settled() async throws -> [String: Int] {
        var last = try await sizes()
        for _ in 0..<60 {
            try await Task.sleep(for: .seconds(1))  // a second of quiet is what is waited for
            let now = try await sizes()
            if now == last { return now }
            last = now
        }
        return last
    }

    /// What time brings by itself, whoever replays: that agents who left are missed a minute later.
    private static let ownTime = [
        "routing.commands", "routing.events", "routing.places", "operations.machines", "decisions",
        "tokens.used",
    ]

    /// The records of each of Parley's topics: other tests' come and go on the same broker.
    private func sizes() async throws -> [String: Int] {
        let (exit, output) = try await ParleyProgram.run(["topics", "--json"] + options)
        try #require(exit == .code(0), "\(output)")
        var sizes: [String: Int] = [:]
        for topic in try JSON(Array(output.utf8))["topics"].elements {
            let name = topic["name"].string ?? ""
            guard !Self.ownTime.contains(name) else { continue }
            guard
                RecordTypes.program.topics.values.contains(where: { $0.rawValue == name })
                    || name.hasPrefix("replay.")
            else { continue }
            let ends = topic["partitions"].elements.map { $0["high"].int ?? 0 }
            sizes[name] = ends.reduce(0, +)
        }
        return sizes
    }
}
