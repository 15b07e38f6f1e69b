import Testing

/// Which target may import which: the floors of the tree, kept when the manifest is changed.
enum Arrows {
    /// The toolchain's modules that any target may import.
    static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "FoundationXML", "Glibc", "Musl",
        "Observation",
        "Synchronization",
    ]

    /// Each C library has one wrapper, its only importer.
    static let wrappers: [String: Set<String>] = [
        "CLibrdkafka": ["Kafka"], "CSQLite": ["SQLite"], "CLibcurl": ["HTTPClient", "SMTPClient"],
        "CLibcrypto": ["Cryptography"], "CLibuchardet": ["CharacterEncoding"],
        "CZstd": ["Zstandard"],
        "CLinux": ["HTTPServer", "FileSignals", "Kafka", "Lifecycle", "Bench"],
        "CVectors": ["PassageIndex"],
    ]

    /// What the targets of a floor may import of this package.
    private static let floors: [String: Set<String>] = [
        // The matrix of permissions is data that all edges decide by.
        "Servers": [
            "Conversation", "Cryptography", "HTTPServer", "JSON", "NetworkAddress", "Permissions",
        ],
        "Stages": ["Conversation", "JSON", "Records", "StageRuntime"],
        "Process": ["Conversation", "EventLog", "JSON"],
        "Outside": [
            "CharacterEncoding", "Confinement", "Conversation", "Cryptography", "HTTPClient",
            "JSON", "SMTPClient", "SQLite",
        ],
        // A capability's view knows no stage, and its decision no adapter.
        "Capabilities": [
            "AccountRules", "AuditRecords", "Conversation", "Cryptography", "Endpoints", "JSON",
            "NetworkAddress", "RateLimits", "Records", "SQLite", "Views",
        ],
        "Edges": [
            "AccountRules", "AuditRecords", "Blobs", "Conversation", "Cryptography", "Endpoints",
            "EventLog",
            "HTTPClient",
            "HTTPServer", "Idempotency", "JSON", "Mail", "NetworkAddress", "QRCode", "RateLimits",
            "Records", "StageRuntime", "Telemetry", "TenantDirectory", "TenantKeys", "Views",
            "WebSocket",
        ],
    ]

    /// What single targets may import of this package, instead of what their floor may.
    private static let targets: [String: Set<String>] = [
        "AuditEndpoints": [
            "AccountCommands", "AuditRecords", "AuditView", "Conversation", "Endpoints", "EventLog",
            "HTTPServer", "JSON", "Records", "SQLite", "Views",
        ],
        "InstallationEndpoints": [
            "AccountCommands", "AccountRecords", "AccountRules", "AccountView", "Conversation",
            "Cryptography", "Endpoints", "HTTPServer", "InstallationView", "JSON", "NetworkAddress",
            "Permissions", "SQLite", "Views",
        ],
        "UserEndpoints": [
            "AccountCommands", "AccountRecords", "AccountRules", "AccountView", "AuditRecords",
            "AuditView", "Conversation", "Cryptography", "Endpoints", "HTTPServer",
            "InstallationView", "JSON", "OrganisationView", "Permissions", "SQLite", "Views",
        ],
        "SimulatorForms": ["Endpoints", "JSON"],
        "SimulatorEndpoints": [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "Endpoints",
            "HTTPClient", "HTTPServer", "JSON", "SimulatorForms",
        ],
        "OutboxEndpoints": [
            "AccountCommands", "AccountRecords", "AuditRecords", "Conversation", "Cryptography",
            "Endpoints", "HTTPServer", "JSON", "Mail",
        ],
        "OperationRecords": ["Conversation"],
        "OperationReporting": ["Conversation", "OperationRecords"],
        // What a terminal shows of the log, a page shows, too.
        "OperationEndpoints": [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "Endpoints",
            "EventLog", "HTTPServer", "JSON", "OperationRecords", "OperationReporting",
            "Operations", "Records",
        ],
        "ChannelEndpoints": [
            "AccountCommands", "AuditRecords", "Conversation", "Endpoints", "HTTPServer", "JSON",
            "SQLite", "TemplateView", "Views",
        ],
        "ChannelStage": ["Conversation", "JSON", "NotificationRecords", "StageRuntime"],
        "CustomerRecords": ["Conversation"],
        "CustomerStage": ["Conversation", "CustomerRecords", "StageRuntime"],
        "CustomerEndpoints": [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "CharacterEncoding",
            "Conversation", "ConversationView", "CustomerRecords", "Endpoints", "HTTPServer",
            "JSON", "SQLite", "Views",
        ],
        "ConversationView": [
            "Conversation", "CustomerRecords", "DeskRecords", "Endpoints", "NumberLimits",
            "Records", "RoutingRecords", "SQLite", "Views",
        ],
        "DeskRecords": ["Conversation"],
        "DeskStage": ["Conversation", "DeskRecords", "StageRuntime"],
        "DeskView": ["Conversation", "DeskRecords", "Endpoints", "Records", "SQLite", "Views"],
        "DeskEndpoints": [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "DeskRecords",
            "DeskView", "Endpoints", "HTTPServer", "JSON", "SQLite", "Views",
        ],
        "SuggestionEndpoints": [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation",
            "ConversationView", "Endpoints", "HTTPServer", "JSON", "SQLite", "TimeZones", "Views",
        ],
        "ServiceLevelRecords": ["Conversation"],
        "ServiceLevelStage": [
            "Conversation", "NotificationRecords", "OpeningHours", "RoutingRecords",
            "ServiceLevelRecords", "StageRuntime", "TimeZones",
        ],
        "ServiceLevelView": [
            "Conversation", "Endpoints", "NumberLimits", "Records", "RoutingRecords", "SQLite",
            "ServiceLevelRecords", "TimeZones", "Views",
        ],
        "ServiceLevelEndpoints": [
            "Conversation", "Endpoints", "HTTPServer", "JSON", "SQLite", "ServiceLevelRecords",
            "ServiceLevelView", "TimeZones", "Views",
        ],
        "RoutingRecords": ["Conversation"],
        "SiteRecords": ["Conversation", "Cryptography"],
        "SiteStage": ["Conversation", "SiteRecords", "StageRuntime"],
        "RoutingStage": [
            "Conversation", "DeskRecords", "NotificationRecords", "OpeningHours",
            "RoutingRecords", "StageRuntime",
        ],
        "NumberLimits": [
            "Conversation", "Endpoints", "RoutingRecords", "SQLite", "Views",
        ],
        "RoutingView": [
            "Conversation", "Endpoints", "Records", "RoutingRecords", "SQLite", "Views",
        ],
        "RoutingEndpoints": [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "Endpoints",
            "HTTPServer", "JSON", "RoutingRecords", "RoutingView", "SQLite", "Views",
        ],
        "AuditRecords": ["Conversation"],
        "AuditChain": ["AuditRecords", "Conversation", "Cryptography"],
        "AuditChecking": [
            "AuditChain", "AuditRecords", "Conversation", "EventLog", "Records", "Telemetry",
        ],
        "SetUpEndpoints": [
            "AccountCommands", "AccountRecords", "AccountRules", "AuditRecords", "Conversation",
            "Cryptography", "Endpoints", "HTTPServer", "Idempotency", "JSON",
        ],
        "AuditStage": ["AuditChain", "AuditRecords", "Conversation", "StageRuntime"],
        "Permissions": ["Conversation"],
        "AccountRecords": ["AuditRecords", "Conversation", "OpeningHours", "Permissions"],
        "AccountCommands": [
            "AccountRecords", "AccountRules", "AuditRecords", "Conversation", "Cryptography",
            "Endpoints", "EventLog", "HTTPServer", "Idempotency", "JSON", "NetworkAddress",
            "Permissions", "Records", "TenantKeys", "Views",
        ],
        "OrganisationEndpoints": [
            "AccountCommands", "AccountRecords", "AccountRules", "AuditRecords", "AuditView",
            "Blobs", "Conversation", "ConversationView", "Cryptography", "DocumentView",
            "Endpoints", "HTTPServer", "JSON", "NetworkAddress", "OpeningHours",
            "OrganisationView", "Permissions", "RateLimits", "SQLite", "TimeZones", "Views",
            "ZoneDatabase",
        ],
        "OrganisationView": [
            "AccountRecords", "Conversation", "Cryptography", "Endpoints", "Permissions", "Records",
            "SQLite", "Views",
        ],
        "AccountView": [
            "AccountRecords", "Conversation", "Cryptography", "Endpoints", "JSON", "Records",
            "SQLite", "Views",
        ],
        "AccountAccess": [
            "AccountCommands", "AccountRecords", "AccountView", "AuditRecords", "Conversation",
            "Cryptography", "Endpoints", "HTTPServer", "InstallationView", "NetworkAddress",
            "OrganisationView", "Permissions", "SQLite", "Views",
        ],
        "AccountEndpoints": [
            "AccountAccess", "AccountCommands", "AccountRecords", "AccountRules", "AccountSecrets",
            "AccountView",
            "AuditRecords", "Conversation", "Cryptography", "Endpoints", "HTTPServer",
            "Idempotency", "JSON", "NetworkAddress", "OrganisationView", "Permissions",
            "RateLimits", "SQLite",
        ],
        "InstallationView": ["AccountRecords", "Conversation", "Records", "SQLite", "Views"],
        "AccountSecrets": ["AccountRecords", "Conversation", "Cryptography"],
        "OrganisationKeeping": [
            "AccountRecords", "AuditRecords", "Conversation", "EventLog", "OpeningHours", "Records",
            "Telemetry", "TimeZones", "ZoneDatabase",
        ],
        "MailerStage": [
            "AccountRecords", "Conversation", "NotificationRecords", "StageRuntime",
        ],
        "MailWriting": ["AccountRecords", "AccountRules", "Conversation", "Mail"],
        "AccountStage": [
            "AccountRecords", "AuditRecords", "Conversation", "NotificationRecords", "StageRuntime",
        ],
        "OrganisationStage": [
            "AccountRecords", "AuditRecords", "Conversation", "OpeningHours", "Permissions",
            "StageRuntime",
        ],
        // It decides by hours as it decides by settings: both are values, and no file is read.
        "HandoffStage": [
            "Conversation", "DeskRecords", "JSON", "OpeningHours", "OpeningWords", "Records",
            "RoutingRecords", "StageRuntime",
        ],
        // As above: when it is open is computed from values.
        "OrchestratorStage": [
            "Conversation", "JSON", "OpeningHours", "OpeningWords", "Records", "StageRuntime",
            "TimeZones",
        ],
        "Console": [
            "AccountAccess", "AccountCommands", "AuditRecords", "Blobs", "Conversation",
            "ConversationView", "Cryptography", "DeskRecords", "DocumentView", "Endpoints",
            "EventLog",
            "HTTPServer", "Idempotency", "JSON", "Live", "MediaSniffing", "NetworkAddress",
            "Permissions", "RateLimits", "Records", "RoutingRecords", "RoutingView", "SQLite",
            "SiteRecords", "Telemetry", "TenantDirectory", "TenantKeys", "Views", "WebPages",
            "WebSocket",
        ],
        "Live": [
            "Conversation", "Cryptography", "Endpoints", "HTTPServer", "JSON", "Permissions",
            "Views", "WebSocket",
        ],
        "NotificationRecords": ["AccountRecords", "Conversation"],
        "NotificationStage": [
            "AccountRecords", "Conversation", "NotificationRecords", "Permissions",
            "RoutingRecords", "StageRuntime",
        ],
        "NotificationView": [
            "Conversation", "Endpoints", "NotificationRecords", "Records", "SQLite", "Views",
        ],
        "NotificationEndpoints": [
            "AccountCommands", "AccountRecords", "Conversation", "Cryptography", "Endpoints",
            "HTTPServer", "JSON", "NotificationRecords", "NotificationView", "SQLite", "Views",
        ],
        // Hours stand in settings as what is reckoned with.
        "Conversation": ["JSON", "OpeningHours"],
        "PurgeRecords": ["Conversation", "TenantKeys"],
        // It takes away what others keep, so it knows more stores than any other capability.
        "TenantPurging": [
            "Blobs", "Conversation", "Cryptography", "Endpoints", "EventLog", "HTTPServer", "JSON",
            "PurgeRecords", "Records", "SQLite", "Telemetry", "TenantKeys", "Views",
        ],
        // A component that several processes use: it searches for the stages that ask.
        "KnowledgeSearch": [
            "Conversation", "EventLog", "LanguageModel", "PassageIndex", "Records",
            "RetrievalStage", "StageRuntime", "Telemetry",
        ],
        "EventLog": [],
        // Libraries that others use: addresses are the same for clients and servers, and zones'
        // rules are values apart from the files that they are read from.
        "HTTPClient": ["NetworkAddress"], "ZoneDatabase": ["TimeZones"],
        "OpeningHours": ["TimeZones"], "OpeningWords": ["OpeningHours", "TimeZones"],
        "Idempotency": ["Conversation", "Cryptography", "HTTPServer", "SQLite"],
        "Records": ["Conversation", "EventLog", "JSON", "Telemetry"],
        "TenantKeys": [
            "Conversation", "Cryptography", "EventLog", "FileSignals", "JSON", "Records",
            "Telemetry",
        ],
        "Views": [
            "Conversation", "Cryptography", "EventLog", "Records", "SQLite", "Telemetry",
        ],
        "SQLiteEventLog": ["EventLog", "FileSignals", "SQLite", "Zstandard"],
        "KafkaEventLog": ["EventLog", "FileSignals", "Kafka", "SQLite"],
        "LogURL": [
            "Configuration", "EventLog", "Kafka", "KafkaEventLog", "SQLiteEventLog", "Telemetry",
        ],
        "StageRuntime": [
            "Conversation", "EventLog", "JSON", "Lifecycle", "Records", "Telemetry",
        ],
        "Simulator": [
            "Cryptography", "Endpoints", "HTTPClient", "HTTPServer", "JSON", "MediaSniffing",
            "SimulatorForms", "WebSocket",
        ],
    ]

    /// The floors that only the executable stands above.
    static let tops: Set<String> = ["parley", "Bench"]

    /// Whether a target may import another of this package.
    static func allows(_ target: SourceTree.Module, importing name: String) -> Bool {
        if let importers = wrappers[name] { return importers.contains(target.name) }
        if target.name == "parley", name == "Bench" { return true }
        if target.name == name || tops.contains(target.name) { return !tops.contains(name) }
        if target.floor == "Libraries" { return targets[target.name]?.contains(name) ?? false }
        return (targets[target.name] ?? floors[target.floor ?? ""] ?? []).contains(name)
    }
}

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
