import Testing

/// Each field of what a record holds is sealed or known to be harmless: a new one is neither, and
/// fails here until somebody has thought about it.
@Suite("Personal fields of records")
struct PersonalFieldTests {
    /// What stands in the log for all to read: ids of our own making, numbers, times, fixed words.
    private static let harmless: [String: Set<String>] = [
        "AccountCommand": ["account", "at"],
        "AccountEvent": ["account", "epoch", "kept", "at"],
        "AccountUpdate": ["tenant", "account", "field", "sentAt", "receivedAt"],
        // An address is named by a keyed hash.
        "AddressRequest": ["address", "account", "wish", "at"],
        "AddressResult": ["account", "address", "request", "isReserved", "at"],
        "AgentNote": ["tenant", "conversation", "at"],
        "AuditCheckpoint": ["tenant", "count", "head", "at"],
        // Why it was refused is a fixed word.
        "AuditEntry": ["tenant", "action", "at", "refusal"],
        // Hashes are over what is sealed.
        "AuditLink": ["tenant", "number", "entry", "content", "previous", "hash", "at"],
        "AgentDraft": ["tenant", "conversation", "at"],
        // Who it is about stands there as a keyed hash; a line of a file is numbers.
        "CustomerCommand": ["tenant", "customer", "at"],
        "CustomerEvent": ["tenant", "customer", "version", "line", "at"],
        "CustomerLinkCommand": ["tenant", "version", "at"],
        // Why nothing was done is a fixed word.
        "CustomerLinkEvent": ["tenant", "version", "refusal", "at"],
        "CaseCommand": ["tenant", "conversation", "at"],
        "CaseEvent": ["tenant", "conversation", "at"],
        "DeskCommand": ["tenant", "at"],
        "DeskEvent": ["tenant", "at"],
        "RoutingCommand": ["tenant", "at"],
        // A site is named by a hash.
        "SiteCommand": ["tenant", "site", "at"],
        "SiteState": ["tenant", "site", "next", "wishedAt", "at"],
        "RoutingNews": ["tenant", "conversation", "epoch", "at"],
        "RoutingSetting": ["tenant", "at"],
        "RoutingEvent": ["tenant", "at"],
        "RoutingPlace": ["tenant", "conversation", "place", "hasEnded", "at"],
        // What somebody is told is of a kind, which is a fixed word.
        "NotificationCommand": ["account", "at"],
        "NotificationEvent": ["account", "at"],
        "PersonalNews": ["account", "kind", "team", "address", "at"],
        "OperatorNews": ["kind", "besides", "at"],
        // An address is there by its hash under the installation's key.
        "AddressNews": ["address", "kind", "team", "at"],
        // Names of machines and processes, numbers and times.
        "MachineReport": [
            "machine", "host", "startedAt", "at", "everySeconds", "isStopping", "processors",
            "load", "memoryFree", "memoryTotal", "diskFree", "diskTotal", "processes",
        ],
        // A request's name is there by its hash.
        "ProcessCommand": ["machine", "action", "reference", "at"],
        "ProcessEvent": ["machine", "reference", "outcome", "processes", "at"],
        "MailEvent": ["tenant", "mail", "about", "outcome", "kept", "at"],
        "TeamNews": ["tenant", "kind", "number", "at"],
        "DeadLetterResolution": ["tenant", "letterKey", "letter", "stage", "at"],
        // Identifiers are there by the names of the conversations that would begin under them.
        "IdentitySighting": [
            "tenant", "user", "phones", "formerUser", "formerPhones", "apart", "message", "at",
            "isComplete",
        ],
        "ConversationMove": ["tenant", "conversation", "into", "order", "at"],
        "ConversationJoin": [
            "tenant", "conversation", "from", "number", "queuedSince", "anchor", "awaiting",
            "optedOut", "optedIn", "toldOfOpening", "at",
        ],
        "ConversationPast": ["tenant", "conversation", "isHandedBack", "at"],
        // What the template says is sealed; a name and states are WhatsApp's words.
        "MessageTemplate": ["tenant", "name", "language", "status", "category", "at"],
        "TemplateChange": ["tenant", "name", "language", "status", "category", "at"],
        // Codes, times and WhatsApp's words about the business's own account; marks of tokens say
        // nothing of them.
        "ChannelState": ["tenant", "stops", "events", "at"],
        "ChannelReport": ["tenant", "number", "conversation", "word", "token", "at"],
        "SendingResumed": ["tenant", "conversation", "at"],
        // Why nothing was done is said in fixed words, which quote nothing.
        // The wish is one of two words.
        "CustomerPreference": [
            "tenant", "conversation", "number", "wish", "category", "at", "receivedAt",
        ],
        "Decision": [
            "stage", "tenant", "key", "input", "position", "began", "outcome", "part", "settings",
        ],
        "Delivery": [
            "tenant", "conversation", "outbound", "epoch", "attempt", "answers", "at",
        ],
        // The bytes' hash is the name that they are stored under.
        "DocumentUpload": ["tenant", "document", "contentHash", "size", "uploadedAt"],
        "DocumentRemoval": ["tenant", "document", "removedAt"],
        "AnsweredQuestion": ["tenant", "document", "writtenAt"],
        "DocumentTermsChange": ["tenant", "document", "changedAt"],
        "DocumentStanding": ["tenant", "document", "version", "at"],
        "DocumentProgress": [
            "tenant", "document", "contentHash", "pages", "passages", "done", "reading", "at",
        ],
        // Messages are named by our own ids.
        "QuestionMark": ["tenant", "messages", "at"],
        "DocumentReembedding": ["tenant", "document", "space", "askedAt"],
        "DocumentState": [
            "tenant", "document", "outcome", "passages", "embedded", "contentHash", "size", "at",
            "version", "pages",
        ],
        "EchoedMessage": [
            "tenant", "conversation", "number", "message", "sentAt", "receivedAt",
        ],
        "FetchedMedium": ["inbound", "isFromPhone", "at"],
        "FormerConversations": ["tenant", "part", "conversations", "began"],
        "GroundedQuestion": ["search", "background", "answerability"],
        "HandoffCommand": ["tenant", "conversation", "suggestion", "at"],
        // Messages are named by our own ids; prompts, models and languages are nobody's words.
        "HandoffEvent": ["tenant", "conversation", "epoch", "origin", "at"],
        "InboundMessage": [
            "tenant", "conversation", "number", "message", "takesBack", "sentAt", "receivedAt",
            "cameFrom",
        ],
        "InstallationCommand": ["at"],
        "InstallationEvent": ["at"],
        "KeyHeartbeat": ["at"],
        // The bytes' hash is the name that they are stored under.
        "KeptMedium": ["tenant", "sha256", "at", "until"],
        "KeyRecord": ["id", "tenant", "person", "from", "standing"],
        "LedgerBegun": ["installation", "at"],
        // A token is there by its hash, and sealed by itself.
        "MailRequest": ["tenant", "kind", "about", "token", "askedBy", "refusable", "at"],
        "MediumRequest": ["inbound", "isFromPhone"],
        "MembershipNotice": ["account", "team", "at"],
        "MembershipRequest": ["tenant", "account", "at"],
        "MessageStatus": [
            "tenant", "conversation", "number", "message", "progress", "at", "receivedAt",
        ],
        "OperatorRequest": [],
        "OrganisationCommand": ["tenant", "at"],
        "OrganisationEvent": ["tenant", "at"],
        "OutboundMessage": [
            "tenant", "conversation", "number", "epoch", "answers", "windowAnchor", "at", "repeats",
        ],
        "OwnershipChange": ["tenant", "conversation", "epoch", "at"],
        "Passage": [
            "id", "tenant", "document", "ordinal", "page", "model", "version",
        ],
        "PassageWithdrawal": ["passage", "tenant", "at"],
        "PastMessage": ["tenant", "isFromBusiness"],
        // Whether an answer helped is a yes or no.
        "ProposedReply": [
            "tenant", "conversation", "answers", "language", "at", "asks", "hasHelped",
        ],
        // A receipt holds counts, positions, and ids of our own making.
        "TenantPurge": ["tenant", "purge", "step", "at", "facts"],
        // What the business says of itself; its secrets are sealed by themselves.
        "TenantSettings": [
            "tenant", "name", "about", "account", "numbers", "appSecret", "verifyToken",
            "accessToken", "graphURL", "graphVersion", "model", "burstPauseMilliseconds",
            "handoffServiceLevelSeconds", "phoneClaimSeconds", "unknownOutcome",
            "messageRetentionDays", "standing", "updatedAt", "stops", "reopening", "groups",
            "hours", "serviceLevels", "tokensPerDay", "turnMilliseconds", "reranks",
            "modelTrial",
        ],
        "TokenUse": ["tenant", "slot", "day", "tokens", "at"],
        // Whom it was about is sealed; figures and times are nobody's words.
        "ServiceLevelEvent": ["tenant", "conversation", "epoch", "late", "number", "at"],
        "UnplacedStatus": ["tenant", "message"],
        "ToolConfirmation": ["request", "tenant", "conversation", "standing", "at"],
        "ToolRequest": [
            "request", "tenant", "conversation", "tool", "message", "confirmedBy", "deadline", "at",
        ],
        // WhatsApp's id of a file is a number of its own making.
        "UploadedMedium": ["tenant", "number", "sha256", "id", "at"],
        "ToolResult": ["request", "tenant", "conversation", "tool", "at"],
    ]

    /// A record type as its source says it.
    private struct RecordType {
        var name: String
        var fields: Set<String> = []
        var personal: Set<String> = []
        /// Fields that are called otherwise in JSON.
        var renamed: [String: String] = [:]
    }

    @Test("each field is sealed or known to be harmless, and none is called as what is sealed")
    func fields() {
        let types = SourceTree.shared.sources
            .flatMap(Self.types)
        #expect(Set(types.map(\.name)) == Set(Self.harmless.keys))
        var findings = Findings()
        for type in types {
            let harmless = Self.harmless[type.name] ?? []
            for field in type.fields.subtracting(harmless).sorted()
            where !type.personal.contains(type.renamed[field] ?? field) {
                findings.add(type.name, "\(field) is neither personal nor known to be harmless")
            }
            for field in harmless.subtracting(type.fields).sorted() {
                findings.add(type.name, "there is no field \(field)")
            }
            let names = Set(type.fields.map { type.renamed[$0] ?? $0 })
            for field in type.personal.subtracting(names).sorted() {
                findings.add(type.name, "personal is \(field), and no outermost field is called so")
            }
            if names.contains("personal") {
                findings.add(type.name, "what is sealed stands under the name personal")
            }
        }
        findings.report()
    }

    /// The record types of a file, each a structure whose declaration names `Payload`.
    private static func types(in file: SourceTree.File) -> [RecordType] {
        var types: [RecordType] = []
        var isInPersonal = false
        for (line, code) in zip(file.lines, file.codeLines) {
            if let match = code.wholeMatch(of: /(?:package )?struct (\w+): Payload \{/) {
                types.append(RecordType(name: String(match.1)))
            } else if !code.hasPrefix(" "), code != "}", !code.isEmpty, types.last != nil {
                // Another declaration: what follows is none of the type's, unless it extends it.
                types.append(RecordType(name: ""))
            }
            guard let last = types.indices.last, !types[last].name.isEmpty else { continue }
            // Its own members are indented by four spaces; within others stand more.
            if let match = code.wholeMatch(of: /\ {4}package var (\w+): [^{]+/) {
                types[last].fields.insert(String(match.1))
            } else if let match = line.wholeMatch(of: /\ {8}case (\w+) = "(\w+)"/) {
                types[last].renamed[String(match.1)] = String(match.2)
            }
            isInPersonal = isInPersonal || code.contains("static let personal: [FieldPath] = [")
            guard isInPersonal else { continue }
            for match in line.matches(of: /"([\w.]+)"/) {
                types[last].personal.insert(String(match.1))
            }
            isInPersonal = !code.hasSuffix("]")
        }
        return types.filter { !$0.name.isEmpty }
    }
}
