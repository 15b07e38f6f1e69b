import Conversation
import CustomerEndpoints
import CustomerRecords
import CustomerStage
import PipelineTesting
import Records
import StageRuntime
import Testing

/// A stage with its state as it is stored between records.
struct Decider<S: Stage> where S.Call == Never, S.Answer == Never {
    let stage: S
    var states: [String: S.State] = [:]
    var count = 0

    init(_ stage: S) { self.stage = stage }

    /// What comes of a record.
    mutating func ask(
        _ payload: any Payload, at now: Timestamp = Timestamp(seconds: 100), id: RecordID? = nil
    ) throws -> [any Payload] {
        count += 1
        let id = id ?? RecordID("r\(count)")
        let context = StageContext(
            stage: stage.name,
            input: .record(
                payload,
                RecordHeaders(
                    id: id, type: type(of: payload).type, source: "test", time: now,
                    subject: payload.key, correlation: id, causation: id, tenant: payload.tenant),
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))),
            key: payload.key, now: now, step: 0, settings: NoSettings())
        var state = try RecordCodec.decode(
            S.State.self, from: RecordCodec.encode(states[payload.key] ?? S.State()))
        defer { states[payload.key] = state }
        guard case .finish(let effects) = try stage.begin(context.input, &state, context) else {
            return []
        }
        return effects.outputs.compactMap(\.payload)
    }
}

/// Customers by name, as tests know them.
func linked(_ name: String) -> LinkedCustomer {
    LinkedCustomer(CustomerID(name), CustomerIdentity(phone: "34600\(name.count)\(name.count)"))
}

@Suite("What is kept about customers") struct CustomerTests {
    private let said = CustomerProfile.Consent(
        isGiven: true, source: "shop", at: Timestamp(seconds: 5))

    private func command(
        _ action: CustomerCommand.Action, _ reference: String = "r"
    ) -> CustomerCommand {
        CustomerCommand(
            tenant: "sol", customer: "c1", identity: CustomerIdentity(phone: "34600111222"),
            action: action, reference: reference, at: Timestamp(seconds: 1))
    }

    private func change(
        _ decider: inout Decider<CustomerStage>, _ action: CustomerCommand.Action
    ) throws -> CustomerEvent {
        try #require(try decider.ask(command(action)).first as? CustomerEvent)
    }

    @Test("of two who change the same version one is told to look again, and consent stays")
    func versions() throws {
        var stage = Decider(CustomerStage())
        _ = try change(&stage, .consent(said))
        let saved = try change(&stage, .save(CustomerProfile(name: "Luz"), version: 1))
        #expect(saved.change == .saved(CustomerProfile(name: "Luz", consent: said)))
        #expect(saved.version == 2)
        let late = try change(&stage, .save(CustomerProfile(name: "Lux"), version: 1))
        #expect(late.change == .refused(.changed) && late.version == 2)
        let same = try change(&stage, .save(CustomerProfile(name: "Luz"), version: 2))
        #expect(same.change == .same && same.version == 2)
    }

    @Test("a line of a file completes what is kept, and the same line again changes nothing")
    func imports() throws {
        var stage = Decider(CustomerStage())
        _ = try change(
            &stage,
            .save(
                CustomerProfile(
                    name: "Luz", note: "vip", labels: ["l1"], fields: [.init("size", "M")]),
                version: 0))
        let line = CustomerProfile(
            email: "luz@example.org", labels: ["l1", "l2"],
            fields: [.init("size", "L"), .init("colour", "red")], consent: said)
        let mark = ImportLine(id: "i", number: 1, of: 1)
        let taken = try change(&stage, .take(line, mark))
        #expect(
            taken.change
                == .saved(
                    CustomerProfile(
                        name: "Luz", email: "luz@example.org", note: "vip", labels: ["l1", "l2"],
                        fields: [.init("size", "L"), .init("colour", "red")], consent: said)))
        #expect(taken.line == mark)
        var later = line
        later.consent?.at = Timestamp(seconds: 900)
        let again = try change(&stage, .take(later, ImportLine(id: "j", number: 1, of: 1)))
        #expect(again.change == .same && again.version == taken.version)
    }

    @Test("A into B while B into A: one is done, the other refused, whoever comes first")
    func circles() throws {
        for order in [0, 1] {
            var stage = Decider(CustomerStage())
            let wishes = [
                CustomerLinkCommand(
                    tenant: "sol", from: linked("a"), into: linked("bb"), version: 0,
                    reference: "1", at: Timestamp(seconds: 1)),
                CustomerLinkCommand(
                    tenant: "sol", from: linked("bb"), into: linked("a"), version: 0,
                    reference: "2", at: Timestamp(seconds: 1)),
            ]
            let first = try #require(
                try stage.ask(wishes[order]).first as? CustomerLinkEvent)
            let second = try #require(
                try stage.ask(wishes[1 - order]).first as? CustomerLinkEvent)
            #expect(first.refusal == nil && first.version == 1)
            #expect(second.refusal == .circle && second.version == 0)
        }
    }

    @Test(
        "every interleaving of links and undoings by two people ends in no circle, and each is told"
    )
    func interleavings() throws {
        let names = ["a", "bb", "ccc"]
        var random: UInt64 = 88_172_645_463_325_252
        func number(_ limit: Int) -> Int {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return Int(random % UInt64(limit))
        }
        var done = 0
        for _ in 0..<400 {
            var stage = Decider(CustomerStage())
            var into: [String: String] = [:]
            var versions: [String: Int] = [:]
            // What each of two people saw last.
            var seen: [[String: Int]] = [[:], [:]]
            for step in 0..<12 {
                let who = number(2)
                if number(3) == 0 { seen[who] = versions }
                let from = names[number(3)]
                let target = number(4) == 0 ? nil : names[number(3)]
                if from == target { continue }
                let version = seen[who][from] ?? 0
                let event = try #require(
                    try stage.ask(
                        CustomerLinkCommand(
                            tenant: "sol", from: linked(from), into: target.map { linked($0) },
                            version: version, reference: "\(step)", at: Timestamp(seconds: 1))
                    ).first as? CustomerLinkEvent)
                #expect(event.reference == "\(step)")
                if event.refusal == nil {
                    #expect(version == versions[from] ?? 0)
                    into[from] = target
                    versions[from] = version + 1
                    done += 1
                } else {
                    #expect(event.version == versions[from] ?? 0)
                }
                for name in names {
                    var (place, steps) = (name, 0)
                    while let next = into[place] {
                        (place, steps) = (next, steps + 1)
                        try #require(steps < 4, "\(name) goes on as itself")
                    }
                }
            }
        }
        #expect(done > 500)
    }

    @Test("a link is undone by its version, and can be made again")
    func undo() throws {
        var stage = Decider(CustomerStage())
        func link(_ into: LinkedCustomer?, _ version: Int) throws -> LinkRefusal? {
            let event =
                try stage.ask(
                    CustomerLinkCommand(
                        tenant: "sol", from: linked("a"), into: into, version: version,
                        reference: "r", at: Timestamp(seconds: 1))
                ).first as? CustomerLinkEvent
            return try #require(event).refusal
        }
        #expect(try link(nil, 0) == .unknown)
        #expect(try link(linked("bb"), 0) == nil)
        #expect(try link(nil, 0) == .changed)
        #expect(try link(nil, 1) == nil)
        #expect(try link(linked("bb"), 2) == nil)
    }
}

@Suite("Cases of a conversation") struct CaseTests {
    private func event(
        _ change: HandoffEvent.Change, at seconds: Int64, mode: Mode = .queued
    ) -> HandoffEvent {
        HandoffEvent(
            tenant: "sol", conversation: "c1", contact: Contact(name: "Luz"), epoch: 1,
            mode: mode, change: change, reference: nil, at: Timestamp(seconds: seconds))
    }

    private func entry(_ id: RecordID, _ seconds: Int64) -> TranscriptEntry {
        TranscriptEntry(id: id, speaker: .customer, text: "x", at: Timestamp(seconds: seconds))
    }

    private func story(_ outputs: [any Payload]) throws -> ConversationCase {
        let event = try #require(outputs.first as? CaseEvent)
        guard case .now(let story) = event.change else {
            Issue.record("refused: \(event.change)")
            return ConversationCase(id: "", title: "", from: Timestamp(seconds: 0))
        }
        return story
    }

    private func refusal(_ outputs: [any Payload]) -> CaseEvent.Refusal? {
        guard case .refused(let why)? = (outputs.first as? CaseEvent)?.change else { return nil }
        return why
    }

    private func wish(_ action: CaseCommand.Action) -> CaseCommand {
        CaseCommand(
            tenant: "sol", conversation: "c1", action: action, reference: "r",
            at: Timestamp(seconds: 1))
    }

    @Test(
        "a handoff opens one from what was said since the last, its end closes it with the outcome")
    func handoffs() throws {
        var stage = Decider(CaseStage())
        let first = try story(
            try stage.ask(
                event(
                    .queued(
                        reason: .asked, summary: "wants a refund", transcript: [entry("m1", 10)]),
                    at: 20), id: "h1"))
        #expect(first.title == "wants a refund" && first.from == Timestamp(seconds: 10))
        #expect(first.to == nil && first.openedBy == nil)
        // Back to the queue and out again: it is the same matter.
        #expect(
            try stage.ask(
                event(.queued(reason: .asked, summary: "again", transcript: []), at: 30)
            ).isEmpty)
        let closed = try story(
            try stage.ask(
                event(.concluded(by: "ana", HandoffOutcome("solved")), at: 40, mode: .bot)))
        #expect(closed.id == first.id && closed.outcome == "solved")
        #expect(closed.to == Timestamp(seconds: 40) && closed.version == 2)
        let second = try story(
            try stage.ask(
                event(
                    .queued(
                        reason: .asked, summary: "another",
                        transcript: [entry("m1", 10), entry("m2", 50)]), at: 60), id: "h2"))
        #expect(second.id != first.id && second.from == Timestamp(seconds: 50))
        let end = try story(try stage.ask(event(.closed(by: "ana"), at: 70, mode: .bot)))
        #expect(end.outcome == nil && end.to != nil)
        #expect(try stage.ask(event(.closed(by: "ana"), at: 71, mode: .bot)).isEmpty)
    }

    @Test("two agents edit, link and unlink: the version decides, and no two go on as each other")
    func links() throws {
        var stage = Decider(CaseStage())
        for id: RecordID in ["a", "b"] {
            let open = try story(
                try stage.ask(
                    wish(.open(id, title: "t", since: Timestamp(seconds: 5), by: "Ana"))))
            #expect(open.openedBy == "Ana")
            if id == "a" {
                #expect(
                    refusal(
                        try stage.ask(
                            wish(.open("z", title: "t", since: Timestamp(seconds: 5), by: "Eva"))))
                        == .open)
            }
            _ = try stage.ask(wish(.close(id, outcome: "done", version: 1)))
        }
        #expect(refusal(try stage.ask(wish(.close("a", outcome: nil, version: 2)))) == .closed)
        // A into B, and B into A by somebody who saw neither.
        #expect(try story(try stage.ask(wish(.link("a", into: "b", version: 2)))).into == "b")
        #expect(refusal(try stage.ask(wish(.link("b", into: "a", version: 2)))) == .circle)
        #expect(refusal(try stage.ask(wish(.link("a", into: nil, version: 2)))) == .changed)
        #expect(try story(try stage.ask(wish(.link("a", into: nil, version: 3)))).into == nil)
        #expect(refusal(try stage.ask(wish(.link("a", into: nil, version: 4)))) == .unknown)
        #expect(try story(try stage.ask(wish(.link("b", into: "a", version: 2)))).into == "a")
        #expect(refusal(try stage.ask(wish(.link("b", into: "x", version: 3)))) == .unknown)
        let edited = try story(
            try stage.ask(
                wish(.edit("a", title: "refund", labels: ["l"], note: "n", version: 4))))
        #expect(edited.title == "refund" && edited.labels == ["l"] && edited.version == 5)
        #expect(
            refusal(
                try stage.ask(
                    wish(.edit("a", title: "late", labels: [], note: nil, version: 4))))
                == .changed)
    }
}

@Suite("Files with customers") struct CustomerFileTests {
    private func read(
        _ text: String, country: String? = nil, labels: [String: RecordID] = ["vip": "l1"]
    ) -> CustomerFile {
        CustomerFile(
            Array(text.utf8), country: country, labels: labels, at: Timestamp(seconds: 1))
    }

    @Test(
        "commas, semicolons and tabs, quotes, marks and empty lines are read as spreadsheets save them"
    )
    func forms() {
        for separator in [",", ";", "\t"] {
            let text = [
                ["\u{feff}Teléfono", "Nombre", "Nota", "Consentimiento", "Origen", "Talla"],
                [
                    "+34 600 111 222", "\"Luz, \"\"la alta\"\"\"", "\"dos\nlíneas; y\"", "Sí",
                    "web", "M",
                ],
                ["", "", "", "", "", ""], ["0034600111223", "Sol", "", "no", "", ""],
            ].map { $0.joined(separator: separator) }.joined(separator: "\r\n")
            let file = read(text)
            #expect(file.problems.isEmpty, "\(separator): \(file.problems)")
            #expect(file.lines.map(\.identity.phone) == ["34600111222", "34600111223"])
            #expect(file.lines.first?.profile.name == "Luz, \"la alta\"")
            #expect(file.lines.first?.profile.note == "dos\nlíneas; y")
            #expect(file.lines.first?.profile.fields == [.init("Talla", "M")])
            #expect(file.lines.first?.profile.consent?.isGiven == true)
            #expect(file.lines.last?.profile.consent?.isGiven == false)
        }
    }

    @Test("what an older program saved is read in its own letters")
    func latin() {
        let text =
            "phone,name,consent\r\n+34600111222,Jos\u{e9} Pe\u{f1}a el del almac\u{e9}n,no\r\n"
        let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let file = CustomerFile(bytes, country: nil, labels: [:], at: Timestamp(seconds: 1))
        #expect(file.problems.isEmpty)
        #expect(file.lines.first?.profile.name == "José Peña el del almacén")
    }

    @Test(
        "whatever is wrong is told by its line, and a file with something wrong is none",
        arguments: [
            ("+34600111222,no,,\n,no,,", 3, "no_phone"),
            ("600111222,no,,", 2, "no_country_code"), ("abc,no,,", 2, "bad_phone"),
            ("+34600111222,no,,\n0034 600-111-222,no,,", 3, "duplicate"),
            ("+5215512345678,no,,\n+525512345678,no,,", 3, "duplicate"),
            ("+34600111222,,,", 2, "no_consent"), ("+34600111222,perhaps,,", 2, "bad_consent"),
            ("+34600111222,yes,,", 2, "no_source"),
            ("+34600111222,no,,VIP|nope", 2, "unknown_label"),
            ("+34600111222,no,,,more", 2, "cells"), ("\"+34600111222,no,,", 2, "open_quote"),
        ])
    func wrong(rows: String, line: Int, code: String) throws {
        let file = read("phone,consent,consent_source,labels\n" + rows)
        #expect(file.problemCount == 1)
        let problem = try #require(file.problems.first)
        #expect(problem.line == line && problem.code == code, "\(problem)")
        #expect(!problem.words.isEmpty)
    }

    @Test("a file without its columns, without lines, or of bytes says so")
    func heads() {
        #expect(read("name,consent\nLuz,no").problems.first?.code == "no_column")
        #expect(read("phone,name\n+34600111222,Luz").problems.first?.code == "no_column")
        #expect(read("phone,phone,consent\n").problems.first?.code == "column_twice")
        #expect(read("phone,consent\n").problems.first?.code == "empty")
        #expect(read("").problems.first?.code == "empty")
        let file = CustomerFile(
            [0x50, 0x4b, 0, 4], country: nil, labels: [:], at: Timestamp(seconds: 1))
        #expect(file.problems.first?.code == "not_text")
        var many = "phone,consent\n"
        for _ in 0..<150 { many += "x,no\n" }
        #expect(read(many).problemCount == 150 && read(many).problems.count == 100)
    }

    @Test(
        "a number is read as people write it",
        arguments: [
            ("+34 600 111 222", nil, "34600111222"), ("0034600111222", nil, "34600111222"),
            ("'+34600111222", nil, "34600111222"), ("600 111 222", "34", "34600111222"),
            ("030 123456", "49", "4930123456"), ("06 1234567", "39", "39061234567"),
            ("(212) 555-0100", "1", "12125550100"), ("+1.212.555.0100", "34", "12125550100"),
        ])
    func numbers(text: String, country: String?, digits: String) {
        #expect(PhoneReading.digits(of: text, in: country) == .success(digits))
    }
}
