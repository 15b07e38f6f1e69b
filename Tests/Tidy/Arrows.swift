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
            "Conversation", "CustomerRecords", "DeskRecords", "Endpoints", "KnowledgeRecords",
            "NumberLimits", "Records", "RoutingRecords", "SQLite", "Views",
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
        "AnalyticsView": [
            "AccountRecords", "AuditRecords", "Conversation", "Endpoints", "JSON", "NumberLimits",
            "Records", "RoutingRecords", "SQLite", "ServiceLevelRecords", "TimeZones", "Views",
            "ZoneDatabase",
        ],
        "AnalyticsEndpoints": [
            "AccountCommands", "AnalyticsView", "AuditEndpoints", "AuditRecords", "Conversation",
            "Endpoints", "HTTPServer", "JSON", "SQLite", "TimeZones", "Views",
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
        "DocumentView": [
            "Conversation", "Endpoints", "JSON", "Records", "SQLite", "SiteRecords", "Views",
        ],
        "KnowledgeRecords": ["Conversation"],
        // It decides as the stages do, without a log.
        "AnswerTrial": [
            "Conversation", "OrchestratorStage", "Records", "RetrievalStage", "StageRuntime",
        ],
        "KnowledgeEndpoints": [
            "AccountCommands", "AnswerTrial", "AuditEndpoints", "AuditRecords", "Conversation",
            "ConversationView", "DocumentView", "Endpoints", "HTTPServer", "JSON",
            "KnowledgeRecords", "SQLite", "Views",
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
            "Conversation", "EventLog", "FileSignals", "LanguageModel", "PassageIndex", "Records",
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
