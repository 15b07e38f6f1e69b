import Configuration
import Conversation
import EventLog
import LogURL
import Records
import StageRuntime
import TenantKeys

/// The names of the pipeline's stages.
enum StageName: String, CaseIterable, Sendable {
    case ingester, indexer, retrieval, media, orchestrator, handoff, sender, console
    case accounts, addresses, organisations, installation, audit, mailer
    case channels, waiting, announcements, operators, notifications, identity
    case desk
    case serviceLevels = "service-levels"
    case customers, cases
    case arrivals, routing
    case sites

    /// Whether it has an HTTP face, and so a process of its own.
    var isServer: Bool { self == .ingester || self == .console }

    /// Those that read topics, and so can be repeated.
    static var replayed: [StageName] { allCases.filter { !$0.isServer } }

    /// Names in a sentence, such as `a, b or c`.
    static func words(_ names: [StageName]) -> String {
        let words = names.map(\.rawValue)
        return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
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
        for process in file.shared.values.sorted(by: { $0.name < $1.name }) {
            guard
                let server = StageName.allCases.first(where: {
                    $0.isServer && process.stages.contains($0.rawValue)
                })
            else { continue }
            throw ConfigurationError(
                path, "processes.\(process.name).stages: \(server) has a process of its own")
        }
        return file
    }

    /// All processes of an installation.
    var processes: [Process] { processes(of: StageName.allCases.map(\.rawValue)) }

    /// A process by its name, or by the name of a stage, which then runs alone.
    func process(_ name: String) -> Process? {
        if let process = shared[name] { return process }
        guard let stage = StageName(rawValue: name) else { return nil }
        return Process(name: name, stages: [stage.rawValue], replicas: 1)
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
        RunnerSettings(
            inFlight: inFlight, calls: calls, batch: batch, drain: drain, gathering: gathering)
    }
}
