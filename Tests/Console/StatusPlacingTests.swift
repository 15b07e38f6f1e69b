import Conversation
import Records
import Testing

@Suite("Statuses that do not say whose they are", .timeLimit(.minutes(5)))
struct StatusPlacingTests {
    private static func status(_ office: Office) -> UnplacedStatus {
        UnplacedStatus(
            MessageStatus(
                tenant: "sol", conversation: "a guess", number: "101", message: "m1",
                wamid: "wamid.1", progress: .failed, at: office.now, receivedAt: office.now,
                errors: [PlatformError(code: 131_047)]))
    }

    private static func accepted(_ office: Office) -> Delivery {
        Delivery(
            tenant: "sol", conversation: "c1", outbound: "o1", epoch: 0, attempt: 1,
            outcome: .accepted("m1", wamid: "wamid.1"), answers: [], at: office.now)
    }

    @Test(
        "are passed on once to the conversation that the message was sent in",
        arguments: [true, false])
    func placed(statusFirst: Bool) async throws {
        try await Office.open { office in
            try await office.addTenant()
            func place() async throws {
                try await office.append(Self.status(office), id: "m1:failed")
            }
            if statusFirst { try await place() }
            try await office.append(Self.accepted(office), id: "d1")
            if !statusFirst { try await place() }
            func passedOn() async throws -> [MessageStatus] {
                try await office.payloads(in: .messagesStatus).compactMap { value in
                    guard case .payload(let status as MessageStatus) = value else { return nil }
                    return status
                }
            }
            try await office.eventually("the status is passed on") {
                try await !passedOn().isEmpty
            }
            // Another one after it: what came before would be there by now.
            try await office.append(Self.status(office), id: "m1:again")
            try await office.eventually("the next one is passed on") {
                try await passedOn().count == 2
            }
            #expect(try await passedOn().map(\.conversation) == ["c1", "c1"])
            #expect(try await passedOn().first?.errors?.first?.code == 131_047)
        }
    }
}
