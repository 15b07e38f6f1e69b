import Conversation
import ConversationView
import Foundation
import HTTPClient
import PipelineTesting
import Records
import Testing

@testable import Console

/// `Tests/agent-client`: PyPI's `websockets` and a validator, by the served document alone.
@Suite("A client that nobody here wrote", .timeLimit(.minutes(5)))
struct OutsideClientTests {
    /// A Python that has `websockets` and `jsonschema`.
    private static let python =
        ProcessInfo.processInfo.environment["PARLEY_WEBSOCKETS_PYTHON"] ?? ""

    private static let script =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/agent-client"

    private func write(_ office: Office, _ text: String) async throws {
        try await office.append(
            InboundMessage(
                tenant: "sol", conversation: "c1", number: "101",
                message: MessageID("wamid.\(text)"),
                contact: Contact(phone: "34600111222", name: "Luz"), sentAt: office.now,
                receivedAt: office.now, content: .text(text)), id: RecordID("in-\(text)"))
    }

    private func sent(_ office: Office, _ text: String) async throws -> Int {
        try await office.payloads(in: .messagesOutbound).count {
            if case .payload(let message as OutboundMessage) = $0 {
                message.content == .text(text)
            } else {
                false
            }
        }
    }

    /// Runs it until it ends; answers what it printed.
    private func run(_ office: Office, _ folder: TemporaryFolder) async throws -> String {
        let client = Process()
        client.executableURL = URL(filePath: Self.python)
        client.arguments = [
            Self.script, "http://127.0.0.1:\(office.port)", "sol", folder.path,
        ]
        client.environment = ["PARLEY_CONSOLE_KEY": Office.key]
        let output = Pipe()
        client.standardOutput = output
        client.standardError = output
        return try await withCheckedThrowingContinuation { done in
            client.terminationHandler = { _ in
                let said = output.fileHandleForReading.readDataToEndOfFile()
                done.resume(returning: String(decoding: said, as: UTF8.self))
            }
            do { try client.run() } catch { done.resume(throwing: error) }
        }
    }

    @Test(
        "works by the document: lists, claims, writes, loses the line and goes on where it was",
        .enabled(if: !python.isEmpty, "Tests/run installs websockets"))
    func works() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            try await office.handOff("c1")
            try await office.eventually("the handoff is in the queue") {
                try await office.ask(.get, "/api/v1/handoffs").value(HandoffList.self)
                    .handoffs.count == 1
            }
            let folder = try TemporaryFolder()
            let client = Task { try await run(office, folder) }
            func happens(_ what: String, _ isSo: () async throws -> Bool) async throws {
                try await office.eventually(what) { try await isSo() }
            }
            try await happens("its words are sent") {
                try await sent(office, "Hello from outside") == 1
            }
            try await write(office, "An answer")
            try await happens("it has lost the line") {
                FileManager.default.fileExists(atPath: folder.path + "/lost")
            }
            for text in ["While away", "The last word"] { try await write(office, text) }
            try await happens("the customer's words are in the view") {
                try await office.ask(.get, "/api/v1/tenants/sol/handoffs/c1")
                    .value(HandoffTranscript.self).lines.last?.text == "The last word"
            }
            #expect(FileManager.default.createFile(atPath: folder.path + "/go", contents: nil))
            let said = try await client.value
            #expect(said == "done\n", "\(said)")
            #expect(try await sent(office, "Hello from outside") == 1)
        }
    }
}
