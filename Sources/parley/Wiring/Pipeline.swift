import Configuration
import Conversation
import EventLog
import LogURL
import Records
import StageRuntime
import TenantKeys

/// The names of the pipeline's stages.
enum StageName: String, CaseIterable, Sendable {
    case ingester, indexer, retrieval, orchestrator, handoff, sender, console
}

extension PipelineFile {
    /// Reads the pipeline file of this program.
    static func read(_ path: String) throws(ConfigurationError) -> PipelineFile {
        let file = try PipelineFile(
            path: path, knownTopics: Array(Catalogue.types().topics.values),
            knownStages: Set(StageName.allCases.map(\.rawValue)))
        if let keys = file.topics[Conversation.Topic.keys.rawValue]?.partitions,
            keys.sqlite != 1 || keys.kafka != 1
        {
            throw ConfigurationError(
                path, "topics.keys.partitions must be 1: all readers see the keys in one order")
        }
        return file
    }

    /// The topics as a log creates them.
    func topicConfigurations(on log: LogURL) -> [TopicConfiguration] {
        topics.sorted { $0.key < $1.key }.map { name, topic in
            let partitions =
                switch log {
                case .sqlite: topic.partitions.sqlite
                case .kafka: topic.partitions.kafka
                }
            return TopicConfiguration(
                name: name, partitions: Int32(partitions),
                cleanup: topic.compacts ? .compact : .delete(retention: topic.retention))
        }
    }
}

extension PipelineFile {
    /// How many partitions a topic has on a log that has some topics already, by name; `nil` if
    /// the file decides.
    ///
    /// A topic that exists keeps what it was created with. A new one gets as many as another that
    /// the same stage reads: else a key's records would not come to one process.
    func partitions(of topic: String, beside existing: [String: Int]) -> Int? {
        if let own = existing[topic] { return own }
        let together = stages.sorted { $0.key < $1.key }.map { $0.value.inputs.map(\.topic) }
            .filter { $0.contains(topic) }
        return together.joined().compactMap { existing[$0] }.first
    }
}

extension PipelineFile.Stage {
    /// The stage's inputs as the runtime takes them.
    func inputTopics(among types: RecordTypes) -> [InputTopic] {
        inputs.compactMap { input in
            types.topics[input.topic].map {
                InputTopic($0, repeatsWithin: input.repeatsWithin)
            }
        }
    }

    /// The stage's bounds as the runtime takes them.
    var runnerSettings: RunnerSettings {
        RunnerSettings(inFlight: inFlight, calls: calls, batch: batch, drain: drain)
    }
}
