import Endpoints
package import JSON

/// What can go wrong in the simulator, and whether it does.
package struct SimulatorFault: Described, Codable, Hashable {
    /// The kind's name.
    package var kind: String
    /// What it does, in a sentence that goes on from "WhatsApp".
    package var summary: String
    /// Whether it is in force.
    package var is_on: Bool
    /// The business that it is for; any, where it is not there.
    package var business: String?
    /// How often it is still applied; until it is switched off, where it is not there.
    package var left: Int?
    /// How likely, from 0 to 1; always, where it is not there.
    package var probability: Double?
    /// How long, or how far off.
    package var milliseconds: Int?
    /// The error code.
    package var code: Int?
    /// How often it was applied since the start.
    package var applied: Int

    /// Describes one that is not in force.
    package init(kind: String, summary: String, applied: Int) {
        self.kind = kind
        self.summary = summary
        is_on = false
        self.applied = applied
    }

    package static let schema = JSONSchema.object(
        [
            .required("kind", .text("The kind's name.")),
            .required("summary", .text("What it does.")),
            .required("is_on", .boolean("Whether it is in force.")),
            .optional("business", .text("The business that it is for.")),
            .optional("left", .count("How often it is still applied.")),
            .optional("probability", .number("How likely, from 0 to 1.")),
            .optional("milliseconds", .integer("How long, or how far off.", Int.min...Int.max)),
            .optional("code", .count("The error code.")),
            .required("applied", .count("How often it was applied since the start.")),
        ], named: "SimulatorFault")
}

/// All that can go wrong.
package struct SimulatorFaults: Described, Codable, Hashable {
    /// Each kind once.
    package var faults: [SimulatorFault]

    /// Lists them.
    package init(faults: [SimulatorFault]) { self.faults = faults }

    package static let schema = JSONSchema.object(
        [.required("faults", .list(SimulatorFault.schema, "Each kind once."))],
        named: "SimulatorFaults")
}

/// A call between WhatsApp and a business.
package struct SimulatorCall: Described, Codable, Hashable {
    /// Its number since the start.
    package var number: Int
    /// When it ended, in milliseconds since 1970.
    package var at: Int64
    /// `webhook` to the business, or `graph` from it.
    package var direction: String
    /// The business, where it is known.
    package var business: String?
    /// What was asked.
    package var what: String
    /// The status of the answer; none, where there was no answer.
    package var status: Int?
    /// How long it took.
    package var milliseconds: Int
    /// What was sent, cut where it is long.
    package var body: String

    /// Describes a call.
    package init(
        number: Int, at: Int64, direction: String, business: String?, what: String, status: Int?,
        milliseconds: Int, body: String
    ) {
        self.number = number
        self.at = at
        self.direction = direction
        self.business = business
        self.what = what
        self.status = status
        self.milliseconds = milliseconds
        self.body = body
    }

    package static let schema = JSONSchema.object(
        [
            .required("number", .count("Its number since the start.")),
            .required("at", .count("When it ended, in milliseconds since 1970.")),
            .required("direction", .words(["webhook", "graph"], "Who called whom.")),
            .optional("business", .text("The business.")),
            .required("what", .text("What was asked.")),
            .optional("status", .count("The status of the answer; none: no answer.")),
            .required("milliseconds", .count("How long it took.")),
            .required("body", .text("What was sent, cut where it is long.")),
        ], named: "SimulatorCall")
}

/// The newest calls.
package struct SimulatorCalls: Described, Codable, Hashable {
    /// The newest first.
    package var calls: [SimulatorCall]

    /// Lists calls.
    package init(calls: [SimulatorCall]) { self.calls = calls }

    package static let schema = JSONSchema.object(
        [.required("calls", .list(SimulatorCall.schema, "The newest first."))],
        named: "SimulatorCalls")
}
