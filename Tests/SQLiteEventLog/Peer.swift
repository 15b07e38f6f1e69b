import Foundation
import PipelineTesting
import Testing

/// Another process of a test, and the folder by whose files the two speak.
///
/// The process is an exit test's. It is sure to end: `begin` gives it five minutes at most, and
/// `with` kills it where the test itself fails.
struct Peer: Sendable {
    let folder: String

    /// The log's file.
    var log: String { folder + "/log" }

    /// Says something, in the file of that name.
    func say(_ name: String, _ text: String = "") throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    /// What was said, `nil` if nothing was yet.
    func heard(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Waits until something was said.
    func hear(_ name: String, within limit: Duration = .seconds(240)) async throws -> String {
        try await wait("the other process says '\(name)'", within: limit) { heard(name) }
    }

    /// Waits until something is found; looks every 2 ms.
    @discardableResult
    func wait<Found>(
        _ what: String, within limit: Duration = .seconds(240),
        _ find: () async throws -> Found?
    ) async throws -> Found {
        try await eventually(what, within: limit, pause: .milliseconds(2), find)
    }

    /// The other process's first words: its number, and that it ends in five minutes whatever.
    func begin() throws {
        alarm(300)
        try say("pid", "\(getpid())")
    }

    /// The other process's number, once it has begun; the next one says its own anew.
    func pid() async throws -> Int32 {
        let pid = try #require(Int32(try await hear("pid")))
        try FileManager.default.removeItem(atPath: folder + "/pid")
        return pid
    }

    /// Runs a test's part beside another process, and kills that one if the part fails.
    func with(
        _ process: @escaping @Sendable (String) async -> Void,
        _ body: (_ pid: Int32) async throws -> Void
    ) async throws {
        let folder = folder
        async let other: Void = onThreadsOfTheirOwn { await process(folder) }
        let pid = try await self.pid()
        do {
            try await body(pid)
        } catch {
            Issue.record(error)
            kill(pid, SIGKILL)
        }
        await other
    }
}

extension Peer {
    /// Stops the process between two writes: one that is stopped with the file's write lock, or as
    /// the next to have it, holds up everybody.
    func stop(_ pid: Int32) async throws {
        for _ in 0..<200 {
            #expect(kill(pid, SIGSTOP) == 0)
            try await wait("the process is stopped") { Self.isStopped(pid) ? true : nil }
            if Self.isFree(log + ".lock"), Self.isFree(log + ".lock-turn") { return }
            #expect(kill(pid, SIGCONT) == 0)
            try await Task.sleep(for: .milliseconds(5))
        }
        throw NeverHappened(
            description: "200 times in vain: the process is stopped between two writes")
    }

    private static func isStopped(_ pid: Int32) -> Bool {
        let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat") ?? Data()
        // After the name in brackets comes the state: T is stopped (proc(5)).
        return String(decoding: stat, as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
            == "T"
    }

    private static func isFree(_ path: String) -> Bool {
        let file = unsafe open(path, O_RDWR)
        guard file >= 0 else { return false }
        defer { close(file) }
        return lockf(file, F_TEST, 0) == 0
    }
}
