import Configuration
import Conversation
import FoundationEssentials

/// What decides what a stage does, besides its input: from the pipeline file and the command line.
///
/// A replay needs the settings that the stage ran with.
struct StageSettings: Hashable, Sendable, Codable {
    /// What each stage may be told, by the names in the pipeline file.
    private static let known: [StageName: Set<String>] = [
        .orchestrator: ["burstPause", "burstLimit", "turnTime"], .sender: ["settleWait"],
    ]

    /// Times in milliseconds, by name.
    private(set) var milliseconds: [String: Int64]
    /// The folder of the prompt files.
    private(set) var prompts: String

    /// Takes a stage's settings from the pipeline file, and over them those of the command line.
    ///
    /// - Throws: `ConfigurationError` naming a setting that the stage does not have.
    init(
        of name: StageName, _ stage: PipelineFile.Stage?, _ options: ProcessOptions
    ) throws(ConfigurationError) {
        prompts = options.prompts
        milliseconds = (stage?.settings ?? [:]).mapValues(\.wholeMilliseconds)
        let known = Self.known[name] ?? []
        if let odd = milliseconds.keys.sorted().first(where: { !known.contains($0) }) {
            throw ConfigurationError(
                options.pipeline,
                "stages.\(name).settings.\(odd) is no setting of the stage; it has "
                    + (known.isEmpty ? "none" : known.sorted().joined(separator: ", ")))
        }
        override(name, by: options)
    }

    /// A time, if it is set.
    subscript(_ name: String) -> Duration? { milliseconds[name].map { .milliseconds($0) } }

    private mutating func override(_ name: StageName, by options: ProcessOptions) {
        guard name == .orchestrator else { return }
        if let pause = options.burstPause { milliseconds["burstPause"] = Int64(pause) }
        if let time = options.turnTime { milliseconds["turnTime"] = Int64(time) }
    }
}

// MARK: - What a stage ran with

extension StageSettings {
    /// Keeps the settings that a stage begins to run with, for a replay.
    ///
    /// - Throws: `ConfigurationError` with the path.
    func remember(of name: StageName, in data: DataFolder) throws(ConfigurationError) {
        let path = data.settings(of: name.rawValue)
        do {
            try JSONEncoder().encode(self).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ConfigurationError(path, "cannot be written: \(error)")
        }
    }

    /// The settings to replay a stage with: those that it ran with last in this data folder, and
    /// over them what the command line names; the pipeline file's where it never ran here, or
    /// where that file is named.
    ///
    /// - Throws: `ConfigurationError` as reading the pipeline file does, or if what was kept cannot
    ///   be read.
    static func forReplay(
        of name: StageName, _ stage: PipelineFile.Stage?, _ options: ProcessOptions
    ) throws(ConfigurationError) -> StageSettings {
        let path = options.data.settings(of: name.rawValue)
        guard !options.names("pipeline"), let kept = FileManager.default.contents(atPath: path)
        else { return try StageSettings(of: name, stage, options) }
        do {
            var settings = try JSONDecoder().decode(StageSettings.self, from: kept)
            if options.names("prompts") { settings.prompts = options.prompts }
            settings.override(name, by: options)
            return settings
        } catch {
            throw ConfigurationError(path, "cannot be read: \(error)")
        }
    }
}
