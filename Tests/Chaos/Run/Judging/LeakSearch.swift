import ChaosChecker
import FoundationEssentials
import HTTPClient
import Lifecycle

/// Looks for what customers and agents wrote, and for customers' phone numbers, where they may not
/// stand: in what processes say of themselves, in the log as it lies on the disk, and in what
/// `parley tail` shows where no content is asked for.
///
/// A customer's name in these runs holds the number, and a `wamid` is base64 around it, so that one
/// search finds all three.
struct LeakSearch: Sendable {
    /// What all customers' numbers begin with, as long as there are fewer than a thousand: digits
    /// that no time begins with, and no run of noughts, as sums of seconds in metrics have.
    private static let prefix = "34678129"
    /// What else is looked for: words of each customer's questions and of all that agents say,
    /// which stand in no document.
    private static let words = ["Where is the ", "talk to a person", Words.agentMark]
    /// The topics that hold what customers wrote, or what was made of it.
    private static let topics = [
        "messages.inbound", "messages.history", "messages.status", "messages.unplaced",
        "questions.grounded", "replies.proposed",
        "messages.outbound", "messages.delivery", "handoff.commands", "handoff.events",
        "decisions", "dead.letters",
    ]
    /// Folders of the data folder that hold opened words on purpose: they are made of the log, and
    /// an erased business's are deleted.
    private static let opened = ["views"]

    let installation: Installation
    let folder: String

    /// Searches everything once; nothing may write meanwhile that is not to be seen.
    func run() async throws -> [History.Leak] {
        let shown = "\(folder)/shown"
        try FileManager.default.createDirectory(atPath: shown, withIntermediateDirectories: true)
        for topic in Self.topics {
            let lines = try await installation.ask(
                ["tail", topic, "--from", "beginning", "--json"], within: .seconds(60))
            try keep(lines, as: "\(shown)/\(topic)")
        }
        for entry in installation.stages {
            guard let slot = entry.slot, let port = entry.telemetryPort else { continue }
            let process = JSONAPI(base: "http://127.0.0.1:\(port)")
            // One that has just been killed says nothing.
            let text = (try? await process.call(.get, "/metrics")) ?? []
            try keep(String(decoding: text, as: UTF8.self), as: "\(shown)/metrics-\(slot)")
        }
        let forms = ([Self.prefix] + Self.words).flatMap(Self.forms)
        let files = try await grep(forms, in: folder)
        return files.filter { !isAllowed($0) }.map { History.Leak(place: $0, of: nil) }
    }

    /// Searches all files, the views too, for the words of a business that was purged.
    func run(words: [String], of tenant: String) async throws -> [History.Leak] {
        try await grep(words.flatMap { Self.forms(of: $0) }, in: folder)
            .filter { !isOurs($0) }.map { History.Leak(place: $0, of: tenant) }
    }

    private func keep(_ text: String, as path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func isAllowed(_ path: String) -> Bool {
        isOurs(path)
            || Self.opened.contains { path.hasPrefix("\(installation.data)/\($0)/") }
    }

    /// What this program writes itself.
    private func isOurs(_ path: String) -> Bool {
        ["journal.jsonl", "history.json", "report.json"].contains { path == "\(folder)/\($0)" }
    }

    /// A text as it may stand in a file: itself, and the middle of it in base64 at each offset.
    static func forms(of text: String) -> [String] {
        var forms = [text]
        for offset in 0..<3 {
            let padded = [UInt8](repeating: 0, count: offset) + Array(text.utf8)
            let code = Data(padded).base64EncodedString().prefix { $0 != "=" }
            // The first characters hold bits of what stands before, the last of what follows.
            let first = [0, 2, 3][offset]
            let whole = padded.count * 8 / 6
            form(code.prefix(whole).dropFirst(first), into: &forms)
        }
        return forms
    }

    private static func form(_ code: Substring, into forms: inout [String]) {
        // Shorter ones stand in random text, too.
        guard code.count >= 5 else { return }
        forms.append(String(code))
    }

    /// The files that hold one of these texts; their paths.
    private func grep(_ texts: [String], in folder: String) async throws -> [String] {
        let file = "\(folder)/../leaks-\(UInt64.random(in: .min ... .max)).out"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = try await ChildProcess.start(
            ChildProgram(
                name: "grep", path: "/bin/grep",
                arguments: ["-rlaF"] + texts.flatMap { ["-e", $0] } + ["--", folder],
                environment: ["LC_ALL": "C"], readiness: .running, output: .file(file),
                watchesParent: false))
        _ = await process.waitUntilEnded()
        let found = FileManager.default.contents(atPath: file) ?? Data()
        return String(decoding: found, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
