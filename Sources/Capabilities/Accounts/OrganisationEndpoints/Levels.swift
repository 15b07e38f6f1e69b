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
    ]

    static let schema = JSONSchema.object(fields, named: "NewOrganisationLevels")

    var part: ServiceLevels {
        ServiceLevels(
            queueWaitSeconds: queueWaitSeconds, firstResponseSeconds: firstResponseSeconds,
            nextResponseSeconds: nextResponseSeconds, resolutionSeconds: resolutionSeconds,
            warnPercent: warnPercent, escalates: escalates)
    }
}

/// What an organisation promises its customers, and the version of it.
struct LevelsAnswer: Described, Codable, Hashable, HasVersion {
    var queueWaitSeconds: Int?
    var firstResponseSeconds: Int?
    var nextResponseSeconds: Int?
    var resolutionSeconds: Int?
    var warnPercent: Int
    var escalates: Bool
    var version: Int

    init(_ facts: OrganisationFacts) {
        let levels = facts.levels ?? ServiceLevels()
        queueWaitSeconds = levels.queueWaitSeconds
        firstResponseSeconds = levels.firstResponseSeconds
        nextResponseSeconds = levels.nextResponseSeconds
        resolutionSeconds = levels.resolutionSeconds
        warnPercent = levels.warnPercent ?? ServiceLevels.standardWarnPercent
        escalates = levels.escalates ?? true
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
            { (wanted: LevelsRequest, _, _) throws(Problem) in .levels(wanted.part) },
            { LevelsAnswer($1) })
    }
}
