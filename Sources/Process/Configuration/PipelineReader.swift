import Conversation
import JSON

/// Reads a pipeline and collects every problem by its key path.
struct PipelineReader {
    private let declared: [String: Topic]
    let knownStages: Set<String>
    private(set) var problems: [String] = []

    init(knownTopics: [Topic], knownStages: Set<String>) {
        declared = Dictionary(knownTopics.map { ($0.rawValue, $0) }) { first, _ in first }
        self.knownStages = knownStages
    }

    mutating func read(_ raw: JSONValue) -> PipelineFile? {
        guard let root = object(raw, "the file", keys: ["topics", "stages", "processes"]) else {
            return nil
        }
        var topics: [String: PipelineFile.Topic] = [:]
        for (name, value) in members(root["topics"], "topics") {
            if declared[name] == nil {
                problem(
                    "topics.\(name)", "is no topic of this program: \(list(Set(declared.keys)))")
            }
            topics[name] = topic(name, value, "topics.\(name)")
        }
        for name in Set(declared.keys).subtracting(topics.keys).sorted() {
            problem("topics", "\(name) is missing")
        }
        var stages: [String: PipelineFile.Stage] = [:]
        for (name, value) in members(root["stages"], "stages") {
            if !knownStages.contains(name) {
                problem("stages.\(name)", "is no stage of this program: \(list(knownStages))")
            }
            stages[name] = stage(value, "stages.\(name)")
        }
        for name in knownStages.subtracting(stages.keys).sorted() {
            problem("stages", "\(name) is missing")
        }
        checkInputs(of: stages, topics)
        let shared = processes(root["processes"], among: root["stages"])
        return problems.isEmpty
            ? PipelineFile(topics: topics, stages: stages, shared: shared) : nil
    }

    private mutating func checkInputs(
        of stages: [String: PipelineFile.Stage], _ topics: [String: PipelineFile.Topic]
    ) {
        for (name, stage) in stages.sorted(by: { $0.key < $1.key }) {
            for input in stage.inputs where topics[input.topic] == nil {
                problem("stages.\(name).inputs", "there is no topic \(input.topic)")
            }
            let counts = stage.inputs.compactMap { topics[$0.topic]?.partitions }
            for numbers in [Set(counts.map(\.sqlite)), Set(counts.map(\.kafka))]
            where numbers.count > 1 {
                problem(
                    "stages.\(name).inputs",
                    "its topics have different numbers of partitions (\(numbers.sorted())); a "
                        + "conversation must have one owner, so make them equal")
                break
            }
        }
    }

    private mutating func topic(
        _ name: String, _ raw: JSONValue, _ path: String
    ) -> PipelineFile.Topic? {
        guard let fields = object(raw, path, keys: ["partitions", "retention", "cleanup"]) else {
            return nil
        }
        var compacts = false
        if let cleanup = fields["cleanup"] {
            compacts = text(cleanup, "\(path).cleanup") == "compact"
            if !compacts { problem("\(path).cleanup", "should be \"compact\", or be left out") }
        }
        let retention = fields["retention"].flatMap { duration($0, "\(path).retention") }
        if compacts, retention != nil {
            problem("\(path).retention", "has no meaning in a compacted topic")
        }
        if let topic = declared[name] {
            if topic.neverExpires, retention != nil {
                problem("\(path).retention", "must be left out: \(name) never expires")
            }
            if topic.isCompacted, !compacts {
                problem("\(path).cleanup", "should be \"compact\": only the newest counts")
            }
            if topic.retention == .never, compacts {
                problem("\(path).cleanup", "must be left out: every entry of \(name) stays")
            }
        }
        return PipelineFile.Topic(
            partitions: partitions(fields["partitions"] ?? .integer(1), "\(path).partitions"),
            retention: retention, compacts: compacts)
    }

    /// One number, or one for each kind of log.
    private mutating func partitions(
        _ raw: JSONValue, _ path: String
    ) -> PipelineFile.Partitions {
        let range = 1...1_000
        guard case .object = raw else {
            let number = integer(raw, path, in: range) ?? 1
            return PipelineFile.Partitions(sqlite: number, kafka: number)
        }
        let fields = object(raw, path, keys: ["sqlite", "kafka"]) ?? [:]
        for name in ["sqlite", "kafka"] where fields[name] == nil {
            problem("\(path).\(name)", "is missing; or give one number for both")
        }
        return PipelineFile.Partitions(
            sqlite: integer(fields["sqlite"], "\(path).sqlite", in: range) ?? 1,
            kafka: integer(fields["kafka"], "\(path).kafka", in: range) ?? 1)
    }

    private mutating func stage(_ raw: JSONValue, _ path: String) -> PipelineFile.Stage? {
        let keys: Set<String> = [
            "inputs", "replicas", "inFlight", "calls", "batch", "drain", "gathering", "settings",
        ]
        guard let fields = object(raw, path, keys: keys) else { return nil }
        var inputs: [PipelineFile.Input] = []
        for (name, value) in members(fields["inputs"] ?? .object([:]), "\(path).inputs") {
            let inputPath = "\(path).inputs.\(name)"
            let input = object(value, inputPath, keys: ["repeatsWithin"]) ?? [:]
            inputs.append(
                PipelineFile.Input(
                    topic: name,
                    repeatsWithin: input["repeatsWithin"].flatMap {
                        duration($0, "\(inputPath).repeatsWithin")
                    }))
        }
        var settings: [String: Duration] = [:]
        for (name, value) in members(fields["settings"] ?? .object([:]), "\(path).settings") {
            settings[name] = duration(value, "\(path).settings.\(name)")
        }
        return PipelineFile.Stage(
            inputs: inputs.sorted { $0.topic < $1.topic },
            replicas: integer(fields["replicas"], "\(path).replicas", in: 0...64) ?? 1,
            inFlight: integer(fields["inFlight"], "\(path).inFlight", in: 1...100_000) ?? 2_000,
            calls: integer(fields["calls"], "\(path).calls", in: 1...10_000) ?? 64,
            batch: integer(fields["batch"], "\(path).batch", in: 1...10_000) ?? 500,
            drain: fields["drain"].flatMap { duration($0, "\(path).drain") } ?? .seconds(10),
            gathering: fields["gathering"].flatMap { duration($0, "\(path).gathering") } ?? .zero,
            settings: settings)
    }

    // MARK: Values

    mutating func object(
        _ raw: JSONValue, _ path: String, keys: Set<String>
    ) -> [String: JSONValue]? {
        guard case .object(let fields) = raw else {
            problem(path, "should be an object")
            return nil
        }
        for key in fields.keys.sorted() where !keys.contains(key) {
            problem("\(path).\(key)", "is not known here; known are \(list(keys))")
        }
        return fields
    }

    mutating func members(
        _ raw: JSONValue?, _ path: String
    ) -> [(key: String, value: JSONValue)] {
        guard case .object(let fields)? = raw else {
            problem(path, "should be an object")
            return []
        }
        return fields.sorted { $0.key < $1.key }
    }

    mutating func text(_ raw: JSONValue, _ path: String) -> String? {
        guard case .string(let text) = raw else {
            problem(path, "should be text")
            return nil
        }
        return text
    }

    mutating func integer(
        _ raw: JSONValue?, _ path: String, in range: ClosedRange<Int>
    ) -> Int? {
        guard let raw else { return nil }
        guard let value = raw.integer, range.contains(value) else {
            problem(
                path, "should be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    private mutating func duration(_ raw: JSONValue, _ path: String) -> Duration? {
        guard case .string(let text) = raw, let duration = Self.duration(text) else {
            problem(path, "should be a time such as \"250ms\", \"10s\", \"5m\", \"2h\" or \"8d\"")
            return nil
        }
        return duration
    }

    /// Reads `250ms`, `10s`, `5m`, `2h`, `8d`.
    static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), count <= 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(count)
        case "s": return .seconds(count)
        case "m": return .seconds(count * 60)
        case "h": return .seconds(count * 3_600)
        case "d": return .seconds(count * 86_400)
        default: return nil
        }
    }

    mutating func problem(_ path: String, _ words: String) {
        // A name with a line's end in it would make two lines of one problem.
        problems.append(
            "\(path) \(words)".unicodeScalars.map { scalar in
                scalar.properties.generalCategory == .control
                    ? scalar.escaped(asASCII: true) : String(scalar)
            }.joined())
    }

    func list(_ names: Set<String>) -> String { names.sorted().joined(separator: ", ") }
}
