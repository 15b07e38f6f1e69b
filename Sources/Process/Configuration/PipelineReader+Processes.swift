import JSON

/// Which stages share a process.
extension PipelineReader {
    /// Reads the processes that hold several stages; a file may do without.
    mutating func processes(
        _ raw: JSONValue?, among stages: JSONValue?
    ) -> [String: PipelineFile.Process] {
        guard let raw else { return [:] }
        var found: [String: PipelineFile.Process] = [:]
        var places: [String: String] = [:]
        for (name, value) in members(raw, "processes") {
            let path = "processes.\(name)"
            if !Self.isName(name) || knownStages.contains(name) {
                problem(path, "should be called by small letters, and not like a stage")
            }
            guard let fields = object(value, path, keys: ["stages", "replicas"]) else { continue }
            let members = names(fields["stages"], "\(path).stages")
            for stage in members {
                if let other = places.updateValue(name, forKey: stage) {
                    problem("\(path).stages", "\(stage) stands in \(other) already")
                }
                if case .object(let whole)? = stages, case .object(let own)? = whole[stage],
                    own["replicas"] != nil
                {
                    problem(
                        "stages.\(stage).replicas", "must be left out: processes.\(name) says it")
                }
            }
            found[name] = PipelineFile.Process(
                name: name, stages: members,
                replicas: integer(fields["replicas"], "\(path).replicas", in: 0...64) ?? 1)
        }
        return found
    }

    private mutating func names(_ raw: JSONValue?, _ path: String) -> [String] {
        guard case .array(let values)? = raw, !values.isEmpty else {
            problem(path, "should be a list of stages")
            return []
        }
        return values.compactMap { value in
            guard let stage = text(value, path) else { return nil }
            guard knownStages.contains(stage) else {
                problem(path, "\(stage) is no stage of this program: \(list(knownStages))")
                return nil
            }
            return stage
        }
    }

    /// Whether a name can be a process's: it is part of files' names.
    private static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }
}
