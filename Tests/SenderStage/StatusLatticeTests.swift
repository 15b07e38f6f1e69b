import Conversation
import JSON
import SenderStage
import Testing

/// WhatsApp promises no order of statuses: whichever comes first, a message ends in one state.
@Suite("The order of statuses") struct StatusLatticeTests {
    private static let error = PlatformError(code: 131_026, title: "Message undeliverable")

    /// All orders of some statuses.
    private static func orders(
        _ all: [MessageStatus.Progress]
    ) -> [[MessageStatus.Progress]] {
        guard all.count > 1 else { return [all] }
        return all.indices.flatMap { index in
            var rest = all
            let first = rest.remove(at: index)
            return orders(rest).map { [first] + $0 }
        }
    }

    /// What people see at the end: the last that was told.
    private static func end(
        _ statuses: [MessageStatus.Progress], named: Bool
    ) throws -> Delivery.Outcome? {
        var line = Line()
        var told = try line.say("a").outcomes
        let attempt = try #require(line.sends.first).attempt
        for status in statuses {
            told += try line.status(
                status, "wamid-1", data: named ? nil : attempt,
                errors: status == .failed ? [Self.error] : nil
            ).outcomes
        }
        return told.last
    }

    @Test(
        "a failure replaces what was merely sent, and what reached the phone replaces a failure",
        arguments: [true, false])
    func lattice(named: Bool) throws {
        for order in Self.orders([.sent, .failed]) {
            #expect(try Self.end(order, named: named) == .failed("wamid-1", Self.error), "\(order)")
        }
        for order in Self.orders([.sent, .failed, .delivered]) {
            #expect(
                try Self.end(order, named: named) == .progressed("wamid-1", .delivered),
                "\(order)")
        }
        for order in Self.orders([.sent, .delivered, .failed, .read]) where order.last != .failed {
            #expect(try Self.end(order, named: named) == .progressed("wamid-1", .read), "\(order)")
        }
    }

    @Test("a failure that is reported twice is told once, and nothing is sent again")
    func twice() throws {
        var line = Line()
        try line.say("a")
        let errors = [PlatformError(code: 131_047, title: "Re-engagement message")]
        #expect(try line.status(.failed, "wamid-1", errors: errors).outcomes.count == 1)
        let again = try line.status(.failed, "wamid-1", errors: errors)
        #expect(again.outcomes.isEmpty)
        #expect(again.ignored != nil)
        #expect(line.sends.count == 1)
        #expect(line.pending.isEmpty)
    }

    @Test(
        "WhatsApp's word that the window is closed overrules the clock, until the customer writes")
    func windowClosed() throws {
        var line = Line()
        try line.say("a")
        let errors = [PlatformError(code: 131_047, title: "Re-engagement message")]
        try line.status(.failed, "wamid-1", errors: errors)
        let wrote = line.now
        line.now = line.now + .seconds(5)
        #expect(try line.say("b", anchor: wrote).outcomes == [.dropped(.windowClosed)])
        let template = OutboundContent(.template(TemplateMessage(name: "hi", language: "es")))
        let sent = try line.say("t", anchor: wrote, content: .message(template))
        #expect(sent.outcomes == [.accepted("wamid-2")])
        #expect(try line.say("c", anchor: line.now).outcomes == [.accepted("wamid-3")])
    }

    @Test("a refusal at once because of the window closes it for what waits behind it")
    func refusedAtOnce() throws {
        var line = Line()
        line.answers = [.refused(PlatformError(code: 131_047))]
        let wrote = line.now
        try line.say("a", anchor: wrote)
        #expect(try line.say("b", anchor: wrote).outcomes == [.dropped(.windowClosed)])
    }

    @Test("the price is told with the first word about it, be it a late one, and once")
    func price() throws {
        var line = Line()
        try line.say("a")
        func status(_ progress: MessageStatus.Progress, _ pricing: String?) throws -> [Delivery] {
            try line.put(
                MessageStatus(
                    tenant: "sol", conversation: Line.conversation, number: "n1",
                    message: "wamid-1", progress: progress, at: line.now, receivedAt: line.now,
                    pricing: pricing.map { RawJSON($0) })
            ).deliveries
        }
        let words =
            #"{"billable":true,"pricing_model":"PMP","type":"regular","category":"service"}"#
        let price = MessagePricing(
            category: "service", type: "regular", model: "PMP", isBillable: true)
        #expect(try status(.delivered, nil).map(\.pricing) == [nil])
        #expect(try status(.sent, words).map(\.pricing) == [price])
        #expect(try status(.sent, words).isEmpty)
        #expect(try status(.read, words).map(\.pricing) == [nil])
    }

    @Test("what says nothing of a price is no price", arguments: ["{}", "[]", "7", "\"x\"", "{"])
    func noPrice(json: String) {
        #expect(MessagePricing(RawJSON(json)) == nil)
    }
}
