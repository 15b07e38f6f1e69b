import AccountCommands
import AuditEndpoints
import AuditRecords
import Conversation
import Endpoints
import HTTPClient
import HTTPServer
package import JSON
import SimulatorForms

/// WhatsApp's faults as switches, and the log of calls.
extension SimulatorEndpoints {
    var faults: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/faults", "simulator.faults",
                "Lists what the simulated WhatsApp can do wrong, and whether it does."),
            may: .useSimulator,
            .init(
                gives: Reply<SimulatorFaults>.self, problems: [.noSimulator, .simulatorIsAway])
        ) { _ in Reply(try await listed()) }
    }

    private func listed() async throws(Problem) -> SimulatorFaults {
        try await value(SimulatorFaults.self, .get, ["faults"])
    }

    private func requireFault(_ kind: String) async throws(Problem) {
        guard try await listed().faults.contains(where: { $0.kind == kind }) else {
            throw Problem(.noFault, "the simulator knows no fault \(kind)")
        }
    }

    var switchOn: Endpoint {
        .installation(
            .at(
                .put, Self.base + "/faults/{kind}", "simulator.faults.on",
                "Lets the simulated WhatsApp do something wrong, until it is switched off."),
            may: .useSimulator,
            .init(
                takes: OneFault.self, body: JSONBody<FaultWish>.self,
                gives: Reply<SimulatorFaults>.self,
                problems: Self.problems + [.noFault])
        ) { call in
            let (kind, wish) = (call.parameters.kind, call.body.value)
            try await requireFault(kind)
            try await means.audit.write(
                "simulator.fault.on", on: AuditTarget("fault", kind), in: .installation,
                for: Asker(call, in: .installation),
                changes: [AuditChange("fault", nil, wish.words)])
            // What was on before of this kind is over: a switch has one state.
            _ = try await ask(.delete, ["faults", kind])
            let answer = try await ask(
                .post, ["faults"], body: try RecordCodec.encode(wish.fault(kind)))
            guard answer.status == 200 else {
                throw Problem(.noBusiness, "the simulator knows no such business")
            }
            return Reply(try await listed())
        }
    }

    var switchOff: Endpoint {
        .installation(
            .at(
                .delete, Self.base + "/faults/{kind}", "simulator.faults.off",
                "Lets the simulated WhatsApp do something wrong no more."),
            may: .useSimulator,
            .init(
                takes: OneFault.self, gives: Reply<SimulatorFaults>.self,
                problems: [.noSimulator, .simulatorIsAway, .noFault])
        ) { call in
            let kind = call.parameters.kind
            try await requireFault(kind)
            try await means.audit.write(
                "simulator.fault.off", on: AuditTarget("fault", kind), in: .installation,
                for: Asker(call, in: .installation))
            _ = try await ask(.delete, ["faults", kind])
            return Reply(try await listed())
        }
    }

    var calls: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/calls", "simulator.calls",
                "Lists the newest calls between the simulated WhatsApp and businesses."),
            may: .useSimulator,
            .init(
                takes: CallsWanted.self, gives: Reply<SimulatorCalls>.self,
                problems: [.noSimulator, .simulatorIsAway])
        ) { call in
            Reply(
                try await value(
                    SimulatorCalls.self, .get, ["calls"],
                    [
                        "business": call.parameters.business,
                        "limit": String(call.parameters.limit ?? 50),
                    ]))
        }
    }
}

extension Problem.Kind {
    static let noFault = Self(404, "no_fault")
}

/// How a fault is to be, once it is switched on.
package struct FaultWish: Described, Codable, Hashable {
    /// The business that it is for; any, where it is not there.
    package var business: String?
    /// How often; until it is switched off, where it is not there.
    package var count: Int?
    /// How long, or how far off.
    package var milliseconds: Int?
    /// The error code.
    package var code: Int?

    package static let schema = JSONSchema.object(
        [
            .optional("business", .text("The business that it is for.", 1...200)),
            .optional(
                "count", .integer("How often; else until it is switched off.", 1...1_000_000)),
            .optional(
                "milliseconds", .integer("How long, or how far off.", -86_400_000...86_400_000)),
            .optional("code", .integer("The error code.", 1...9_999_999)),
        ], named: "FaultWish")

    /// As the simulator takes it: what has no number goes on, each time for certain.
    func fault(_ kind: String) -> JSONValue {
        var fault: [String: JSONValue] = ["kind": .string(kind)]
        fault["business"] = business.map { .string($0) }
        if let count {
            fault["count"] = .integer(count)
        } else {
            fault["probability"] = .integer(1)
        }
        fault["milliseconds"] = milliseconds.map { .integer($0) }
        fault["code"] = code.map { .integer($0) }
        return .object(fault)
    }

    /// In a few words, for the audit log.
    var words: String {
        [
            business, count.map { "\($0)×" }, milliseconds.map { "\($0) ms" },
            code.map { "code \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}

/// Which fault is meant.
struct OneFault: Described, Decodable {
    var kind: String
    static let schema = JSONSchema.object([.required("kind", .id("The fault."))])
}

/// Which calls are wanted.
struct CallsWanted: Described, Decodable {
    var business: String?
    var limit: Int?

    static let schema = JSONSchema.object([
        .optional("business", .text("Of one business alone.", 1...200)),
        .optional("limit", .integer("How many.", 1...300, standard: 50)),
    ])
}
