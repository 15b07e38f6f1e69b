/// The parts of an office file that are read, unpacked together by one run of `unzip`.
struct OfficeParts {
    /// The names of the wanted parts, in the archive's order, in which `unzip -p` prints them.
    private let entries: [ZipDirectory.Entry]

    /// Those of the archive's parts that are wanted.
    init(_ directory: ZipDirectory, where isWanted: (String) -> Bool) {
        entries = directory.entries.filter { entry in
            // `unzip` takes these as patterns, and no office program writes them.
            isWanted(entry.name) && !entry.name.contains { "*?[]\\".contains($0) }
                && !entry.name.hasPrefix("-")
        }
    }

    /// Whether there is none.
    var isEmpty: Bool { entries.isEmpty }

    /// What `unzip` is told.
    var arguments: [String] { ["-p", "document.zip"] + Set(entries.map(\.name)).sorted() }

    /// The parts by name, out of what `unzip` printed: each is as long as the archive says.
    func contents(_ printed: [UInt8]) throws(DocumentTextError) -> [String: [UInt8]] {
        var parts: [String: [UInt8]] = [:]
        var rest = printed[...]
        for entry in entries {
            guard rest.count >= entry.unpackedBytes else { break }
            parts[entry.name] = Array(rest.prefix(entry.unpackedBytes))
            rest = rest.dropFirst(entry.unpackedBytes)
        }
        guard rest.isEmpty, parts.count == Set(entries.map(\.name)).count else {
            throw .broken(detail: "its parts have other lengths than its directory says.")
        }
        return parts
    }

    /// The targets of a part's relations by their ids, as names of parts.
    static func relations(
        _ part: [UInt8]?, in folder: String
    ) throws(DocumentTextError) -> [String: String] {
        guard let part else { return [:] }
        var scanner = XMLScanner(part)
        var targets: [String: String] = [:]
        while let event = try scanner.next() {
            guard case .open(let tag) = event, tag.name == "Relationship", let id = tag["Id"],
                let target = tag["Target"]
            else { continue }
            targets[id] = target.hasPrefix("/") ? String(target.dropFirst()) : folder + target
        }
        return targets
    }
}
