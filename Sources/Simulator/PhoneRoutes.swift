import Endpoints
import HTTPServer
import JSON
import SimulatorForms

/// What a phone that plays a customer asks for, beside writing: chats, files, switches, the log.
extension ControlRoutes {
    var phone: [Endpoint] { [chats, thread, storedFile, listFaults, clearFault, log] }

    private func business(_ name: String) throws(Problem) -> SimulatedBusiness {
        guard let business = world.withLock({ $0.businesses[name] }) else {
            throw Problem(.unknownBusiness, "there is no business \(name)")
        }
        return business
    }

    private var chats: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/chats/{business}", "chats.list",
                "Lists the customers who have a chat with a business."),
            .init(
                takes: ChatsParameters.self, gives: Reply<SimulatorChats>.self,
                problems: [.unknownBusiness])
        ) { call in
            let business = try business(call.parameters.business)
            return Reply(world.withLock { $0.chats(of: business) })
        }
    }

    private var thread: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/chats/{business}/{from}", "chats.read",
                "Shows a chat as the customer's phone does, at once or as soon as it changes."),
            .init(
                takes: ThreadParameters.self, gives: Reply<SimulatorThread>.self,
                problems: [.unknownBusiness, .badPhone])
        ) { call in
            let wanted = call.parameters
            let business = try business(wanted.business)
            let phone = wanted.from.filter { $0.isASCII && $0.isNumber }
            guard (5...20).contains(phone.count) else {
                throw Problem(.badPhone, "from must be a phone number")
            }
            let key = world.withLock { $0.open(business, phone: phone) }
            let end = ContinuousClock.now + .seconds(wanted.wait ?? 0)
            while true {
                let found = world.withLock { $0.thread(of: key, at: Clock.milliseconds) }
                guard let found else { throw Problem(.unknownBusiness, "the chat is gone") }
                if found.revision != wanted.revision || ContinuousClock.now >= end {
                    return Reply(found)
                }
                try await Task.sleep(for: .milliseconds(80))
            }
        }
    }

    private var storedFile: Endpoint {
        .anyone(
            .at(.get, "/api/v1/media/{medium}", "media.read", "Gives a file that is in a chat."),
            .init(takes: ExpiryParameters.self, gives: PhoneFile.self, problems: [.noMedium])
        ) { call in
            let found = world.withLock { $0.media[call.parameters.medium] }
            guard let found, found.until > Clock.milliseconds else {
                throw Problem(.noMedium, "there is no such file, or not any more")
            }
            return PhoneFile(bytes: found.bytes, mediaType: found.mediaType)
        }
    }

    private var listFaults: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/faults", "faults.list",
                "Lists what can go wrong, and whether it does."),
            .init(gives: Reply<SimulatorFaults>.self)
        ) { _ in Reply(SimulatorFaults(faults: world.withLock { $0.faults.listing })) }
    }

    private var clearFault: Endpoint {
        .anyone(
            .at(
                .delete, "/api/v1/faults/{kind}", "faults.clearOne",
                "Lets one kind go wrong no more."),
            .init(takes: FaultParameters.self, gives: NoContent.self, [204])
        ) { call in
            world.withLock { $0.faults.clear(call.parameters.kind) }
            return NoContent()
        }
    }

    private var log: Endpoint {
        .anyone(
            .at(
                .get, "/api/v1/calls", "calls.list",
                "Lists the newest calls between WhatsApp and businesses."),
            .init(takes: LogParameters.self, gives: Reply<SimulatorCalls>.self)
        ) { call in
            let wanted = call.parameters
            return Reply(
                world.withLock { $0.calls.newest(wanted.limit ?? 50, of: wanted.business) })
        }
    }
}

extension Problem.Kind {
    static let noMedium = Self(404, "no_medium")
}

/// Whose chats are wanted.
struct ChatsParameters: Described, Decodable {
    var business: String

    static let schema = JSONSchema.object([
        .required("business", .text("The business's name.", 1...200))
    ])
}

/// Which chat is looked at, and whether it is waited for.
struct ThreadParameters: Described, Decodable {
    var business: String
    var from: String
    var revision: Int?
    var wait: Double?

    static let schema = JSONSchema.object([
        .required("business", .text("The business's name.", 1...200)),
        .required("from", .text("The customer's phone.", 1...40)),
        .optional("revision", .count("The revision that is known.")),
        .optional("wait", .integer("Seconds to wait for another one.", 0...60)),
    ])
}

/// Which fault is meant.
struct FaultParameters: Described, Decodable {
    var kind: FaultKind

    static let schema = JSONSchema.object([
        .required("kind", .words(FaultKind.allCases.map(\.rawValue), "What goes wrong."))
    ])
}

/// Which calls are wanted.
struct LogParameters: Described, Decodable {
    var business: String?
    var limit: Int?

    static let schema = JSONSchema.object([
        .optional("business", .text("Of one business alone.", 1...200)),
        .optional("limit", .integer("How many.", 1...CallLog.kept, standard: 50)),
    ])
}

/// A file as it is.
struct PhoneFile: EndpointAnswer {
    static let media = AnswerMedia.other("*/*")
    let bytes: [UInt8]
    let mediaType: String

    func response() -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [("Content-Type", mediaType), ("X-Content-Type-Options", "nosniff")],
            body: bytes)
    }
}
