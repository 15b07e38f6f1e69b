// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 language mode, no warnings, every unsafe pointer marked.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Modules that simulation runs thousands of times over: optimised in debug builds, too.
let simulated: Set = [
    "Conversation", "EventLog", "JSON", "OpeningHours", "Records", "StageRuntime", "Simulation",
    "TimeZones",
]

/// The settings of a target.
func settings(of name: String) -> [SwiftSetting] {
    guard simulated.contains(name) else { return settings }
    return settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]
}

/// A C library from Debian: a module map and a header, nothing else.
func system(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Libraries/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([package])])
}

/// A target whose folder stands on its floor, `Sources/FLOOR/NAME`, or alone under `Sources`.
func module(_ name: String, on floor: String? = nil, _ dependencies: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: floor.map { "Sources/\($0)/\(name)" } ?? "Sources/\(name)",
        swiftSettings: settings(of: name))
}

/// The tests of a target, or of several together.
func tests(_ name: String, _ dependencies: [String], resources: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/\(name)", exclude: resources, swiftSettings: settings(of: name))
}

let libraries: [Target] = [
    system("CLibrdkafka", pkgConfig: "rdkafka", package: "librdkafka-dev"),
    system("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
    system("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),
    system("CLibcurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
    system("CLibcrypto", pkgConfig: "libcrypto", package: "libssl-dev"),
    system("CLibuchardet", pkgConfig: "uchardet", package: "libuchardet-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/Libraries/CLinux"),
    .systemLibrary(name: "CVectors", path: "Sources/Libraries/CVectors"),
    module("JSON", on: "Libraries"),
    module("Kafka", on: "Libraries", ["CLibrdkafka", "CLinux"]),
    module("SQLite", on: "Libraries", ["CSQLite"]),
    module("Zstandard", on: "Libraries", ["CZstd"]),
    module("FileSignals", on: "Libraries", ["CLinux"]),
    module("NetworkAddress", on: "Libraries"),
    module("HTTPClient", on: "Libraries", ["CLibcurl", "NetworkAddress"]),
    module("SMTPClient", on: "Libraries", ["CLibcurl"]),
    module("Cryptography", on: "Libraries", ["CLibcrypto"]),
    module("CharacterEncoding", on: "Libraries", ["CLibuchardet"]),
    module("MediaSniffing", on: "Libraries"),
    module("TimeZones", on: "Libraries"),
    module("ZoneDatabase", on: "Libraries", ["TimeZones"]),
    module("OpeningHours", on: "Libraries", ["TimeZones"]),
    module("OpeningWords", on: "Libraries", ["OpeningHours", "TimeZones"]),
]

let servers: [Target] = [
    module("HTTPServer", on: "Servers", ["CLinux", "NetworkAddress"]),
    module("WebSocket", on: "Servers", ["Cryptography", "HTTPServer"]),
    module(
        "Endpoints", on: "Servers",
        ["Conversation", "Cryptography", "HTTPServer", "JSON", "Permissions"]),
    module("RateLimits", on: "Servers", ["Conversation"]),
    module(
        "Idempotency", on: "Servers", ["Conversation", "Cryptography", "HTTPServer", "SQLite"]),
]

let log: [Target] = [
    module("Conversation", ["JSON", "OpeningHours"]),
    module("EventLog", on: "Log"),
    module("Records", on: "Log", ["Conversation", "EventLog", "Telemetry"]),
    module(
        "TenantKeys", on: "Log",
        [
            "Conversation", "Cryptography", "EventLog", "FileSignals", "JSON", "Records",
            "Telemetry",
        ]),
    module("SQLiteEventLog", on: "Log", ["EventLog", "SQLite", "FileSignals", "Zstandard"]),
    module("KafkaEventLog", on: "Log", ["EventLog", "Kafka", "SQLite"]),
]

let process: [Target] = [
    module("Telemetry", on: "Process", ["JSON"]),
    module("Lifecycle", on: "Process", ["CLinux"]),
    module("Configuration", on: "Process", ["Conversation", "JSON"]),
    module(
        "LogURL", on: "Log",
        ["Configuration", "EventLog", "Kafka", "KafkaEventLog", "SQLiteEventLog", "Telemetry"]),
]

let stages: [Target] = [
    module(
        "StageRuntime", on: "Stages",
        ["Conversation", "EventLog", "JSON", "Records", "Telemetry"]),
    module(
        "HandoffStage", on: "Stages",
        [
            "Conversation", "DeskRecords", "OpeningHours", "OpeningWords", "Records",
            "RoutingRecords", "StageRuntime",
        ]),
    module("IdentityStage", on: "Stages", ["Conversation", "Records", "StageRuntime"]),
    module("IndexerStage", on: "Stages", ["Conversation", "Records", "StageRuntime"]),
    module("SenderStage", on: "Stages", ["Conversation", "Records", "StageRuntime"]),
    module("MediaStage", on: "Stages", ["Conversation", "Records", "StageRuntime"]),
    module(
        "TemplateView", on: "Capabilities/Channels",
        ["Conversation", "Endpoints", "Records", "SQLite", "Views"]),
    module(
        "ChannelEndpoints", on: "Capabilities/Channels",
        [
            "AccountCommands", "AuditRecords", "Conversation", "Endpoints", "HTTPServer", "JSON",
            "SQLite", "TemplateView", "Views",
        ]),
    module(
        "ChannelStage", on: "Capabilities/Channels",
        ["Conversation", "JSON", "NotificationRecords", "StageRuntime"]),
    module("CustomerRecords", on: "Capabilities/Customers", ["Conversation"]),
    module(
        "CustomerStage", on: "Capabilities/Customers",
        ["Conversation", "CustomerRecords", "StageRuntime"]),
    module(
        "CustomerEndpoints", on: "Capabilities/Customers",
        [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "CharacterEncoding",
            "Conversation", "ConversationView", "CustomerRecords", "Endpoints", "HTTPServer",
            "JSON", "SQLite", "Views",
        ]),
    module(
        "SuggestionEndpoints", on: "Capabilities/Conversations",
        [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation",
            "ConversationView", "Endpoints", "HTTPServer", "JSON", "SQLite", "TimeZones", "Views",
        ]),
    module("DeskRecords", on: "Capabilities/Desk", ["Conversation"]),
    module(
        "DeskStage", on: "Capabilities/Desk", ["Conversation", "DeskRecords", "StageRuntime"]),
    module(
        "DeskView", on: "Capabilities/Desk",
        ["Conversation", "DeskRecords", "Endpoints", "Records", "SQLite", "Views"]),
    module(
        "DeskEndpoints", on: "Capabilities/Desk",
        [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "DeskRecords",
            "DeskView", "Endpoints", "HTTPServer", "JSON", "SQLite", "Views",
        ]),
    module(
        "ServiceLevelRecords", on: "Capabilities/ServiceLevels",
        ["Conversation"]),
    module(
        "ServiceLevelStage", on: "Capabilities/ServiceLevels",
        [
            "Conversation", "NotificationRecords", "OpeningHours", "RoutingRecords",
            "ServiceLevelRecords", "StageRuntime", "TimeZones",
        ]),
    module(
        "ServiceLevelView", on: "Capabilities/ServiceLevels",
        [
            "Conversation", "Endpoints", "NumberLimits", "Records", "RoutingRecords", "SQLite",
            "ServiceLevelRecords", "TimeZones", "Views",
        ]),
    module(
        "ServiceLevelEndpoints", on: "Capabilities/ServiceLevels",
        [
            "Conversation", "Endpoints", "HTTPServer", "JSON", "SQLite", "ServiceLevelRecords",
            "ServiceLevelView", "TimeZones", "Views",
        ]),
    module(
        "AnalyticsView", on: "Capabilities/Analytics",
        [
            "AccountRecords", "AuditRecords", "Conversation", "Endpoints", "JSON", "NumberLimits",
            "Records", "RoutingRecords", "SQLite", "ServiceLevelRecords", "TimeZones", "Views",
            "ZoneDatabase",
        ]),
    module(
        "AnalyticsEndpoints", on: "Capabilities/Analytics",
        [
            "AccountCommands", "AnalyticsView", "AuditEndpoints", "AuditRecords", "Conversation",
            "Endpoints", "HTTPServer", "JSON", "SQLite", "TimeZones", "Views",
        ]),
    module("RoutingRecords", on: "Capabilities/Routing", ["Conversation"]),
    module(
        "RoutingStage", on: "Capabilities/Routing",
        [
            "Conversation", "DeskRecords", "NotificationRecords", "OpeningHours",
            "RoutingRecords", "StageRuntime",
        ]),
    module(
        "NumberLimits", on: "Capabilities/Routing",
        ["Conversation", "Endpoints", "RoutingRecords", "SQLite", "Views"]),
    module(
        "RoutingView", on: "Capabilities/Routing",
        ["Conversation", "Endpoints", "Records", "RoutingRecords", "SQLite", "Views"]),
    module(
        "RoutingEndpoints", on: "Capabilities/Routing",
        [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "Endpoints",
            "HTTPServer", "JSON", "RoutingRecords", "RoutingView", "SQLite", "Views",
        ]),
    module("SiteRecords", on: "Capabilities/Knowledge", ["Conversation", "Cryptography"]),
    module(
        "SiteStage", on: "Capabilities/Knowledge",
        ["Conversation", "SiteRecords", "StageRuntime"]),
    module("RetrievalStage", on: "Stages", ["Conversation", "Records", "StageRuntime"]),
    module(
        "OrchestratorStage", on: "Stages",
        [
            "Conversation", "JSON", "OpeningHours", "OpeningWords", "Records", "StageRuntime",
            "TimeZones",
        ]),
]

let views: [Target] = [
    module(
        "Views", on: "Log",
        ["Conversation", "Cryptography", "EventLog", "Records", "SQLite", "Telemetry"]),
    module(
        "ConversationView", on: "Capabilities/Conversations",
        [
            "Conversation", "CustomerRecords", "DeskRecords", "Endpoints", "KnowledgeRecords",
            "NumberLimits", "Records", "RoutingRecords", "SQLite", "Views",
        ]),
    module(
        "DocumentView", on: "Capabilities/Knowledge",
        ["Conversation", "Endpoints", "JSON", "Records", "SQLite", "SiteRecords", "Views"]),
    module("KnowledgeRecords", on: "Capabilities/Knowledge", ["Conversation"]),
    module(
        "AnswerTrial", on: "Capabilities/Knowledge",
        ["Conversation", "OrchestratorStage", "Records", "RetrievalStage", "StageRuntime"]),
    module(
        "KnowledgeEndpoints", on: "Capabilities/Knowledge",
        [
            "AccountCommands", "AnswerTrial", "AuditEndpoints", "AuditRecords", "Conversation",
            "ConversationView", "DocumentView", "Endpoints", "HTTPServer", "JSON",
            "KnowledgeRecords", "SQLite", "Views",
        ]),
    module(
        "AccountRules", on: "Capabilities/Accounts",
        ["Conversation", "Cryptography", "NetworkAddress", "RateLimits"]),
    module("AuditRecords", on: "Capabilities/Audit", ["Conversation"]),
    module(
        "AuditChain", on: "Capabilities/Audit", ["AuditRecords", "Conversation", "Cryptography"]),
    module(
        "AuditChecking", on: "Capabilities/Audit",
        ["AuditChain", "AuditRecords", "Conversation", "EventLog", "Records", "Telemetry"]),
    module(
        "SetUpEndpoints", on: "Capabilities/Accounts",
        [
            "AccountCommands", "AccountRecords", "AccountRules", "AuditRecords", "Conversation",
            "Cryptography", "Endpoints", "HTTPServer", "Idempotency", "JSON",
        ]),
    module(
        "AuditStage", on: "Capabilities/Audit",
        ["AuditChain", "AuditRecords", "Conversation", "StageRuntime"]),
    module("Permissions", on: "Capabilities/Accounts", ["Conversation"]),
    module(
        "AccountRecords", on: "Capabilities/Accounts",
        ["AuditRecords", "Conversation", "OpeningHours", "Permissions"]),
    module(
        "AccountStage", on: "Capabilities/Accounts",
        [
            "AccountRecords", "AuditRecords", "Conversation", "NotificationRecords", "StageRuntime",
        ]),
    module(
        "OrganisationStage", on: "Capabilities/Accounts",
        [
            "AccountRecords", "AuditRecords", "Conversation", "OpeningHours", "Permissions",
            "StageRuntime",
        ]),
    module(
        "AccountSecrets", on: "Capabilities/Accounts",
        ["AccountRecords", "Conversation", "Cryptography"]),
    module(
        "OrganisationKeeping", on: "Capabilities/Accounts",
        [
            "AccountRecords", "AuditRecords", "Conversation", "EventLog", "OpeningHours",
            "Records", "Telemetry", "TimeZones", "ZoneDatabase",
        ]),
    module(
        "MailerStage", on: "Capabilities/Mailing",
        ["AccountRecords", "Conversation", "NotificationRecords", "StageRuntime"]),
    module(
        "MailWriting", on: "Capabilities/Mailing",
        ["AccountRecords", "AccountRules", "Conversation", "Mail"]),
    module(
        "AccountCommands", on: "Capabilities/Accounts",
        [
            "AccountRecords", "AccountRules", "AuditRecords", "Conversation", "Cryptography",
            "Endpoints", "EventLog", "HTTPServer", "Idempotency", "JSON", "NetworkAddress",
            "Permissions", "Records", "TenantKeys", "Views",
        ]),
    module(
        "AccountView", on: "Capabilities/Accounts",
        [
            "AccountRecords", "Conversation", "Cryptography", "Endpoints", "JSON", "Records",
            "SQLite", "Views",
        ]),
    module(
        "AccountAccess", on: "Capabilities/Accounts",
        [
            "AccountCommands", "AccountRecords", "AccountView", "AuditRecords", "Conversation",
            "Cryptography", "Endpoints", "HTTPServer", "InstallationView", "NetworkAddress",
            "OrganisationView", "Permissions", "SQLite", "Views",
        ]),
    module(
        "AccountEndpoints", on: "Capabilities/Accounts",
        [
            "AccountAccess", "AccountCommands", "AccountRecords", "AccountRules", "AccountSecrets",
            "AccountView",
            "AuditRecords", "Conversation", "Cryptography", "Endpoints", "HTTPServer",
            "Idempotency", "JSON", "NetworkAddress", "OrganisationView", "Permissions",
            "RateLimits", "SQLite",
        ]),
    module(
        "InstallationView", on: "Capabilities/Accounts",
        ["AccountRecords", "Conversation", "Records", "SQLite", "Views"]),
    module(
        "OrganisationView", on: "Capabilities/Accounts",
        [
            "AccountRecords", "Conversation", "Cryptography", "Endpoints", "Permissions", "Records",
            "SQLite", "Views",
        ]),
    module(
        "OrganisationEndpoints", on: "Capabilities/Accounts",
        [
            "AccountCommands", "AccountRecords", "AccountRules", "AuditRecords", "AuditView",
            "Blobs", "Conversation", "ConversationView", "Cryptography", "DocumentView",
            "Endpoints", "HTTPServer", "JSON", "OpeningHours", "OrganisationView", "Permissions",
            "RateLimits", "SQLite", "TimeZones", "Views", "ZoneDatabase",
        ]),
    module(
        "AuditView", on: "Capabilities/Audit",
        [
            "AuditRecords", "Conversation", "Cryptography", "Endpoints", "Records", "SQLite",
            "Views",
        ]),
    module(
        "AuditEndpoints", on: "Capabilities/Audit",
        [
            "AccountCommands", "AuditRecords", "AuditView", "Conversation", "Endpoints", "EventLog",
            "HTTPServer", "JSON", "Records", "SQLite", "Views",
        ]),
    module(
        "InstallationEndpoints", on: "Capabilities/Installation",
        [
            "AccountCommands", "AccountRecords", "AccountView", "Conversation",
            "Cryptography", "Endpoints", "HTTPServer", "InstallationView", "JSON", "NetworkAddress",
            "Permissions", "SQLite", "Views",
        ]),
    module(
        "UserEndpoints", on: "Capabilities/Users",
        [
            "AccountCommands", "AccountRecords", "AccountView", "AuditRecords",
            "AuditView", "Conversation", "Cryptography", "Endpoints", "HTTPServer",
            "InstallationView", "JSON", "OrganisationView", "Permissions", "SQLite", "Views",
        ]),
    module("SimulatorForms", on: "Capabilities/Simulator", ["Endpoints", "JSON"]),
    module(
        "SimulatorEndpoints", on: "Capabilities/Simulator",
        [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "Endpoints",
            "HTTPClient", "HTTPServer", "JSON", "SimulatorForms",
        ]),
    module(
        "OutboxEndpoints", on: "Capabilities/Outbox",
        [
            "AccountCommands", "AccountRecords", "AuditRecords", "Conversation", "Cryptography",
            "Endpoints", "HTTPServer", "JSON", "Mail",
        ]),
    module("OperationRecords", on: "Capabilities/Operations", ["Conversation"]),
    module(
        "OperationReporting", on: "Capabilities/Operations", ["Conversation", "OperationRecords"]),
    module(
        "NotificationRecords", on: "Capabilities/Notifications",
        ["AccountRecords", "Conversation"]),
    module(
        "NotificationStage", on: "Capabilities/Notifications",
        [
            "AccountRecords", "Conversation", "NotificationRecords", "Permissions",
            "RoutingRecords", "StageRuntime",
        ]),
    module(
        "NotificationView", on: "Capabilities/Notifications",
        ["Conversation", "Endpoints", "NotificationRecords", "Records", "SQLite", "Views"]),
    module(
        "NotificationEndpoints", on: "Capabilities/Notifications",
        [
            "AccountCommands", "AccountRecords", "Conversation", "Cryptography", "Endpoints",
            "HTTPServer", "JSON", "NotificationRecords", "NotificationView", "SQLite", "Views",
        ]),
    module(
        "PurgeRecords", on: "Capabilities/Purge", ["Conversation", "TenantKeys"]),
    module(
        "TenantPurging", on: "Capabilities/Purge",
        [
            "Blobs", "Conversation", "Cryptography", "Endpoints", "EventLog", "HTTPServer", "JSON",
            "PurgeRecords", "Records", "SQLite", "Telemetry", "TenantKeys", "Views",
        ]),
    module(
        "KnowledgeSearch", on: "Capabilities/Knowledge",
        [
            "Conversation", "EventLog", "FileSignals", "LanguageModel", "PassageIndex", "Records",
            "RetrievalStage", "StageRuntime", "Telemetry",
        ]),
]

let outside: [Target] = [
    module("Confinement", on: "Outside"),
    module("DocumentText", on: "Outside", ["CharacterEncoding", "Confinement"]),
    module("QRCode", on: "Outside", ["Confinement"]),
    module("WebPages", on: "Outside", ["HTTPClient"]),
    module("Mail", on: "Outside", ["Conversation", "Cryptography", "SMTPClient"]),
    module("PassageIndex", on: "Outside", ["CVectors", "Conversation", "Cryptography"]),
    module("WhatsAppCloudAPI", on: "Outside", ["Conversation", "HTTPClient", "JSON"]),
    module(
        "Simulator",
        [
            "Cryptography", "Endpoints", "HTTPClient", "HTTPServer", "JSON", "MediaSniffing",
            "SimulatorForms",
        ]),
    module("LanguageModel", on: "Outside", ["Conversation", "HTTPClient", "JSON"]),
    module("Blobs", on: "Outside", ["Conversation", "Cryptography", "HTTPClient"]),
]

/// What tests share; the program never links it.
let testing: [Target] = [
    .target(name: "BrokerRelay", path: "Tests/Broker/Relay", swiftSettings: settings),
    .target(
        name: "PipelineTesting",
        dependencies: [
            "AccountRecords", "AuditRecords", "BrokerRelay", "Conversation", "Cryptography",
            "CustomerRecords", "DeskRecords", "EventLog", "Kafka", "KafkaEventLog",
            "NotificationRecords", "OperationRecords", "PurgeRecords", "Records", "RoutingRecords",
            "KnowledgeRecords", "ServiceLevelRecords", "SiteRecords",
            "SQLiteEventLog", "TenantKeys",
        ],
        path: "Tests/PipelineTesting", swiftSettings: settings),
]

let edges: [Target] = [
    module(
        "Live", on: "Edges",
        [
            "Conversation", "Cryptography", "Endpoints", "HTTPServer", "JSON", "Permissions",
            "Views", "WebSocket",
        ]),
    module(
        "Operations", on: "Edges",
        [
            "AuditRecords", "Conversation", "EventLog", "JSON", "Records", "StageRuntime",
            "Telemetry", "TenantKeys",
        ]),
    module(
        "OperationEndpoints", on: "Capabilities/Operations",
        [
            "AccountCommands", "AuditEndpoints", "AuditRecords", "Conversation", "Endpoints",
            "EventLog", "HTTPServer", "JSON", "OperationRecords", "OperationReporting",
            "Operations", "Records",
        ]),
    module("TenantDirectory", on: "Edges", ["Conversation", "Cryptography"]),
    module(
        "Ingester", on: "Edges",
        [
            "Conversation", "Cryptography", "EventLog", "HTTPServer", "JSON", "Records",
            "Telemetry", "TenantDirectory", "TenantKeys",
        ]),
    module(
        "Console", on: "Edges",
        [
            "AccountAccess", "AccountCommands", "AuditRecords", "Blobs", "Conversation",
            "ConversationView", "Cryptography", "DeskRecords", "DocumentView", "Endpoints",
            "EventLog",
            "HTTPServer", "Idempotency", "JSON", "Live", "MediaSniffing", "NetworkAddress",
            "Permissions", "RateLimits", "Records", "RoutingRecords", "RoutingView", "SQLite",
            "SiteRecords", "Telemetry", "TenantDirectory", "TenantKeys", "Views", "WebPages",
            "WebSocket",
        ]),
]

/// The measurements, which run as commands of the program.
let measuring: Target = module(
    "Bench",
    [
        "AccountRecords", "AnalyticsView", "AuditRecords", "CLinux", "Configuration",
        "Conversation", "ConversationView", "Cryptography", "EventLog", "HTTPClient",
        "HTTPServer", "Ingester", "JSON", "LanguageModel", "Lifecycle", "LogURL", "Operations",
        "PassageIndex", "Permissions", "Records", "SQLite", "SQLiteEventLog", "StageRuntime",
        "Telemetry", "TenantDirectory", "TenantKeys", "Views",
    ])

/// What must hold for any bytes from outside; the suite tries it on kept inputs, `Tests/fuzz` on
/// new ones.
let properties: Target = .target(
    name: "FuzzProperties",
    dependencies: [
        "Configuration", "Conversation", "DocumentText", "EventLog", "HTTPServer", "Ingester",
        "JSON",
        "Records", "TenantKeys", "WebSocket",
    ],
    path: "Tests/Fuzz/Properties", swiftSettings: settings)

/// Wrong and hostile bytes, each with its one right outcome: over the parsers, and over sockets.
let wireCases: Target = .target(
    name: "WireCases", dependencies: ["WebSocket"], path: "Tests/WireCases",
    swiftSettings: settings)

/// Drives a browser, for the tests of pages.
let browser: Target = .target(
    name: "Browser",
    dependencies: ["Cryptography", "HTTPClient", "JSON", "Lifecycle", "PipelineTesting"],
    path: "Tests/Browser", exclude: ["ClientTests"], swiftSettings: settings)

/// The fuzzer; only `Tests/fuzz` builds it, for it links with libFuzzer alone.
let fuzzer: [Target] =
    Context.environment["PARLEY_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzzer", dependencies: ["FuzzProperties"], path: "Tests/Fuzz/Program",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
    ]

/// The one program: the only target that sees both a stage and an adapter.
let program: Target = .executableTarget(
    name: "parley",
    dependencies: [
        "AccountAccess", "AccountCommands", "AccountEndpoints", "AccountRecords",
        "AccountSecrets", "AccountStage", "AccountView", "AnalyticsEndpoints", "AnalyticsView",
        "AuditChain", "AuditChecking", "AuditEndpoints", "AuditRecords", "AuditStage", "AuditView",
        "Bench", "Blobs", "ChannelEndpoints", "ChannelStage", "Configuration", "Console",
        "Conversation", "ConversationView",
        "Cryptography", "CustomerEndpoints", "CustomerRecords", "CustomerStage", "DeskEndpoints",
        "DeskRecords", "DeskStage", "DeskView", "DocumentText",
        "DocumentView",
        "Endpoints", "EventLog", "FileSignals",
        "HandoffStage", "HTTPClient", "HTTPServer", "Idempotency", "IdentityStage", "IndexerStage",
        "Ingester",
        "InstallationEndpoints", "InstallationView",
        "JSON", "AnswerTrial", "KnowledgeEndpoints", "KnowledgeRecords", "KnowledgeSearch",
        "LanguageModel",
        "Lifecycle", "Live", "LogURL", "Mail", "MailWriting", "MailerStage", "MediaSniffing",
        "MediaStage", "NetworkAddress",
        "NotificationEndpoints", "NotificationRecords", "NotificationStage", "NotificationView",
        "OperationEndpoints", "OperationRecords", "OperationReporting",
        "Operations", "OrchestratorStage", "OrganisationEndpoints", "OrganisationKeeping",
        "OrganisationStage", "OrganisationView", "OutboxEndpoints", "PassageIndex",
        "Permissions", "PurgeRecords", "QRCode",
        "Records", "RetrievalStage", "RoutingEndpoints", "RoutingRecords", "RoutingStage",
        "RoutingView", "SMTPClient", "SQLite", "SenderStage",
        "ServiceLevelEndpoints", "ServiceLevelRecords", "ServiceLevelStage", "ServiceLevelView",
        "SetUpEndpoints",
        "Simulator", "SimulatorEndpoints", "SiteRecords", "SiteStage", "StageRuntime",
        "SuggestionEndpoints",
        "Telemetry", "TemplateView", "TenantDirectory", "TenantKeys", "TenantPurging", "TimeZones",
        "UserEndpoints",
        "Views", "WebPages", "WebSocket", "WhatsAppCloudAPI", "ZoneDatabase",
    ],
    path: "Sources/parley", swiftSettings: settings,
    linkerSettings: [.unsafeFlags(["-use-ld=lld"])])

/// Parley under faults: a program of its own, and the checker that judges what was seen.
let chaos: [Target] = [
    .target(
        name: "ChaosChecker", path: "Tests/Chaos/Checker", swiftSettings: settings),
    .executableTarget(
        name: "chaos",
        dependencies: [
            "BrokerRelay", "ChaosChecker", "CLinux", "HTTPClient", "Lifecycle", "Simulator",
            "WebSocket",
        ],
        path: "Tests/Chaos/Run", swiftSettings: settings),
    .testTarget(
        name: "ChaosCheckerTests", dependencies: ["ChaosChecker"],
        path: "Tests/Chaos/CheckerTests", swiftSettings: settings),
]

/// What `Tests/broker` runs before its noida-db.
let relay: Target = .executableTarget(
    name: "relay", dependencies: ["BrokerRelay"], path: "Tests/Broker/Program",
    swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])

let targets: [Target] =
    libraries + servers + log + process + stages + views + outside + edges + testing
    + [measuring, program, properties, wireCases, browser, relay] + chaos + fuzzer

let checks: [Target] = [
    .testTarget(
        name: "BrowserTests", dependencies: ["Browser", "HTTPServer", "JSON", "PipelineTesting"],
        path: "Tests/Browser/ClientTests", swiftSettings: settings),
    .testTarget(
        name: "FuzzTests", dependencies: ["FuzzProperties"], path: "Tests/Fuzz/Replay",
        swiftSettings: settings),
    tests(
        "Operations",
        [
            "AuditRecords", "OperationEndpoints", "Operations", "Conversation", "EventLog", "JSON",
            "PipelineTesting", "Records",
            "RetrievalStage", "SQLiteEventLog", "StageRuntime", "Telemetry", "TenantKeys",
        ]),
    tests(
        "Ingester",
        [
            "Ingester", "Conversation", "Cryptography", "EventLog", "HTTPClient", "HTTPServer",
            "JSON", "PipelineTesting", "Records", "Telemetry", "TenantDirectory", "TenantKeys",
        ], resources: ["Fixtures"]),
    tests("OperationReporting", ["Conversation", "OperationRecords", "OperationReporting"]),
    tests("Tidy", []),
    tests(
        "Views",
        [
            "AuditRecords", "Views", "Conversation", "EventLog", "PipelineTesting", "Records",
            "SQLite",
            "Telemetry",
        ]),
    tests(
        "ConversationView",
        [
            "ConversationView", "Conversation", "Endpoints", "EventLog", "PipelineTesting",
            "Records", "SQLite", "SuggestionEndpoints", "Telemetry", "TimeZones", "Views",
        ]),
    tests(
        "DocumentView",
        ["DocumentView", "Conversation", "Endpoints", "Records", "SQLite", "SiteRecords", "Views"]),
    tests(
        "TenantKeys",
        [
            "TenantKeys", "Conversation", "Cryptography", "EventLog", "JSON", "PipelineTesting",
            "Records", "Telemetry",
        ]),
    tests(
        "TenantPurging",
        [
            "Blobs", "Conversation", "Cryptography", "EventLog", "Mail", "PassageIndex",
            "PipelineTesting", "PurgeRecords", "Records", "SQLite", "Telemetry", "TenantKeys",
            "TenantPurging",
            "Views",
        ]),
    tests("Bench", ["Bench", "Conversation", "Operations"]),
    tests("Telemetry", ["Telemetry"]),
    tests(
        "parley",
        [
            "AccountRecords", "AuditEndpoints", "AuditRecords", "AuditView", "parley",
            "Configuration", "Console", "Conversation", "ConversationView", "CustomerRecords",
            "DeskRecords",
            "DocumentView", "Endpoints", "EventLog", "HTTPClient", "HTTPServer", "JSON", "Live",
            "LogURL", "NotificationRecords",
            "Operations", "Permissions", "PipelineTesting", "Records", "RoutingRecords", "SQLite",
            "ServiceLevelEndpoints", "ServiceLevelRecords", "Simulator", "StageRuntime",
            "Telemetry", "TenantKeys", "Views",
        ]),
    tests("WebPages", ["WebPages", "HTTPClient", "NetworkAddress"]),
    tests(
        "KnowledgeSearch",
        [
            "KnowledgeSearch", "Conversation", "Cryptography", "EventLog", "PassageIndex",
            "PipelineTesting", "Records", "Telemetry",
        ]),
    tests(
        "Knowledge",
        ["Conversation", "ConversationView", "KnowledgeEndpoints", "KnowledgeRecords"]),
    tests("LogURL", ["LogURL", "Configuration"]),
    tests(
        "Console",
        [
            "AccountCommands", "AuditRecords", "AuditEndpoints", "AuditView", "Blobs", "Console",
            "Conversation", "ConversationView",
            "Cryptography", "DeskRecords", "DocumentView", "Endpoints", "EventLog", "HTTPClient",
            "HTTPServer",
            "HandoffStage", "JSON", "Live", "PipelineTesting", "RateLimits", "Records",
            "RoutingRecords", "RoutingStage", "RoutingView", "SQLite", "SiteRecords",
            "StageRuntime", "TenantKeys",
            "Telemetry", "TenantDirectory", "Views", "WebSocket", "WebPages",
        ]),
    tests(
        "Notifications",
        [
            "AccountCommands", "AccountRecords", "AccountStage", "Conversation", "Cryptography",
            "Endpoints", "EventLog",
            "HTTPClient", "HTTPServer", "JSON", "NotificationEndpoints", "NotificationRecords",
            "NotificationStage", "NotificationView", "Permissions", "PipelineTesting", "Records",
            "RoutingRecords", "StageRuntime", "Telemetry", "Views",
        ]),
    tests("Live", ["Conversation", "JSON", "Live", "Views", "WebSocket"]),
    tests(
        "Configuration",
        ["AuditRecords", "PipelineTesting", "Records", "Configuration", "Conversation"]),
    tests("Lifecycle", ["Lifecycle"]),
    tests("Kafka", ["CLibrdkafka", "Kafka", "EventLog"]),
    tests("BrokerRelay", ["BrokerRelay", "Kafka", "PipelineTesting"]),
    tests("KafkaEventLog", ["EventLog", "Kafka", "KafkaEventLog", "PipelineTesting", "SQLite"]),
    tests("JSON", ["JSON"]),
    tests("SQLite", ["SQLite"]),
    tests("EventLogConformance", ["EventLog", "PipelineTesting"]),
    tests("SQLiteEventLog", ["EventLog", "SQLiteEventLog", "PipelineTesting", "SQLite"]),
    tests("NetworkAddress", ["NetworkAddress"]),
    tests("HTTPClient", ["HTTPClient", "HTTPServer", "NetworkAddress"]),
    tests("RateLimits", ["Conversation", "RateLimits"]),
    tests("Idempotency", ["Conversation", "Cryptography", "HTTPServer", "Idempotency"]),
    tests("AccountRules", ["AccountRules", "Conversation", "Cryptography", "NetworkAddress"]),
    tests("Mail", ["Conversation", "Mail", "PipelineTesting", "SMTPClient"]),
    tests(
        "AccountView",
        [
            "AccountRecords", "AccountView", "Conversation", "Endpoints", "HTTPServer",
            "Permissions", "Records", "SQLite", "Views",
        ]),
    tests(
        "AccountEndpoints",
        [
            "AccountAccess", "AccountCommands", "AccountEndpoints", "AccountRecords",
            "AccountStage", "AccountView", "AuditRecords", "AuditView", "Blobs", "Console",
            "Conversation", "ConversationView", "Cryptography", "DocumentView", "Endpoints",
            "EventLog", "HTTPClient", "HTTPServer", "Idempotency", "InstallationEndpoints",
            "InstallationView", "JSON",
            "OrganisationEndpoints", "OrganisationStage", "OrganisationView", "Permissions",
            "PipelineTesting", "Records", "StageRuntime", "Telemetry", "TenantDirectory",
            "TenantKeys", "UserEndpoints", "Views",
        ]),
    tests("QRCode", ["Confinement", "QRCode"]),
    tests("Cryptography", ["Cryptography"]),
    tests(
        "Blobs", ["Blobs", "Conversation", "Cryptography", "HTTPClient", "PipelineTesting"]),
    tests("CharacterEncoding", ["CharacterEncoding"]),
    tests("HTTPServer", ["HTTPServer", "NetworkAddress", "WireCases"]),
    tests("WebSocket", ["WebSocket", "HTTPServer", "WireCases"]),
    tests("Endpoints", ["Endpoints", "Conversation", "HTTPServer", "JSON", "Permissions"]),
    tests(
        "PassageIndex",
        ["PassageIndex", "CVectors", "Conversation", "Cryptography", "DocumentText", "SQLite"],
        resources: ["Fixtures"]),
    tests("LanguageModel", ["Conversation", "LanguageModel", "HTTPClient", "HTTPServer", "JSON"]),
    tests(
        "DocumentText", ["CharacterEncoding", "Confinement", "DocumentText"],
        resources: ["Fixtures"]),
    tests(
        "HandoffStage",
        [
            "HandoffStage", "Conversation", "DeskRecords", "JSON", "OpeningHours", "OpeningWords",
            "Records", "RoutingRecords",
            "StageRuntime", "TimeZones", "ZoneDatabase",
        ],
        resources: ["Recorded"]),
    tests(
        "IndexerStage",
        [
            "PipelineTesting", "IndexerStage", "Configuration", "Conversation", "Records",
            "StageRuntime",
        ]),
    tests(
        "SenderStage", ["SenderStage", "Conversation", "JSON", "Records", "StageRuntime"],
        resources: ["Recorded"]),
    tests(
        "ChannelStage",
        ["ChannelStage", "Conversation", "JSON", "NotificationRecords", "Records", "StageRuntime"]),
    tests(
        "Customers",
        [
            "Conversation", "ConversationView", "CustomerEndpoints", "CustomerRecords",
            "CustomerStage", "DeskRecords", "Endpoints", "PipelineTesting", "Records", "SQLite",
            "StageRuntime", "Views",
        ]),
    tests(
        "Desk",
        [
            "DeskRecords", "DeskStage", "DeskView", "Conversation", "Endpoints", "PipelineTesting",
            "Records", "SQLite", "StageRuntime", "Views",
        ]),
    tests(
        "ServiceLevels",
        [
            "Conversation", "Endpoints", "NotificationRecords", "OpeningHours", "PipelineTesting",
            "Records", "RoutingRecords", "SQLite", "ServiceLevelRecords", "ServiceLevelStage",
            "ServiceLevelView", "StageRuntime", "TimeZones", "Views", "ZoneDatabase",
        ]),
    tests(
        "Analytics",
        [
            "AccountRecords", "AnalyticsEndpoints", "AnalyticsView", "AuditRecords",
            "Conversation", "Endpoints", "EventLog", "PipelineTesting", "Records",
            "RoutingRecords", "SQLite", "ServiceLevelRecords", "TimeZones", "Views",
            "ZoneDatabase",
        ]),
    tests(
        "Routing",
        [
            "Conversation", "ConversationView", "DeskRecords", "Endpoints", "HandoffStage",
            "NotificationRecords", "OpeningHours", "PipelineTesting", "Records", "RoutingRecords",
            "RoutingStage", "RoutingView", "SQLite", "StageRuntime", "Views", "ZoneDatabase",
        ]),
    tests("MediaSniffing", ["MediaSniffing"]),
    tests("Sites", ["Conversation", "Records", "SiteRecords", "SiteStage", "StageRuntime"]),
    tests("TimeZones", ["TimeZones", "ZoneDatabase"]),
    tests(
        "OpeningHours", ["OpeningHours", "OpeningWords", "TimeZones", "ZoneDatabase"]),
    tests("IdentityStage", ["IdentityStage", "Conversation", "Records", "StageRuntime"]),
    tests("MediaStage", ["MediaStage", "Conversation", "Records", "StageRuntime"]),
    tests("Simulator", ["Simulator", "HTTPServer", "HTTPClient", "JSON", "Cryptography"]),
    tests(
        "WhatsAppCloudAPI",
        ["WhatsAppCloudAPI", "HTTPServer", "HTTPClient", "Conversation", "JSON"]),
    tests(
        "Sending",
        [
            "SenderStage", "WhatsAppCloudAPI", "Simulator", "HTTPServer", "HTTPClient",
            "Conversation", "Records", "StageRuntime",
        ]),
    tests(
        "Simulation",
        [
            "AccountRecords", "AccountStage", "AuditChain", "AuditRecords", "AuditStage",
            "Conversation", "EventLog", "HandoffStage", "JSON", "OpeningHours",
            "OrchestratorStage", "OrganisationStage", "Permissions", "Records", "RetrievalStage",
            "SenderStage", "StageRuntime", "TenantKeys", "TimeZones", "ZoneDatabase",
        ], resources: ["Dialogues"]),
    tests("Conversation", ["Conversation", "JSON"], resources: ["Recorded"]),
    tests(
        "Installation",
        [
            "AccountCommands", "AccountRecords", "AccountStage", "AccountView", "AuditEndpoints",
            "AuditRecords", "AuditView", "Conversation", "Cryptography", "Endpoints", "EventLog",
            "HTTPClient", "HTTPServer", "InstallationEndpoints", "InstallationView", "Mail",
            "OrganisationStage", "OrganisationView", "OutboxEndpoints", "Permissions",
            "PipelineTesting", "Records", "StageRuntime", "Telemetry", "UserEndpoints", "Views",
        ]),
    tests("Permissions", ["Permissions", "Conversation"]),
    tests(
        "Accounts",
        [
            "AccountRecords", "AccountSecrets", "AccountStage", "AuditRecords", "Conversation",
            "Cryptography", "Endpoints", "OrganisationStage", "OrganisationView", "Permissions",
            "Records", "SQLite", "StageRuntime", "TenantKeys", "Views",
        ]),
    tests(
        "Organisations",
        [
            "AccountCommands", "AccountRecords", "AccountStage", "AccountView", "AuditRecords",
            "AuditStage", "AuditView", "Blobs", "Conversation", "ConversationView", "Cryptography",
            "DocumentView", "Endpoints", "EventLog", "HTTPClient", "HTTPServer", "JSON",
            "OpeningHours", "OrganisationEndpoints", "OrganisationKeeping", "OrganisationStage",
            "OrganisationView", "Permissions", "PipelineTesting", "Records", "SQLite",
            "StageRuntime", "Telemetry", "TenantKeys", "TimeZones",
            "Views", "ZoneDatabase",
        ]),
    tests(
        "Mailing",
        [
            "AccountRecords", "Conversation", "Mail", "MailWriting", "MailerStage",
            "NotificationRecords", "Records", "StageRuntime",
        ]),
    tests(
        "Audit",
        [
            "AuditChain", "AuditChecking", "AuditRecords", "AuditStage", "AuditView",
            "Conversation", "Endpoints", "EventLog", "PipelineTesting", "Records", "SQLite",
            "StageRuntime", "Telemetry", "Views",
        ]),
    tests(
        "Records", ["AuditRecords", "Conversation", "EventLog", "JSON", "Records", "Telemetry"]),
    tests(
        "StageRuntime",
        [
            "AuditRecords", "StageRuntime", "EventLog", "Conversation", "FileSignals", "JSON",
            "PipelineTesting",
            "Records", "SQLiteEventLog", "Telemetry",
        ]),
    tests(
        "RetrievalStage", ["RetrievalStage", "Conversation", "JSON", "Records", "StageRuntime"],
        resources: ["Recorded"]),
    tests(
        "OrchestratorStage",
        [
            "OrchestratorStage", "Conversation", "JSON", "OpeningHours", "Records", "StageRuntime",
            "TimeZones", "ZoneDatabase",
        ],
        resources: ["Recorded"]),
    tests(
        "Pipeline",
        [
            "AccountRecords", "AuditRecords", "Records", "Browser", "parley", "Console",
            "Conversation", "Cryptography", "EventLog", "FileSignals",
            "HTTPClient",
            "HTTPServer", "Lifecycle", "PipelineTesting", "SQLite", "SQLiteEventLog", "WebSocket",
            "WireCases", "Zstandard",
        ], resources: ["Fixtures"]),
]

/// `PARLEY_TESTS=Console,Views swift build --build-tests` builds these tests and no others: a
/// change is tried in seconds where all tests take minutes.
let wanted = Context.environment["PARLEY_TESTS"].map { Set($0.split(separator: ",")) }
let chosen = checks.filter { check in
    check.type != .test || wanted?.contains { "\($0)Tests" == check.name } ?? true
}

let package = Package(
    name: "parley",
    targets: targets + chosen
)
