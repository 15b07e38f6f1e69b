import Testing

@Suite("Architecture")
struct ArchitectureTests {
    private let tree = SourceTree.shared

    @Test("every import follows an arrow of the layout")
    func imports() {
        var findings = Findings()
        let own = Set(tree.modules.map(\.name))
        for file in tree.sources {
            for (number, line) in file.codeLines.enumerated() {
                guard let name = Self.importedModule(line) else { continue }
                let module = file.module
                if own.contains(name) {
                    if !Arrows.allows(module, importing: name) {
                        findings.add(file.path, number, "\(module.name) may not import \(name)")
                    }
                } else if !Arrows.toolchain.contains(name) {
                    findings.add(file.path, number, "\(name) is neither ours nor the toolchain's")
                }
            }
        }
        findings.report()
    }

    @Test("the manifest gives no target a dependency that it may not import")
    func manifest() throws {
        let manifest = try #require(SourceTree.text(of: "Package.swift"))
        var findings = Findings()
        var count = 0
        let form = /module\(\s*"(\w+)"(?:,\s*on:\s*"(\w+)[\/\w]*")?(?:,\s*\[([^\]]*)\])?/
        for match in manifest.matches(of: form) {
            count += 1
            let floor = match.output.2.map(String.init)
            let module = SourceTree.Module(name: String(match.output.1), floor: floor)
            for name in (match.output.3 ?? "").matches(of: /"(\w+)"/).map({ String($0.output.1) })
            where !Arrows.allows(module, importing: name) {
                findings.add("Package.swift", "\(module.name) may not depend on \(name)")
            }
        }
        #expect(count > 15, "the manifest is no longer read rightly")
        findings.report()
    }

    @Test("a stage decides purely: no clock, chance, identifier, file, network or waiting")
    func pureStages() {
        let banned = [
            "Foundation", "Date()", "Date.now", "UUID()", "Clock", "random", "SystemRandom",
            "FileManager", "await", "async", "Task", "Mutex", "Glibc", "Dispatch",
        ]
        var findings = Findings()
        let stages = tree.sources.filter { $0.module.name.hasSuffix("Stage") }
        #expect(Set(stages.map(\.module.floor)) == ["Stages", "Capabilities"])
        for file in stages {
            for word in banned {
                for line in Search.lines(with: word, in: file) {
                    findings.add(file.path, line, "a stage has no \(word)")
                }
            }
        }
        findings.report()
    }

    @Test("a replay has nothing to reach the world with: no edge, no runner, no client, no secret")
    func replayReachesNobody() throws {
        let files = tree.sources.filter {
            $0.path.contains("/Replay/") || $0.path.hasSuffix("StageRuntime/Replay.swift")
                || $0.path.hasSuffix("ReplayWiring.swift")
                || $0.path.hasSuffix("ReplayCommand.swift")
        }
        try #require(files.count > 8, "the replay has moved: name its files here")
        let banned = [
            "perform", "Perform", "StageRunner", "StagePump", "ProcessContext", "HTTPClient",
            "WhatsAppCloudAPI", "MessagesEndpoint", "LanguageModel", "KeyRing", "SecretKeys",
            "TenantDirectory", "senderRunner",
        ]
        var findings = Findings()
        for file in files {
            for word in banned {
                for line in Search.lines(with: word, in: file) {
                    findings.add(file.path, line, "a replay has no \(word)")
                }
            }
        }
        findings.report()
    }

    @Test("C functions are called in their wrappers only")
    func wrappers() {
        let prefixes = [
            ("rd_kafka_", ["Kafka"]), ("sqlite3_", ["SQLite"]),
            ("curl_", ["HTTPClient", "SMTPClient"]), ("ZSTD_", ["Zstandard"]),
            ("EVP_", ["Cryptography"]), ("HMAC_", ["Cryptography"]), ("RAND_", ["Cryptography"]),
            ("uchardet_", ["CharacterEncoding"]), ("iconv_", ["CharacterEncoding"]),
        ]
        var findings = Findings()
        for file in tree.sources {
            for (prefix, wrappers) in prefixes where !wrappers.contains(file.module.name) {
                for line in Search.lines(with: prefix, in: file) {
                    findings.add(file.path, line, "\(prefix)… belongs into \(wrappers[0])")
                }
            }
        }
        findings.report()
    }

    /// The module that a line imports.
    private static func importedModule(_ line: String) -> String? {
        guard Search.has("import ", in: line) else { return nil }
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
            words[..<place].allSatisfy({ $0 == "package" || $0.hasPrefix("@") })
        else { return nil }
        return words[words.count - 1].split(separator: ".").first.map(String.init)
    }
}
