import Configuration
import Conversation
import LogURL
import Simulator
import Testing

@testable import Console
@testable import ConversationView
@testable import DocumentView
@testable import parley

@Suite("The command line")
struct CommandLineTests {
    private func shown(_ words: String) throws -> [String] {
        let line = words.split(separator: " ").map(String.init)
        guard case .show(let lines) = CommandLineReading.read(line) else {
            throw NotShown(words: words)
        }
        return lines.map(\.text)
    }

    private struct NotShown: Error {
        var words: String
    }

    private func problem(_ words: String) throws -> String {
        let line = words.split(separator: " ").map(String.init)
        guard case .unknown(let lines) = CommandLineReading.read(line) else {
            throw NotShown(words: words)
        }
        return lines.map(\.text).joined(separator: "\n")
    }

    @Test("help is the same however it is asked for, for every command and every group")
    func help() throws {
        for (name, command) in CommandTable.commands {
            let usage = TerminalLine.lines(of: command.specification.usage).map(\.text)
            for words in ["\(name) --help", "\(name) -h", "help \(name)"] {
                #expect(try shown(words).starts(with: usage), "\(words)")
            }
            #expect(try shown("help").contains { $0.hasPrefix("  \(name) ") })
        }
        for group in CommandTable.groups {
            // One that is a command, too, is run where no help is asked for.
            let isCommand = CommandTable.find([group]) != nil
            let text = try shown(isCommand ? "\(group) --help" : group)
            let further = isCommand ? [] : ["\(group) help"]
            for words in ["\(group) --help", "\(group) -h", "help \(group)"] + further {
                #expect(try shown(words) == text, "\(words)")
            }
            for (name, _) in CommandTable.members(of: group) {
                #expect(text.contains { $0.hasPrefix("  \(name) ") })
            }
        }
        #expect(try shown("") == shown("--help"))
    }

    @Test(
        "a slip is told with what was probably meant, and not with everything",
        arguments: [
            ("ledgr", "parley ledger"), ("knowlege", "parley knowledge"), ("upp", "parley up"),
            ("knowledge lst", "parley knowledge list"), ("help trce", "parley trace"),
            ("dead-leters list", "parley dead-letters"), ("tenant rm x", nil), ("frobnicate", nil),
            ("help knowledge ad", "parley knowledge add"),
        ])
    func slips(words: String, meant: String?) throws {
        let text = try problem(words)
        #expect(text.contains("there is no command"))
        #expect(text.split(separator: "\n").count == 2)
        if let meant {
            #expect(text.contains("did you mean `\(meant)`?"), "\(text)")
        } else {
            #expect(!text.contains("did you mean"), "\(text)")
        }
    }

    @Test("the version is told to who asks for it")
    func version() throws {
        for words in ["--version", "-V"] {
            #expect(try shown(words) == ["parley \(Parley.version)"])
        }
        #expect(CommandTable.find(["version"]) != nil)
    }

    @Test("whatever lists can list as JSON")
    func json() {
        for (name, command) in CommandTable.commands {
            let lists =
                name.hasSuffix(" list") || name.hasSuffix(" show") || name.hasSuffix(" search")
                || ["topics", "lag", "tail", "trace", "ledger", "replay"].contains(name)
                || name.hasPrefix("dead-letters") || name == "simulate fault"
            let options = command.specification.options.map(\.name)
            if lists { #expect(options.contains("json"), "\(name)") }
            #expect(Set(options).count == options.count, "\(name) has an option twice")
        }
    }

    @Test(
        "a shell completes commands, their words, options and values",
        arguments: [
            ([""], ["up", "stage", "knowledge", "agent", "help"]),
            (["kn"], ["knowledge"]), (["knowledge", ""], ["add", "list", "remove", "search"]),
            (["knowledge", "l"], ["list"]), (["help", "tenant", "r"], ["remove"]),
            (["stage", "orc"], ["orchestrator"]), (["lag", "--pa"], ["--partitions"]),
            (["replay", "--stage", ""], ["handoff", "sender"]),
            (["simulate", "fault", "no"], ["no_status"]), (["completion", ""], ["bash", "zsh"]),
            (["tenant", "add", "--access-token-file", ""], [":files"]),
            (["knowledge", "add", ""], [":files"]), (["--v"], ["--version"]),
        ])
    func completion(words: [String], wanted: [String]) {
        let found = ShellCompletion.candidates(for: words).map(\.word)
        for word in wanted { #expect(found.contains(word), "\(words): \(found)") }
        if let last = words.last, wanted.count == 1 { #expect(found == wanted, "\(last)") }
    }

    @Test("an option that was given is not offered again")
    func givenOptions() {
        let found = ShellCompletion.candidates(for: ["lag", "--json", "--"]).map(\.word)
        #expect(!found.contains("--json"))
        #expect(found.contains("--partitions"))
    }

    @Test("a fault's kind that does not exist is told with those that do")
    func faults() throws {
        for kind in FaultKind.allCases {
            #expect(try SimulateFaultCommand.kind(kind.rawValue) == kind)
            #expect(SimulateFaultCommand.kinds.contains { $0.text.hasPrefix(kind.rawValue) })
        }
        do throws(ConfigurationError) {
            _ = try SimulateFaultCommand.kind("rest")
            Issue.record("taken")
        } catch {
            #expect(error.description.contains("did you mean reset?"))
            for kind in FaultKind.allCases { #expect(error.description.contains(kind.rawValue)) }
        }
    }

    @Test("the simulated customer writes to the demo's business, however many others there are")
    func business() throws {
        let chosen = SimulateMessageCommand.chosen
        #expect(try chosen(["a"], nil) == "a")
        #expect(try chosen(["a", "demo"], "demo") == "demo")
        #expect(throws: ConfigurationError.self) { try chosen(["a", "b"], nil) }
        #expect(throws: ConfigurationError.self) { try chosen(["a", "b"], "gone") }
        #expect(throws: ConfigurationError.self) { try chosen([], "demo") }
    }

    @Test("a long queue is listed in part, with how to see more")
    func longQueue() {
        let handoffs = (0..<60).map { index in
            Handoff(
                after: HandoffEvent(
                    tenant: "sol", conversation: ConversationID("c\(index)"), contact: Contact(),
                    epoch: 1, mode: .queued,
                    change: .queued(reason: .asked, summary: "s", transcript: []), reference: nil,
                    at: Timestamp(seconds: 1_800_000_000)))
        }
        let part = HandoffList(
            handoffs: Array(handoffs.prefix(50)), next: "c", waiting: 10_000, claimed: 0)
        let lines = HandoffListCommand.lines(part, at: Timestamp(seconds: 1_800_000_000))
        #expect(lines.count == 52)
        #expect(lines.last?.text.contains("50 of 10000 are shown") == true)
        #expect(lines.last?.text.contains("--all") == true)
        let whole = HandoffListCommand.lines(
            HandoffList(handoffs: handoffs, waiting: 60, claimed: 0),
            at: Timestamp(seconds: 1_800_000_000))
        #expect(whole.count == 61)
    }

    @Test("what the installation lacks is said once, not with every document")
    func notes() {
        func document(_ name: String, _ outcome: String, _ problem: String?) -> DocumentListing {
            DocumentListing(
                id: DocumentID("doc_\(name)"), name: name, size: 1, contentHash: "h",
                outcome: outcome, passages: 1, embedded: 0, problem: problem, uploadedAt: nil)
        }
        let note = "found by words only: no embedding server is set up"
        let lines = KnowledgeListCommand.lines([
            document("a", "indexedWithoutVectors", note),
            document("b", "indexedWithoutVectors", note), document("c", "failed", "it is empty"),
        ]).map(\.text)
        #expect(lines.count { $0.contains("embedding server") } == 1)
        #expect(lines.contains { $0.contains("c: it is empty") })
    }

    @Test("only a yes is a yes", arguments: [("y", true), (" YES ", true), ("", false)])
    func consent(answer: String, isYes: Bool) {
        #expect(Consent.isYes(answer) == isYes)
        #expect(!Consent.isYes(nil))
        for other in ["n", "no", "yep", "1", "y y"] { #expect(!Consent.isYes(other)) }
    }

    @Test("a broker that nobody runs is named with its address and the reason, at once")
    func deadBroker() async throws {
        let url = try LogURL("kafka:127.0.0.1:1,[::1]:1,nowhere.invalid:9092")
        do throws(ConfigurationError) {
            try await url.requireBroker()
            Issue.record("a broker was found")
        } catch {
            #expect(error.description.contains("127.0.0.1:1: Connection refused"))
            #expect(error.description.contains("nowhere.invalid:9092: "))
            #expect(error.description.contains("kafka:127.0.0.1:1"))
        }
        #expect(LogURL.address("host").port == 9092)
        #expect(LogURL.address("[::1]:7").host == "::1")
        #expect(LogURL.address("SASL_SSL://host:7").host == "host")
    }
}
