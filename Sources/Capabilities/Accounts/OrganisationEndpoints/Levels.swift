import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON

/// What an organisation is to promise its customers.
struct LevelsRequest: Described, Decodable {
    var queueWaitSeconds: Int?
    var firstResponseSeconds: Int?
    var nextResponseSeconds: Int?
    var resolutionSeconds: Int?
    var warnPercent: Int
    var escalates: Bool
    var targets: [ServiceLevels.Target]?

    private static func seconds(_ note: String) -> JSONSchema {
        .integer(note, 10...ServiceLevels.longestSeconds)
    }

    static let fields: [JSONSchema.Field] = [
        .optional(
            "queueWaitSeconds", seconds("Open seconds until somebody takes a conversation.")),
        .optional(
            "firstResponseSeconds", seconds("Open seconds until a person's first message.")),
        .optional(
            "nextResponseSeconds",
            seconds("Open seconds until a person answers the oldest message that is open.")),
        .optional(
            "resolutionSeconds",
            seconds("Open seconds until it is closed, without those of the customer's turn.")),
        .required(
            "warnPercent", .integer("After how many hundredths one is warned.", 10...99)),
        .required("escalates", .boolean("Whether who supervises is told of what was missed.")),
        .optional(
            "targets",
            .list(
                ServiceLevels.Target.schema,
                "What is promised instead in some queues, or to those of some priority. What "
                    + "names most goes first: queue and priority, the queue, the priority.",
                0...ServiceLevels.mostTargets)),
    ]

    static let schema = JSONSchema.object(fields, named: "NewOrganisationLevels")

    var part: ServiceLevels {
        ServiceLevels(
            queueWaitSeconds: queueWaitSeconds, firstResponseSeconds: firstResponseSeconds,
            nextResponseSeconds: nextResponseSeconds, resolutionSeconds: resolutionSeconds,
            warnPercent: warnPercent, escalates: escalates,
            targets: targets?.isEmpty == true ? nil : targets)
    }

    /// Refuses targets that say nothing, or the same twice.
    func check() throws(Problem) {
        for (index, target) in (targets ?? []).enumerated() {
            let pointer = "/targets/\(index)"
            guard target.queue != nil || target.priority != nil else {
                throw .invalid(pointer, "a target names a queue, a priority, or both")
            }
            guard ServiceLevels.Promise.allCases.contains(where: { target.seconds(of: $0) != nil })
            else { throw .invalid(pointer, "a target promises something") }
            let others = (targets ?? []).prefix(index)
            guard
                !others.contains(where: {
                    $0.queue == target.queue && $0.priority == target.priority
                })
            else { throw .invalid(pointer, "there is a target of the same queue and priority") }
        }
    }
}

extension ServiceLevels {
    /// Targets of one business: several for each of its queues.
    fileprivate static let mostTargets = 400
}

extension ServiceLevels.Target {
    private static func seconds(_ note: String) -> JSONSchema {
        .integer(note + "; 0: nothing is promised.", 0...ServiceLevels.longestSeconds)
    }

    fileprivate static let schema = JSONSchema.object(
        [
            .optional("queue", .text("The queue; any, if none is named.", 1...64)),
            .optional("priority", .integer("The queue's priority; any, if none.", 1...9)),
            .optional("queueWaitSeconds", seconds("Open seconds until somebody takes it")),
            .optional("firstResponseSeconds", seconds("Open seconds until a first message")),
            .optional("nextResponseSeconds", seconds("Open seconds until the next message")),
            .optional("resolutionSeconds", seconds("Open seconds until it is closed")),
        ], named: "ServiceLevelTarget")
}

/// What an organisation promises its customers, and the version of it.
struct LevelsAnswer: Described, Codable, Hashable, HasVersion {
    var queueWaitSeconds: Int?
    var firstResponseSeconds: Int?
    var nextResponseSeconds: Int?
    var resolutionSeconds: Int?
    var warnPercent: Int
    var escalates: Bool
    var targets: [ServiceLevels.Target]
    var version: Int

    init(_ facts: OrganisationFacts) {
        let levels = facts.levels ?? ServiceLevels()
        queueWaitSeconds = levels.queueWaitSeconds
        firstResponseSeconds = levels.firstResponseSeconds
        nextResponseSeconds = levels.nextResponseSeconds
        resolutionSeconds = levels.resolutionSeconds
        warnPercent = levels.warnPercent ?? ServiceLevels.standardWarnPercent
        escalates = levels.escalates ?? true
        targets = levels.targets ?? []
        version = facts.version(.levels)
    }

    static let schema = JSONSchema.object(
        LevelsRequest.fields + [.required("version", .count("The version."))],
        named: "OrganisationLevels")
}

extension OrganisationEndpoints {
    var levels: [Endpoint] { [readLevels, writeLevels] }

    private var readLevels: Endpoint {
        reading("levels", "Shows what an organisation promises its customers.") {
            LevelsAnswer($1)
        }
    }

    private var writeLevels: Endpoint {
        writing(
            "levels", .writeSettings, "Changes what an organisation promises its customers.",
            { (wanted: LevelsRequest, _, _) throws(Problem) in
                try wanted.check()
                return .levels(wanted.part)
            },
            { LevelsAnswer($1) })
    }
}
