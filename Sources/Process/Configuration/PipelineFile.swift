package import Conversation
package import FoundationEssentials
import JSON

/// A pipeline: its topics, and its stages with what they read and their bounds.
///
/// The form of `Pipelines/whatsapp.json5`; unknown keys are errors, so that a slip is reported.
package struct PipelineFile: Sendable, Hashable {
    /// How many partitions a topic has when it is created, by the kind of log.
    package struct Partitions: Sendable, Hashable {
        /// On SQLite, where each partition that is written to costs a commit a page of its own.
        package var sqlite: Int
        /// On Kafka, whose consumers may be on many machines.
        package var kafka: Int
    }

    /// A topic.
    package struct Topic: Sendable, Hashable {
        /// How many partitions it has.
        package var partitions: Partitions
        /// How long records are kept, `nil` for ever; meaningless where `compacts`.
        package var retention: Duration?
        /// Whether only the newest record of a key is kept.
        package var compacts: Bool
    }

    /// An input of a stage.
    package struct Input: Sendable, Hashable {
        /// The topic's name.
        package var topic: String
        /// How long a repeat may come after a record; `nil` where the producer cannot repeat.
        package var repeatsWithin: Duration?
    }

    /// A stage.
    package struct Stage: Sendable, Hashable {
        /// What it reads.
        package var inputs: [Input]
        /// How many processes run it.
        package var replicas: Int
        /// Records in hand at most.
        package var inFlight: Int
        /// Calls to the world at once at most.
        package var calls: Int
        /// Records a poll may bring.
        package var batch: Int
        /// How long a graceful stop waits.
        package var drain: Duration
        /// How long work is gathered after each poll that brought some, where nobody waits for it.
        package var gathering: Duration
        /// The stage's own settings, such as `burstPause`.
        package var settings: [String: Duration]
    }

    /// Stages that share a process; each has its own group, positions and state as ever.
    package struct Process: Sendable, Hashable {
        /// What the process is called.
        package var name: String
        /// The stages, as the file lists them.
        package var stages: [String]
        /// How many such processes there are.
        package var replicas: Int

        /// Describes a process.
        package init(name: String, stages: [String], replicas: Int) {
            self.name = name
            self.stages = stages
            self.replicas = replicas
        }
    }

    /// The topics by name.
    package var topics: [String: Topic]
    /// The stages by name.
    package var stages: [String: Stage]
    /// The processes that hold several stages, by name; any other stage has one of its own.
    package var shared: [String: Process]

    /// Reads a pipeline file.
    ///
    /// `known` are the names that the program knows.
    /// - Throws: ``ConfigurationError`` with every problem in the file.
    package init(
        path: String, knownTopics: [Conversation.Topic], knownStages: Set<String>
    ) throws(ConfigurationError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(path, "there is no such pipeline file, or it cannot be read")
        }
        try self.init(
            Data(data), source: path, knownTopics: knownTopics, knownStages: knownStages)
    }

    /// Reads the bytes of a pipeline file.
    package init(
        _ data: Data, source: String, knownTopics: [Conversation.Topic], knownStages: Set<String>
    ) throws(ConfigurationError) {
        let raw: JSONValue
        do {
            raw = try JSON5Text.decode(JSONValue.self, from: data)
        } catch {
            throw ConfigurationError(source, "it is not JSON5: \(Self.sentence(error))")
        }
        var reader = PipelineReader(
            knownTopics: knownTopics, knownStages: knownStages)
        let file = reader.read(raw)
        guard reader.problems.isEmpty, let file else {
            throw ConfigurationError(source, reader.problems)
        }
        self = file
    }

    init(topics: [String: Topic], stages: [String: Stage], shared: [String: Process]) {
        self.topics = topics
        self.stages = stages
        self.shared = shared
    }

    /// All processes: those of single stages in the order of `names`, then the shared ones.
    package func processes(of names: [String]) -> [Process] {
        let together = Set(shared.values.flatMap(\.stages))
        let alone = names.filter { !together.contains($0) }.map {
            Process(name: $0, stages: [$0], replicas: stages[$0]?.replicas ?? 1)
        }
        return alone + shared.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func sentence(_ error: any Error) -> String {
        if case DecodingError.dataCorrupted(let context) = error {
            return context.underlyingError.map { "\($0)" } ?? context.debugDescription
        }
        return "\(error)"
    }
}
