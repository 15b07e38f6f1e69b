import Configuration
import Conversation
import FoundationEssentials

/// What must hold for any pipeline file: it is right, or each problem names its file and key.
enum PipelineProperties {
    private static let known: [Topic] = [.messagesInbound, .repliesProposed, .tenants]
    private static let topics = Set(known.map(\.rawValue))
    private static let stages: Set = ["handoff", "sender"]

    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        let file: PipelineFile
        do {
            file = try PipelineFile(
                Data(bytes), source: "fuzz.json5", knownTopics: known, knownStages: stages)
        } catch {
            return try refusal(error)
        }
        try hold(Set(file.topics.keys) == topics, "the topics are \(file.topics.keys)")
        try hold(Set(file.stages.keys) == stages, "the stages are \(file.stages.keys)")
        for topic in file.topics.values {
            for number in [topic.partitions.sqlite, topic.partitions.kafka] {
                try hold((1...1_000).contains(number), "\(topic)")
            }
            try hold(topic.retention.map { $0 >= .zero && !topic.compacts } ?? true, "\(topic)")
        }
        let shared = file.shared.values.flatMap(\.stages)
        try hold(Set(shared).count == shared.count, "a stage stands in two processes: \(shared)")
        try hold(stages.isSuperset(of: shared), "there is no such stage among \(shared)")
        for stage in file.stages.values {
            try hold(stage.inputs.allSatisfy { topics.contains($0.topic) }, "\(stage)")
            try hold(Set(stage.inputs.map(\.topic)).count == stage.inputs.count, "\(stage)")
            try hold(stage.drain >= .zero && (0...64).contains(stage.replicas), "\(stage)")
            try hold(stage.inFlight > 0 && stage.calls > 0 && stage.batch > 0, "\(stage)")
        }
    }

    private static func refusal(_ error: ConfigurationError) throws(PropertyViolation) {
        try hold(error.source == "fuzz.json5", "the file is called \(error.source)")
        try hold(!error.problems.isEmpty, "it is refused without a reason")
        let keys = ["it is not JSON5: ", "the file", "topics", "stages", "processes"]
        for problem in error.problems {
            try hold(
                keys.contains { problem.hasPrefix($0) },
                "no key is named in \(problem.debugDescription)")
        }
        let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
        try hold(
            lines.allSatisfy { $0.hasPrefix("fuzz.json5: ") },
            "a line names no file: \(error.description.debugDescription)")
    }
}
