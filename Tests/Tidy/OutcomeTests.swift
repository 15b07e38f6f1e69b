import Foundation
import Testing

@Suite("What a test run tells at its end")
struct OutcomeTests {
    /// A run of two tests at once whose printed lines interleave, and whose words look like the
    /// runner's: the text of an argument, of an issue and of a name.
    private static let stream = [
        test("S", kind: "suite", "A suite"), test("S/a", kind: "function", "◇ Test case"),
        test("S/b", kind: "function", "fails"),
        event("testStarted", "S", "default", "Suite \\\"A suite\\\" started."),
        event("testStarted", "S/a", "default", "Test \\\"◇ Test case\\\" started."),
        event("testStarted", "S/b", "default", "Test \\\"fails\\\" started."),
        event("testCaseStarted", "S/a", "default", "Test case passing 1 argument t → \\\"x"),
        event(
            "issueRecorded", "S/b", "fail", "one is not two\\n✔ Test run with 9 tests passed.",
            more: #","issue":{"isFailure":true,"isKnown":false,"#
                + #""sourceLocation":{"fileID":"M/T.swift","line":7}}"#),
        event("testEnded", "S/a", "pass", "Test \\\"◇ Test case\\\" passed after 1 seconds."),
    ]
    private static let ends = [
        event("testEnded", "S/b", "fail", "Test \\\"fails\\\" failed after 1 seconds."),
        event("testEnded", "S", "fail", "Suite \\\"A suite\\\" failed after 1 seconds."),
    ]

    private static func test(_ id: String, kind: String, _ name: String) -> String {
        #"{"kind":"test","payload":{"id":"\#(id)","kind":"\#(kind)","displayName":"\#(name)"}}"#
    }

    private static func event(
        _ kind: String, _ test: String, _ symbol: String, _ text: String, more: String = ""
    ) -> String {
        #"{"kind":"event","payload":{"kind":"\#(kind)","testID":"\#(test)","messages":"#
            + #"[{"symbol":"\#(symbol)","text":"\#(text)"}]\#(more)}}"#
    }

    private static func runEnded(_ symbol: String, _ text: String) -> String {
        event("runEnded", "", symbol, text)
    }

    /// What `Tests/outcome` says to a stream.
    private func tell(_ lines: [String]) throws -> (out: [String], told: String, code: Int32) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "outcome-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let events = folder.appending(path: "events")
        let output = folder.appending(path: "output")
        try (lines.joined(separator: "\n") + "\n").write(
            to: events, atomically: true, encoding: .utf8)
        try "*** Signal 11\n".write(to: output, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "\(SourceTree.root)/Tests/outcome")
        process.arguments = [events.path, output.path]
        let (out, errors) = (folder.appending(path: "1"), folder.appending(path: "2"))
        for file in [out, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return (
            try String(contentsOf: out, encoding: .utf8).split(separator: "\n").map(String.init),
            try String(contentsOf: errors, encoding: .utf8), process.terminationStatus
        )
    }

    @Test("the runner's closing line is the last, and what failed stands above it")
    func failure() throws {
        let closing = "Test run with 2 tests in 1 suite failed after 1 seconds with 1 issue."
        let (out, told, code) = try tell(
            Self.stream + Self.ends + [Self.runEnded("fail", closing)])
        #expect(out == ["✘ " + closing])
        #expect(code == 1)
        let end = try #require(told.components(separatedBy: "== what failed").last)
        #expect(end.contains("✘ Test \"fails\" at M/T.swift:7: one is not two"))
        // A test's words stand indented: they are no line of the runner's.
        #expect(!told.contains("\n✔ Test run"))
    }

    @Test("a run in which all passed ends with the runner's own words and with 0")
    func success() throws {
        let closing = "Test run with 2 tests in 1 suite passed after 1 seconds."
        let (out, _, code) = try tell(
            Self.stream.filter { !$0.contains("issueRecorded") }
                + [Self.runEnded("pass", closing)])
        #expect(out == ["✔ " + closing])
        #expect(code == 0)
    }

    @Test("a run that breaks off tells what was not done and what was printed last")
    func brokenOff() throws {
        let (out, told, code) = try tell(Self.stream + [#"{"kind":"event","payl"#])
        #expect(out.count == 1)
        #expect(out[0].hasPrefix("✘ Test run ended without its closing line"))
        #expect(code == 1)
        let end = try #require(told.components(separatedBy: "== what was not done").last)
        #expect(end.contains("Test \"fails\""))
        #expect(!end.contains("Test \"◇ Test case\""))
        #expect(end.contains("*** Signal 11"))
    }
}
